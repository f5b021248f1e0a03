#include "supervisor/client/vitals.h"

#include <algorithm>

#include "supervisor/client/format.h"
#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

constexpr Nanos kLateAnswer = 1500ms;  // the supervisor asks four times a second

std::string whole_text(const std::optional<std::int64_t>& value, std::string_view absent = "?") {
  return value ? std::to_string(*value) : std::string(absent);
}

std::string or_unknown(const std::string& text) { return text.empty() ? "?" : text; }

Tone tone_of_state(std::string_view state) {
  if (state == "running") return Tone::good;
  if (state == "safe_mode" || state == "parked" || state == "stopped") return Tone::bad;
  return Tone::caution;
}

Tone tone_of_trading(std::string_view trading) {
  if (trading == "active") return Tone::good;
  return trading == "halted" ? Tone::bad : Tone::caution;
}

Vital supervisor_vital(const SupervisorView& view) {
  Line value{{or_unknown(spaced(view.state)), tone_of_state(view.state)}};
  if (view.uptime) value.push_back({", up " + duration_text(*view.uptime)});
  if (view.pid) value.push_back({", pid " + std::to_string(*view.pid)});
  return {"supervisor", value};
}

Vital orchestrator_vital(const StatusModel& model, WallTime now) {
  if (!model.orchestrator) return {"orchestrator", {{"not running", Tone::bad}}};
  const auto& view = *model.orchestrator;
  const bool runs = view.phase == "running";
  Line value{{or_unknown(view.phase), runs ? Tone::good : Tone::caution}};
  const auto& degraded = model.supervisor.degraded;
  for (const auto& what : degraded) value.push_back({(&what == degraded.data() ? ", degraded: " : ", ") + what, Tone::bad});
  if (view.progress_total && *view.progress_total > 0)
    value.push_back({" " + whole_text(view.progress_done) + " of " + std::to_string(*view.progress_total)});
  if (!view.mode.empty()) value.push_back({", mode " + view.mode, view.mode == "safe" ? Tone::bad : Tone::plain});
  if (view.pid) value.push_back({", pid " + std::to_string(*view.pid)});
  if (view.epoch) value.push_back({", epoch " + std::to_string(*view.epoch)});
  if (view.as_of && now - *view.as_of > kLateAnswer)
    value.push_back({", last answer " + ago_text(*view.as_of, now), Tone::caution});
  return {"orchestrator", value};
}

Vital trading_vital(const StatusModel& model) {
  if (!model.orchestrator) return {"trading", {{"nothing trades", Tone::bad}}};
  const auto& view = *model.orchestrator;
  if (view.trading.empty()) return {"trading", {{"not yet", Tone::caution}}};
  Line value{{upper(view.trading), tone_of_trading(view.trading)}};
  std::string sources;
  for (const auto& reason : view.reasons) {
    const std::string name = reason.source.empty() ? reason.text : reason.source;
    if (sources.find(name) == std::string::npos) sources += (sources.empty() ? "" : ", ") + name;
  }
  if (!sources.empty()) value.push_back({" (" + sources + ")"});
  return {"trading", value};
}

Vital restarts_vital(const SupervisorView& view, WallTime now) {
  const auto total = view.restarts_total.value_or(0);
  const auto recent = view.restarts_in_window.value_or(0);
  Line value{{total == 0 ? "none" : std::to_string(total), recent > 0 ? Tone::caution : Tone::plain}};
  if (view.last_death) {
    const auto& death = *view.last_death;
    value.push_back({(total == 0 ? ", last end: " : ", last: ") + death_text(death)});
    if (death.at) value.push_back({" " + ago_text(*death.at, now)});
    if (death.downtime_ms) value.push_back({", back in " + duration_text(millis(*death.downtime_ms))});
  }
  if (recent > 0) value.push_back({" (" + std::to_string(recent) + " in the window)", Tone::dim});
  return {"restarts", value};
}

Vital data_vital(const OrchestratorView& view, WallTime now) {
  Line value{{or_unknown(view.data_state), view.data_state == "live" ? Tone::good : Tone::caution}};
  if (view.data_age_ms) {
    Nanos age = millis(*view.data_age_ms);
    if (view.as_of && now - *view.as_of > kLateAnswer) age += now - *view.as_of;
    value.push_back({", " + duration_text(age) + " old"});
  }
  if (view.reconnects.value_or(0) > 0) value.push_back({", " + count_text(*view.reconnects, "reconnect")});
  return {"data", value};
}

