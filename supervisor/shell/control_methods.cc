#include "supervisor/shell/control_methods.h"

#include <array>

#include "common/contract/version.h"
#include "supervisor/shell/status_view.h"
#include "supervisor/shell/supervisor.h"

namespace s1mple {

namespace {

using Call = ControlServer::Call;

struct Method {
  std::string_view name;
  void (ControlMethods::*serve)(const Call&);
  std::string_view params;
  std::string_view text;
};

constexpr std::array kMethods{
    Method{"status", &ControlMethods::status, "{}", "how supervisor and orchestrator are doing"},
    Method{"halt", &ControlMethods::halt, "{reason, scope?}", "no orders until resume; survives restarts"},
    Method{"resume", &ControlMethods::resume, "{reason}", "lifts a halt and latched breaker reasons"},
    Method{"orders", &ControlMethods::pass, "{after?, limit?, all?}", "open orders, with all closed ones too"},
    Method{"positions", &ControlMethods::pass, "{after?, limit?}", "positions with their protective orders"},
    Method{"fills", &ControlMethods::pass, "{after?, limit?}", "fills, newest first"},
    Method{"explain", &ControlMethods::pass, "{order}", "one order with every record about it"},
    Method{"reconcile", &ControlMethods::pass, "{}", "compare with the venue now"},
    Method{"flatten", &ControlMethods::pass, "{confirm:true, symbol?, limit_price?, allow_stale?}", "close positions"},
    Method{"accept", &ControlMethods::pass, "{what, id, reason}", "take on a discrepancy"},
    Method{"restart", &ControlMethods::restart, "{mode?}", "end the orchestrator in order and start it again"},
    Method{"clear", &ControlMethods::clear, "{}", "one step up: parked to safe, safe to recovery"},
    Method{"shutdown", &ControlMethods::shutdown, "{flatten?, confirm?}", "end both programs in order"},
    Method{"alerts", &ControlMethods::alerts, "{after?, limit?}", "alerts, newest first"},
    Method{"ack", &ControlMethods::ack, "{id}", "acknowledge an alert, or \"all\""},
    Method{"alert_test", &ControlMethods::alert_test, "{escalation?}", "run the alert command once and say how it went"},
    Method{"crashes", &ControlMethods::crashes, "{after?, limit?} or {id}", "crash reports, newest first"},
    Method{"subscribe", &ControlMethods::subscribe, "{}", "events on this connection from now on"},
    Method{"reload", &ControlMethods::reload, "{}", "read the configuration again; say what is taken over and what waits"},
    Method{"upgrade", &ControlMethods::upgrade, "{}", "become the supervisor program that is in place now"},
    Method{"version", &ControlMethods::version, "{}", "versions of the program and of the link"},
    Method{"help", &ControlMethods::help, "{}", "this list"},
};

constexpr std::size_t kKeyBytesMin = 8;  // a text id of this length is an idempotence key
constexpr std::size_t kReasonBytesMax = 500;

// Text that a person gave: present, not empty, not endless.
Result<std::string> reason_of(const JsonValue& params) {
  auto reason = params.text_at("reason");
  if (!reason || reason->empty()) return Error{Errc::invalid, "reason must be text that is not empty"};
  if (reason->size() > kReasonBytesMax) return Error{Errc::invalid, "reason must have at most 500 bytes"};
  return reason;
}

bool flag_of(const JsonValue& params, std::string_view key) {
  const auto value = params.bool_at(key);
  return value && *value;
}

void refuse(const Call& call, const Refusal& refusal) {
  JsonWriter data;
  data.begin_object().text("reason", refusal.reason);
  if (!refusal.help.empty()) data.text("help", refusal.help);
  data.end_object();
  call.error(RpcErrorCode::refused, refusal.reason, data.str());
}

}  // namespace

void ControlMethods::serve(Call call) {
  for (const auto& method : kMethods)
    if (method.name == call.request.method) return (this->*method.serve)(call);
  call.error(RpcErrorCode::method_not_found, "no method '" + call.request.method.substr(0, 64) + "'; help lists them");
}

void ControlMethods::version(const Call& call) {
  JsonWriter out;
  out.begin_object().text("version", product_version()).number("link_version", kLinkVersion).end_object();
  call.result(out.str());
}

void ControlMethods::help(const Call& call) {
  JsonWriter out;
  out.begin_object().key("methods").begin_array();
  for (const auto& method : kMethods)
    out.begin_object().text("method", method.name).text("params", method.params).text("text", method.text).end_object();
  out.end_array().end_object();
  call.result(out.str());
}

void ControlMethods::status(const Call& call) {
  Supervisor& s = supervisor_;
  const Instant now = s.clock_.now();
  call.result(status_json({&s.runner_, &s.state_.halt, s.setup_.home, now - s.started_, now,
                           s.alerts_.outbox().pending(), s.log_.dropped_bytes()}));
}

void ControlMethods::restart(const Call& call) {
  std::optional<StartMode> mode;
  if (const auto asked = call.request.params.find("mode"); asked && !asked->is_null()) {
    const auto text = asked->as_text();
    mode = text ? parse_enum<StartMode>(*text) : std::nullopt;
    if (!mode || mode == StartMode::normal)
      return call.error(RpcErrorCode::invalid_params, "mode must be one of recovery, safe");
  }
  if (const auto refusal = supervisor_.runner_.restart(mode)) return refuse(call, *refusal);
  JsonWriter out;
  out.begin_object().boolean("accepted", true).text("mode", to_text(supervisor_.runner_.machine().policy().step()));
  out.end_object();
  call.result(out.str());
}

void ControlMethods::clear(const Call& call) {
  const LadderStep from = supervisor_.runner_.machine().policy().step();
  if (const auto refusal = supervisor_.runner_.clear()) return refuse(call, *refusal);
  JsonWriter out;
  out.begin_object().text("from", to_text(from));
  out.text("to", to_text(supervisor_.runner_.machine().policy().step())).end_object();
  call.result(out.str());
}

void ControlMethods::shutdown(const Call& call) {
  const bool flatten = flag_of(call.request.params, "flatten");
  if (flatten && !flag_of(call.request.params, "confirm"))
    return call.error(RpcErrorCode::needs_confirmation, "flatten sells what the strategies hold: confirm it",
                      R"({"confirm":"confirm"})");
  JsonWriter out;
  out.begin_object().boolean("accepted", true).number("grace_ms", to_ms(supervisor_.setup_.config.settings.shutdown.grace));
  out.end_object();
  call.result(out.str());
  supervisor_.stop("command shutdown, " + call.by, flatten);
}

void ControlMethods::alerts(const Call& call) {
  const auto page = page_request(call.request.params);
  if (!page) return call.error(RpcErrorCode::invalid_params, page.error().story);
  std::vector<PageItem> items;
  const auto& entries = supervisor_.alerts_.outbox().entries();
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    JsonWriter out;
    write_alert(out, entry->alert);
    JsonWriter more;
    more.begin_object().boolean("delivered", entry->delivered).boolean("acked", entry->acked);
    more.number("tries", entry->tries).text("last_error", entry->last_error).number("count", entry->count);
    more.text("last_at", entry->last_at.empty() ? entry->alert.at : entry->last_at);
    more.boolean("escalated", entry->escalated).end_object();
    std::string json = out.take();
    json.back() = ',';
    items.push_back({entry->alert.id, json + more.str().substr(1)});
  }
  const auto result = page_json(items, *page);
  if (!result) return call.error(RpcErrorCode::invalid_params, result.error().story);
  call.result(*result);
}

