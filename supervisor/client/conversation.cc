#include "supervisor/client/conversation.h"

#include <time.h>

#include "common/contract/version.h"
#include "common/os/clock.h"
#include "supervisor/client/answers.h"
#include "supervisor/client/event_text.h"
#include "supervisor/client/fields.h"
#include "supervisor/client/format.h"
#include "supervisor/client/paging.h"
#include "supervisor/client/status_page.h"
#include "supervisor/client/symbols.h"
#include "supervisor/client/text.h"
#include "supervisor/client/wait.h"

namespace s1mple::client {

namespace {

constexpr Nanos kPatience = 5s;         // the supervisor answers within 2 s, or says that it cannot know
constexpr Nanos kAlertPatience = 120s;  // the alert command has its own, shorter limit
constexpr Nanos kWaitPatience = 60s;
constexpr Nanos kWaitPace = 200ms;
constexpr Nanos kEventPatience = 3600s;

void pause(Nanos span) {
  const timespec wait{span / 1s, (span % 1s).count()};
  ::nanosleep(&wait, nullptr);
}

// What stands above a list or a story: the command's own words, unless a flag changed what it shows.
std::string heading_of(const Invocation& asked) {
  const bool all_orders = asked.command->name == "orders" && asked.params_json.find("\"all\"") != std::string::npos;
  if (all_orders) return "All orders, closed ones too";
  return std::string(asked.has_id ? asked.command->id_text : asked.command->text);
}

std::string environment_in(const JsonValue& status) {
  const auto model = decode_status(status);
  return model ? environment_of(*model) : std::string();
}

}  // namespace

Nanos Conversation::patience() const {
  if (asked_.timeout > Nanos{} && !asked_.wait) return asked_.timeout;
  return asked_.command->name == "alert_test" ? kAlertPatience : kPatience;
}

int Conversation::run() {
  auto session = Session::open(paths_, speaker_);
  if (session) return run_with(*session);
  if (asked_.command->name == "version") return show_version(nullptr);
  return report({ExitCode::unavailable, session.error().story}, nullptr);
}

int Conversation::run_with(Session& session) {
  key_ = asked_.key.empty() ? fresh_key() : asked_.key;
  auto reply = answer(session);
  if (!reply) return report(unanswered(reply.error(), asked_, key_, speaker_), nullptr);
  if (reply->failed) return report(failure_of(*reply, asked_, key_, speaker_), &*reply);
  if (asked_.command->name == "subscribe") return stay_subscribed(session);
  if (asked_.command->name == "version") return show_version(&reply->result);
  if (asked_.watch) return watch_json(session);
  const int code = show(session, reply->result);
  return code == 0 && asked_.wait ? wait_for_evidence(session) : code;
}

Result<RpcReply> Conversation::answer(Session& session) {
  if (asked_.command->lists && !asked_.has_id) return answer_in_pages(session);
  const std::string& params = asked_.params_json;
  if (asked_.command->changes) return session.ask(asked_.command->method, params, key_, patience());
  return session.ask(asked_.command->method, params, patience());
}

Result<RpcReply> Conversation::answer_in_pages(Session& session) {
  Paging paging(asked_.params_json, asked_.limit);
  for (;;) {
    auto reply = session.ask(asked_.command->method, paging.next_params(), patience());
    if (!reply || reply->failed) return reply;
    if (paging.take(reply->result)) continue;
    auto merged = JsonValue::parse(paging.merged_json());
    if (!merged) return std::move(merged).error();
    reply->result = *std::move(merged);
    return reply;
  }
}

int Conversation::show(Session& session, const JsonValue& result) {
  if (asked_.json) return write_out(result.dump() + "\n") ? 0 : to_int(ExitCode::unavailable);
  const WallTime now = SystemClock().wall();
  if (asked_.command->name == "status") {
    const auto model = decode_status(result);
    if (!model) return report({ExitCode::unavailable, model.error().story}, nullptr);
    return write_out(printed(status_page(*model, now, speaker_), machine_.look)) ? 0 : to_int(ExitCode::unavailable);
  }
  Page page = answer_page(asked_, result, now, speaker_);
  if (asked_.command->name == "crashes" && asked_.has_id)
    for (Line& line : places_of(result)) page.push_back(std::move(line));
  // The environment stands beside every answer; when it cannot be had, the answer counts more.
  const auto status = session.ask("status", {}, kPatience);
  const std::string environment = status && !status->failed ? environment_in(status->result) : std::string();
  if (!environment.empty()) {
    const bool one_line = page.size() == 1;
    if (!one_line) page.insert(page.begin(), Line{{" " + heading_of(asked_), Tone::heading}});
    page.front().insert(page.front().begin(), {badge_of(environment), {one_line ? " " : "", Tone::plain}});
  }
  return write_out(printed(page, machine_.look)) ? 0 : to_int(ExitCode::unavailable);
}

int Conversation::show_version(const JsonValue* result) const {
  const std::string own(product_version());
  const std::string running = result == nullptr ? std::string() : Fields(*result).text("version");
  if (asked_.json) {
    JsonWriter json;
    json.begin_object().text("client", own);
    if (result == nullptr) json.null("supervisor");
    else json.raw("supervisor", result->dump());
    json.end_object();
    return write_out(json.take() + "\n") ? 0 : to_int(ExitCode::unavailable);
  }
  std::string text = "s1mpletrader " + own + "\n";
  text += result == nullptr ? "no supervisor runs here\n" : "running supervisor: " + running + "\n";
  if (result != nullptr && running != own) text += "the two differ: restart the supervisor to use the new one\n";
  return write_out(text) ? 0 : to_int(ExitCode::unavailable);
}

int Conversation::stay_subscribed(Session& session) {
  for (;;) {
    const auto params = session.next_event(kEventPatience);
    if (!params && params.error().code == Errc::timeout) continue;
    if (!params) return report({ExitCode::unavailable, neutral(params.error().story)}, nullptr);
    std::string line;
    if (asked_.json) {
      line = params->dump() + "\n";
    } else {
      const EventView event = event_of(*params);
      const WallTime now = SystemClock().wall();
      line = printed({{{stamp_text(event.at.value_or(now), now) + "  ", Tone::dim},
                       {event.kind + std::string(event.kind.size() < 11 ? 11 - event.kind.size() : 0, ' ') + " "},
                       {event.text, tone_of_event(event)}}},
                     machine_.look);
    }
    if (!write_out(line)) return 0;
  }
}

int Conversation::watch_json(Session& session) {
  for (;;) {
    const auto reply = session.ask("status", {}, kPatience);
    if (!reply) return report(unanswered(reply.error(), asked_, key_, speaker_), nullptr);
    if (reply->failed) return report(failure_of(*reply, asked_, key_, speaker_), &*reply);
    if (!write_out(reply->result.dump() + "\n")) return 0;
    pause(1s);
  }
}

Result<std::string> Conversation::missing_evidence(Session& session) {
  Paging orders("{}", kListLimitMax), positions("{}", kListLimitMax);
  for (auto [method, paging] : {std::pair("orders", &orders), std::pair("positions", &positions)}) {
    for (bool more = true; more;) {
      const auto reply = session.ask(method, paging->next_params(), kPatience);
      if (!reply) return reply.error();
      if (reply->failed) return "cannot look yet: " + neutral(reply->message);
      more = paging->take(reply->result);
    }
  }
  if (asked_.command->name == "halt") return missing_after_halt(orders.items(), positions.items(), asked_.scope);
  return missing_after_flatten(orders.items(), positions.items(), asked_.symbol);
}

int Conversation::wait_for_evidence(Session& session) {
  const SystemClock clock;
  const Instant deadline = clock.now() + (asked_.timeout > Nanos{} ? asked_.timeout : kWaitPatience);
  for (;;) {
    const auto missing = missing_evidence(session);
    if (!missing) return report(unanswered(missing.error(), asked_, key_, speaker_), nullptr);
    if (missing->empty()) {
      if (!asked_.json) static_cast<void>(write_out("done, and seen to be done\n"));
      return 0;
    }
    if (clock.now() >= deadline)
      return report({ExitCode::unavailable, "it has begun, but there is no evidence yet: " + *missing}, nullptr);
    pause(kWaitPace);
  }
}

int Conversation::report(const Failure& failure, const RpcReply* reply) const {
  if (asked_.json && reply != nullptr) {
    JsonWriter json;
    json.begin_object().key("error").begin_object().number("code", reply->code).text("message", reply->message);
    if (!reply->data.is_null()) json.raw("data", reply->data.dump());
    json.end_object().end_object();
    static_cast<void>(write_out(json.take() + "\n"));
  }
  write_error(speaker_.program + ": " + failure.text);
  return to_int(failure.code);
}

}  // namespace s1mple::client