Vital store_vital(const OrchestratorView& view) {
  Line value{{"seq " + whole_text(view.seq)}};
  if (view.seq && view.durable_seq && *view.durable_seq < *view.seq)
    value.push_back({", durable to " + std::to_string(*view.durable_seq), Tone::caution});
  if (view.commit_p99_us) {
    const auto bounded = std::clamp<std::int64_t>(*view.commit_p99_us, 0, 1'000'000'000'000);
    value.push_back({", p99 " + duration_text(Nanos(bounded * 1000))});
  }
  if (view.snapshot_seq) value.push_back({", snapshot " + std::to_string(*view.snapshot_seq), Tone::dim});
  return {"store", value};
}

Vital breaker_vital(const OrchestratorView& view) {
  Line value{{or_unknown(view.breaker_state), view.breaker_state == "closed" ? Tone::good : Tone::bad}};
  for (const auto& reason : view.breaker_reasons)
    value.push_back({(value.size() == 1 ? ": " : ", ") + (reason.text.empty() ? reason.code : reason.text)});
  return {"breaker", value};
}

Vital orders_vital(const OrchestratorView& view) {
  Line value{{whole_text(view.orders_open) + " open"}};
  const auto doubtful = view.orders_in_doubt.value_or(0);
  if (doubtful > 0) value.push_back({", " + std::to_string(doubtful) + " in doubt", Tone::bad});
  if (view.fills) value.push_back({", " + count_text(*view.fills, "fill")});
  return {"orders", value};
}

Vital alerts_vital(const SupervisorView& view) {
  const auto pending = view.alerts_pending.value_or(0);
  if (pending == 0) return {"alerts", {{"none pending"}}};
  return {"alerts", {{std::to_string(pending) + " pending", Tone::caution}}};
}

Vital reconciliation_vital(const OrchestratorView& view, WallTime now) {
  if (!view.reconciled_at) return {"reconciled", {{view.reconciling ? "reading, not yet" : "not yet", Tone::caution}}};
  Line value{{ago_text(*view.reconciled_at, now)}};
  if (view.reconciling) value = {{"reading", Tone::caution}, {", last " + ago_text(*view.reconciled_at, now)}};
  const auto count = view.discrepancies.value_or(0);
  value.push_back({", " + std::string(count == 1 ? "1 discrepancy" : count_text(count, "discrepancie")),
                   count > 0 ? Tone::caution : Tone::plain});
  if (count == 0) value.back().text = ", clean";
  return {"reconciled", value};
}

Vital prices_vital(const OrchestratorView& view) {
  Line value;
  for (const auto& entry : view.symbols) {
    value.push_back({(value.empty() ? "" : "   ") + entry.symbol + " ", Tone::dim});
    value.push_back({entry.last_price.empty() ? "?" : entry.last_price});
  }
  return {"prices", value};
}

}  // namespace

Nanos millis(std::int64_t count) {
  return std::clamp<std::int64_t>(count, 0, INT64_MAX / 4'000'000) * Nanos(1'000'000);
}

Piece badge_of(std::string_view environment) {
  if (environment == "paper") return {" PAPER ", Tone::paper_badge};
  if (environment == "live") return {" LIVE ", Tone::live_badge};
  return {" PAPER OR LIVE: UNKNOWN ", Tone::blank_badge};
}

std::string death_text(const LastDeath& death) {
  if (death.cause == "hang") return "hung, ended by the supervisor";
  if (death.cause == "restart") return "asked for by an operator";
  if (!death.signal.empty()) return death.signal;
  if (death.exit_code) return "exit code " + std::to_string(*death.exit_code);
  return or_unknown(death.cause);
}

std::string environment_of(const StatusModel& model) {
  if (model.orchestrator && !model.orchestrator->environment.empty()) return model.orchestrator->environment;
  return model.supervisor.environment;
}

std::vector<Vital> vitals_of(const StatusModel& model, WallTime now) {
  std::vector<Vital> all{trading_vital(model), orchestrator_vital(model, now)};
  const bool answered = model.orchestrator && model.orchestrator->as_of;
  if (answered) {
    all.push_back(data_vital(*model.orchestrator, now));
    all.push_back(breaker_vital(*model.orchestrator));
  }
  all.push_back(restarts_vital(model.supervisor, now));
  all.push_back(supervisor_vital(model.supervisor));
  if (answered) {
    all.push_back(store_vital(*model.orchestrator));
    all.push_back(orders_vital(*model.orchestrator));
    all.push_back(reconciliation_vital(*model.orchestrator, now));
  }
  all.push_back(alerts_vital(model.supervisor));
  if (model.orchestrator && !model.orchestrator->symbols.empty()) all.push_back(prices_vital(*model.orchestrator));
  if (!model.supervisor.home.empty()) all.push_back({"home", {{model.supervisor.home}}, true});
  return all;
}

}  // namespace s1mple::client