void ControlMethods::ack(const Call& call) {
  const auto id = call.request.params.text_at("id");
  if (!id) return call.error(RpcErrorCode::invalid_params, id.error().story);
  if (!supervisor_.alerts_.acknowledge(*id))
    return refuse(call, {"no alert '" + id->substr(0, 64) + "'", "s1mple alerts"});
  call.result(R"({"acked":true})");
}

void ControlMethods::alert_test(const Call& call) {
  const bool escalation = flag_of(call.request.params, "escalation");
  const std::string key = escalation ? "alerts.escalation_command" : "alerts.command";
  if (!supervisor_.alerts_.configured(escalation))
    return refuse(call, {"no alert command is configured", "set " + key + " in the configuration and reload"});
  const bool begun = supervisor_.alerts_.test(escalation, [call](const AlertDelivery::Outcome& outcome) {
    JsonWriter out;
    out.begin_object().boolean("delivered", outcome.taken).number("exit_code", outcome.exit_code);
    out.number("took_ms", to_ms(outcome.took));
    if (outcome.taken) return call.result(out.end_object().str());
    out.boolean("timed_out", outcome.timed_out).text("stderr", outcome.error_end);
    out.text("reason", outcome.story).end_object();
    call.error(RpcErrorCode::refused, "the alert command did not take it: " + outcome.story, out.str());
  });
  if (!begun) refuse(call, {"a test runs already", ""});
}

void ControlMethods::crashes(const Call& call) {
  if (const auto id = call.request.params.find("id"); id && !id->is_null()) {
    const auto text = id->as_text();
    const auto& known = supervisor_.reports_.summaries();
    for (const auto& summary : known) {
      if (!text || std::to_string(summary.id) != *text) continue;
      return supervisor_.reports_.read(summary.id, [call](Result<std::string> report) {
        const auto json = report ? JsonValue::parse(*report) : Result<JsonValue>(report.error());
        if (!json) return call.error(RpcErrorCode::internal_error, "the report cannot be read: " + json.error().story);
        call.result(json->dump());
      });
    }
    return refuse(call, {"no such crash report", "s1mple crashes"});
  }
  const auto page = page_request(call.request.params);
  if (!page) return call.error(RpcErrorCode::invalid_params, page.error().story);
  std::vector<PageItem> items;
  const auto& summaries = supervisor_.reports_.summaries();
  for (auto summary = summaries.rbegin(); summary != summaries.rend(); ++summary)
    items.push_back({std::to_string(summary->id), summary->json});
  const auto result = page_json(items, *page);
  if (!result) return call.error(RpcErrorCode::invalid_params, result.error().story);
  call.result(*result);
}

