#include "supervisor/client/notices.h"

#include "supervisor/client/format.h"
#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

constexpr Nanos kSilent = 3s;

// " since 14:02:03 (1 min 19 s)"
std::string since_text(const std::optional<WallTime>& since, WallTime now) {
  if (!since) return {};
  return " since " + stamp_text(*since, now) + " (" + duration_text(now - *since) + ")";
}

std::string because(const std::string& reason) { return reason.empty() ? std::string() : ": " + reason; }

Notice nobody_trades(const SupervisorView& view, WallTime now, const Speaker& speaker) {
  const std::string since = since_text(view.since, now);
  const std::string why = because(view.reason);
  if (view.state == "parked")
    return {Tone::alarm, "PARKED" + since + why + ". Mend the cause, then: " + speaker.command("clear")};
  if (view.state == "backing_off") {
    const std::string next = view.next_start_in_ms ? ", next start in " + duration_text(millis(*view.next_start_in_ms)) : "";
    return {Tone::alarm, "ORCHESTRATOR DOWN" + since + next + why};
  }
  if (view.state == "waiting_for_lock")
    return {Tone::alarm, "ORCHESTRATOR DOWN" + since + ", the lock of the previous one is still held" + why};
  if (view.state == "stopping" || view.state == "stopped")
    return {Tone::caution, (view.state == "stopped" ? "STOPPED" : "STOPPING") + since + why};
  if (view.state == "starting") return {Tone::caution, "ORCHESTRATOR STARTS" + since + why};
  return {Tone::alarm, "NO ORCHESTRATOR" + since + why};
}

std::string reason_text(const Reason& reason, WallTime now) {
  std::string text = since_text(reason.since, now);
  if (!reason.source.empty()) text += " by " + reason.source;
  return text + because(reason.text.empty() ? reason.code : reason.text);
}

bool is_operators(const OrchestratorView& view) {
  for (const auto& reason : view.reasons)
    if (reason.source == "operator") return true;
  return false;
}

void add_trading(const OrchestratorView& view, WallTime now, const Speaker& speaker, std::vector<Notice>& out) {
  if (view.trading.empty() || view.trading == "active") return;
  const bool halted = view.trading == "halted";
  const std::string word = halted ? "HALTED" : "REDUCING";
  const Tone tone = halted ? Tone::alarm : Tone::caution;
  const std::string help = is_operators(view) ? ". Lift it with: " + speaker.command("resume REASON") : "";
  if (view.reasons.empty()) out.push_back({tone, word + help});
  for (const auto& reason : view.reasons) {
    if (reason.source == "safe") continue;  // has a notice of its own
    const bool operators = reason.source == "operator";
    out.push_back({operators ? Tone::alarm : tone, word + reason_text(reason, now) + (operators ? help : "")});
  }
}

// It answers, and something in it stands still.
Notice degraded_notice(const std::string& what) {
  if (what == "queue") return {Tone::alarm, "DEGRADED: events wait in the orchestrator, and none is taken in"};
  if (what == "disk") return {Tone::alarm, "DEGRADED: records wait for the disk, and none becomes durable; no order leaves meanwhile"};
  if (what == "data") return {Tone::caution, "DEGRADED: the market is said to be live, and no market event comes"};
  return {Tone::caution, "DEGRADED: " + what + " stands still"};
}

}  // namespace

std::vector<Notice> notices_of(const StatusModel& model, WallTime now, const Speaker& speaker) {
  std::vector<Notice> out;
  const auto& supervisor = model.supervisor;
  if (!model.orchestrator) {
    out.push_back(nobody_trades(supervisor, now, speaker));
    if (supervisor.halted)
      out.push_back({Tone::alarm, "HALTED" + because(supervisor.halt_reason) + ". The next start will be halted"});
    return out;
  }
  const auto& view = *model.orchestrator;
  if (supervisor.state == "stopping")
    out.push_back({Tone::caution, "STOPPING" + since_text(supervisor.since, now) + because(supervisor.reason)});
  if (supervisor.state == "starting")
    out.push_back({Tone::caution, "ORCHESTRATOR STARTS" + since_text(supervisor.since, now) + because(supervisor.reason)});
  if (view.as_of && now - *view.as_of > kSilent)
    out.push_back({Tone::alarm, "ORCHESTRATOR SILENT: last answer " + ago_text(*view.as_of, now)});
  for (const auto& what : supervisor.degraded) out.push_back(degraded_notice(what));
  const std::string why = supervisor.reason == "ready" ? "" : because(supervisor.reason);
  if (supervisor.state == "safe_mode" || view.mode == "safe")
    out.push_back({Tone::alarm, "SAFE MODE" + since_text(supervisor.since, now) + why +
                                    ". No strategy runs. Leave it with: " + speaker.command("clear")});
  add_trading(view, now, speaker, out);
  if (view.orders_in_doubt.value_or(0) > 0)
    out.push_back({Tone::alarm, count_text(*view.orders_in_doubt, "order") + " IN DOUBT, counted at the worst case"});
  for (const auto& found : view.open_discrepancies) {
    const std::string accept = "accept " + shell_word(found.what) + " " + shell_word(found.id) + " REASON";
    out.push_back({Tone::caution, "DISCREPANCY " + found.what + " " + found.id + ": ours " + found.ours + ", theirs " +
                                      found.theirs + ". Take it on with: " + speaker.command(accept)});
  }
  if (supervisor.halted && view.trading != "halted")
    out.push_back({Tone::alarm, "HALT LATCHED by the supervisor" + because(supervisor.halt_reason)});
  return out;
}

}  // namespace s1mple::client
