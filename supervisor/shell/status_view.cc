#include "supervisor/shell/status_view.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "common/contract/version.h"
#include "common/os/signals.h"

namespace s1mple {

namespace {

// Seconds with three digits, as a JSON number.
std::string seconds(Nanos span) {
  char text[32];
  const std::int64_t ms = to_ms(span);
  std::snprintf(text, sizeof text, "%lld.%03lld", static_cast<long long>(ms / 1000), static_cast<long long>(ms % 1000));
  return text;
}

void write_last_death(JsonWriter& out, const std::optional<Runner::LastDeath>& death) {
  if (!death) {
    out.null("last");
    return;
  }
  out.key("last").begin_object().text("at", to_rfc3339(death->at)).text("cause", to_text(death->cause));
  if (death->status.signal != 0) out.text("signal", signal_name(death->status.signal));
  else out.null("signal");
  if (death->status.code) out.number("exit_code", *death->status.code);
  else out.null("exit_code");
  if (death->downtime) out.number("downtime_ms", to_ms(*death->downtime));
  else out.null("downtime_ms");
  out.text("report", std::to_string(death->report)).end_object();
}

void write_supervisor(JsonWriter& out, const StatusFacts& facts) {
  const auto& machine = facts.runner->machine();
  out.key("supervisor").begin_object().number("pid", ::getpid()).text("version", product_version());
  out.text("state", to_text(machine.state())).raw("uptime_s", seconds(facts.uptime));
  out.text("mode", to_text(machine.policy().step())).text("since", to_rfc3339(facts.runner->state_since()));
  out.text("reason", machine.reason()).text("home", facts.home);
  if (facts.runner->environment().empty()) out.null("environment");
  else out.text("environment", facts.runner->environment());
  out.boolean("halted", facts.halt->halted).text("halt_reason", facts.halt->reason);
  out.key("restarts").begin_object().number("total", machine.starts() > 0 ? machine.starts() - 1 : 0);
  out.number("in_window", std::uint64_t{machine.policy().counted(facts.now)});
  write_last_death(out, facts.runner->last_death());
  out.end_object();
  if (const auto at = machine.next_start()) out.number("next_start_in_ms", std::max<std::int64_t>(0, to_ms(*at - facts.now)));
  else out.null("next_start_in_ms");
  out.key("degraded").begin_array();
  for (const auto& [what, text] : kStandstillTexts)
    if (machine.is_degraded(what)) out.text(text);
  out.end_array();
  out.number("alerts_pending", std::uint64_t{facts.alerts_pending});
  out.number("output_dropped_bytes", facts.output_dropped_bytes).end_object();
}

// Before its first answer: what is known from its messages.
void write_unanswered(JsonWriter& out, const RunRecord& run) {
  out.key("orchestrator").begin_object().number("pid", run.pid).null("as_of");
  if (run.epoch) out.number("epoch", *run.epoch);
  else out.null("epoch");
  out.text("mode", to_text(run.mode)).text("phase", run.progress.phase.empty() ? "starting" : run.progress.phase);
  out.key("progress").begin_object().number("done", run.progress.done).number("total", run.progress.total);
  out.end_object().end_object();
}

void write_answered(JsonWriter& out, const RunRecord& run) {
  JsonWriter head;
  head.begin_object().number("pid", run.pid).text("as_of", to_rfc3339(*run.health_at)).end_object();
  std::string object = head.take();
  if (const std::string health = run.checked_health(); health.size() > 2) {  // its members follow ours
    object.back() = ',';
    object += std::string_view(health).substr(1);
  }
  out.raw("orchestrator", object);
}

}  // namespace

std::string status_json(const StatusFacts& facts) {
  JsonWriter out;
  out.begin_object();
  write_supervisor(out, facts);
  const RunRecord* run = facts.runner->run();
  if (run == nullptr) out.null("orchestrator");
  else if (run->health_at) write_answered(out, *run);
  else write_unanswered(out, *run);
  out.end_object();
  return out.take();
}

std::string event_params_json(std::string_view kind, WallTime now, std::string_view params_json) {
  const auto given = JsonValue::parse(params_json);
  const JsonValue members = given ? *given : JsonValue();
  const auto own_at = members.text_at("at");
  JsonWriter out;
  out.begin_object().text("kind", kind).text("at", own_at ? *own_at : to_rfc3339(now));
  members.each_member([&out](std::string_view key, const JsonValue& value) {
    if (key != "kind" && key != "at") out.raw(key, value.dump());
  });
  out.end_object();
  return out.take();
}

Result<PageRequest> page_request(const JsonValue& params) {
  PageRequest page;
  if (const auto after = params.find("after"); after && !after->is_null()) {
    auto text = after->as_text();
    if (!text) return Error{Errc::invalid, "after must be text"};
    page.after = *text;
  }
  if (const auto limit = params.find("limit"); limit && !limit->is_null()) {
    const auto count = limit->as_uint();
    if (!count || *count < 1 || *count > PageRequest::kMax)
      return Error{Errc::invalid, "limit must be a whole number from 1 to 100"};
    page.limit = *count;
  }
  return page;
}

Result<std::string> page_json(const std::vector<PageItem>& items, const PageRequest& request) {
  auto at = items.begin();
  if (!request.after.empty()) {
    at = std::find_if(items.begin(), items.end(), [&](const PageItem& item) { return item.id == request.after; });
    if (at == items.end()) return Error{Errc::not_found, "after names nothing in this list"};
    ++at;
  }
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  std::string last;
  for (std::uint64_t n = 0; n < request.limit && at != items.end(); ++n, ++at) {
    out.raw(at->json);
    last = at->id;
  }
  out.end_array();
  if (at == items.end()) out.null("next");
  else out.text("next", last);
  out.end_object();
  return out.take();
}

}  // namespace s1mple