void ControlMethods::subscribe(const Call& call) {
  supervisor_.server_->subscribe(call.client);
  call.result(R"({"subscribed":true})");
}

// Answered once both programs have checked it and what may change has changed.
void ControlMethods::reload(const Call& call) {
  supervisor_.reload(call.by, [call](const Result<Supervisor::Reload>& done) {
    if (!done) return refuse(call, {done.error().story, ""});
    JsonWriter out;
    out.begin_object().key("taken").begin_array();
    for (const auto& key : done->plan.taken) out.text(key);
    out.end_array().key("needs_restart").begin_array();
    for (const auto& name : done->plan.of_orchestrator)
      out.begin_object().text("what", name).text("help", "s1mple restart").end_object();
    for (const auto& key : done->plan.of_supervisor)
      out.begin_object().text("what", key).text("help", "stop the supervisor and start it again").end_object();
    out.end_array().key("warnings").begin_array();
    for (const auto& warning : done->warnings) out.text(warning);
    call.result(out.end_array().end_object().str());
  });
}

// Answered once the program in place was seen to run and to take the configuration.
void ControlMethods::upgrade(const Call& call) {
  supervisor_.replace([call](const Result<void>& checked) {
    if (!checked) return refuse(call, {checked.error().story, ""});
    JsonWriter out;
    out.begin_object().boolean("accepted", true).text("from_version", product_version()).end_object();
    call.result(out.str());
  });
}

// ---- passed to the orchestrator

void ControlMethods::not_running(const Call& call) {
  JsonWriter data;
  data.begin_object().text("state", to_text(supervisor_.runner_.machine().state())).end_object();
  call.error(RpcErrorCode::not_running,
             "no orchestrator runs (" + std::string(to_text(supervisor_.runner_.machine().state())) + ")", data.str());
}

void ControlMethods::answer(const Call& call, const link::CommandResult& result) {
  if (result.failed) call.reply(encode_error(call.request.id_json, result.code, result.message, result.data_json));
  else call.result(result.result_json);
}

bool ControlMethods::pass_with(const Call& call, std::function<void(const link::CommandResult&)> done) {
  link::Command command;
  command.method = call.request.method;
  command.by = call.by;
  if (call.request.params.is_object()) command.params_json = call.request.params.dump();
  const bool is_key = call.request.id_json.front() == '"' && call.request.id_json.size() >= kKeyBytesMin + 2;
  if (is_key) command.key = call.request.id_json.substr(1, call.request.id_json.size() - 2);
  return supervisor_.runner_.pass(std::move(command), std::move(done));
}

void ControlMethods::pass(const Call& call) {
  if (call.request.method == "flatten" && !flag_of(call.request.params, "confirm"))
    return call.error(RpcErrorCode::needs_confirmation, "flatten sells what the strategies hold: confirm it",
                      R"({"confirm":"confirm"})");
  if (!pass_with(call, [this, call](const link::CommandResult& result) { answer(call, result); })) not_running(call);
}

// Latched by both; answered when the first of the two is durable, with an error when neither can be.
void ControlMethods::halt(const Call& call) {
  const auto reason = reason_of(call.request.params);
  if (!reason) return call.error(RpcErrorCode::invalid_params, reason.error().story);
  if (const auto scope = call.request.params.find("scope"); scope && !scope->is_null()) return pass(call);

  struct Latches {
    int open = 1;  // answers that may still come
    bool answered = false;
    std::string story;
  };
  auto latches = std::make_shared<Latches>();
  const auto settle = [call, latches](bool ok, std::string_view who, std::string story) {
    --latches->open;
    if (latches->answered) return;
    if (ok) {
      latches->answered = true;
      JsonWriter out;
      out.begin_object().boolean("halted", true).text("durable", who).end_object();
      return call.result(out.str());
    }
    latches->story += (latches->story.empty() ? "" : "; ") + story;
    if (latches->open > 0) return;
    latches->answered = true;
    call.error(RpcErrorCode::internal_error, "halted in memory, but no latch is durable: " + latches->story);
  };
  const bool passed = pass_with(call, [settle](const link::CommandResult& result) {
    settle(!result.failed, "orchestrator", "orchestrator: " + result.message);
  });
  if (passed) ++latches->open;
  supervisor_.set_halt(true, *reason, call.by,
                       [settle](bool ok) { settle(ok, "supervisor", "supervisor.json cannot be written"); });
}

// Needs both: first the store's latch, then ours. Between the two a crash leaves it halted.
void ControlMethods::resume(const Call& call) {
  const auto reason = reason_of(call.request.params);
  if (!reason) return call.error(RpcErrorCode::invalid_params, reason.error().story);
  const bool passed = pass_with(call, [this, call, text = *reason](const link::CommandResult& result) {
    if (result.failed) return answer(call, result);
    supervisor_.set_halt(false, text, call.by, [call](bool ok) {
      if (ok) return call.result(R"({"halted":false})");
      call.error(RpcErrorCode::internal_error,
                 "the orchestrator resumed, but supervisor.json cannot be written: the next start is halted");
    });
  });
  if (!passed) not_running(call);
}

}  // namespace s1mple
