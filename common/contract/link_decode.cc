#include "common/base/json_cursor.h"
#include "common/contract/link.h"
#include "common/contract/link_fields.h"
#include "common/contract/rpc.h"

namespace s1mple::link {

namespace {

PreviousRun read_previous(const JsonValue& object, FieldReader& outer) {
  FieldReader in(object);
  PreviousRun run;
  run.pid = in.whole("pid");
  if (in.has("exit_code")) run.exit_code = in.number("exit_code");
  run.signal = in.text_or("signal");
  run.last_beat_at = in.text_or("last_beat_at");
  run.report = in.text_or("report");
  if (in.error()) outer.fail("previous: " + in.error()->story);
  return run;
}

Attach read_attach(FieldReader& in) {
  Attach m;
  m.instance = in.text("instance");
  m.version = in.text("version");
  m.link_version = in.number("link_version");
  m.mode = in.choice<StartMode>("mode");
  m.cause = in.choice<StartCause>("cause");
  const std::uint64_t attempt = in.count("attempt");
  if (attempt > UINT32_MAX) in.fail("attempt is out of range");
  m.attempt = static_cast<std::uint32_t>(attempt);
  m.halted = in.flag("halted");
  m.halt_reason = in.text_or("halt_reason");
  m.after_store_failed = in.flag_or_false("after_store_failed");
  m.mirror_epoch = in.count("mirror_epoch");
  m.adopted = in.flag_or_false("adopted");
  m.drain_on_eof = in.flag_or_false("drain_on_eof");
  m.ping_interval_ms = in.whole("ping_interval_ms");
  m.link_grace_ms = in.whole("link_grace_ms");
  if (const auto previous = in.find("previous"); previous && !previous->is_null())
    m.previous = read_previous(*previous, in);
  return m;
}

Ping read_ping(FieldReader& in) { return {in.text("instance"), in.count("number"), in.count("nonce")}; }

Shutdown read_shutdown(FieldReader& in) {
  return {in.whole("grace_ms"), in.flag_or_false("flatten"), in.text_or("reason")};
}

AlertOk read_alert_ok(FieldReader& in) { return {in.text("id")}; }

Hello read_hello(FieldReader& in) {
  Hello m;
  m.pid = in.whole("pid");
  m.version = in.text("version");
  m.link_version = in.number("link_version");
  if (in.has("epoch")) m.epoch = in.count("epoch");
  if (in.has("mode")) m.mode = in.choice<StartMode>("mode");
  m.build_id = in.text_or("build_id");
  return m;
}

Progress read_progress(FieldReader& in) { return {in.text("phase"), in.count("done"), in.count_or_zero("total")}; }

HealthCounters read_counters(const JsonValue& object, FieldReader& outer) {
  FieldReader in(object);
  HealthCounters counters;
  counters.market = in.count_or_zero("market");
  counters.market_durable = in.count_or_zero("market_durable");
  counters.commits = in.count_or_zero("commits");
  counters.risk_ticks = in.count_or_zero("risk_ticks");
  counters.loops = in.count_or_zero("loops");
  counters.queued = in.count_or_zero("queued");
  counters.unsynced = in.count_or_zero("unsynced");
  if (in.error()) outer.fail("counters: " + in.error()->story);
  return counters;
}

Pong read_pong(FieldReader& in) {
  Pong m;
  m.instance = in.text("instance");
  m.number = in.count("number");
  m.nonce = in.count("nonce");
  if (const auto counters = in.find("counters"); counters && counters->is_object())
    m.counters = read_counters(*counters, in);
  else
    in.fail("counters must be an object");
  m.health_json = in.object_json_or("health");
  return m;
}

Alert read_alert(FieldReader& in) {
  Alert m;
  m.id = in.text("id");
  m.level = in.choice<AlertLevel>("level");
  m.code = in.text("code");
  m.text = in.text("text");
  m.at = in.text("at");
  m.details_json = in.object_json_or("details");
  return m;
}

Latch read_latch(FieldReader& in) { return {in.flag("halted"), in.text_or("reason"), in.text_or("at")}; }

Event read_event(FieldReader& in) { return {in.text("kind"), in.object_json_or("params")}; }

Bye read_bye(FieldReader& in) { return {in.number("code"), in.text("reason"), in.flag_or_false("halt")}; }

// One row a message: the method and what reads its params.
template <class Message>
struct Row {
  std::string_view method;
  Message (*read)(FieldReader& in);
};

constexpr Row<ToOrchestrator> kToOrchestrator[] = {
    {"attach", [](FieldReader& in) -> ToOrchestrator { return read_attach(in); }},
    {"go", [](FieldReader&) -> ToOrchestrator { return Go{}; }},
    {"ping", [](FieldReader& in) -> ToOrchestrator { return read_ping(in); }},
    {"shutdown", [](FieldReader& in) -> ToOrchestrator { return read_shutdown(in); }},
    {"alert_ok", [](FieldReader& in) -> ToOrchestrator { return read_alert_ok(in); }},
};

constexpr Row<ToSupervisor> kToSupervisor[] = {
    {"hello", [](FieldReader& in) -> ToSupervisor { return read_hello(in); }},
    {"progress", [](FieldReader& in) -> ToSupervisor { return read_progress(in); }},
    {"epoch", [](FieldReader& in) -> ToSupervisor { return EpochForced{in.count("epoch")}; }},
    {"ready", [](FieldReader& in) -> ToSupervisor { return Ready{in.count("epoch")}; }},
    {"pong", [](FieldReader& in) -> ToSupervisor { return read_pong(in); }},
    {"alert", [](FieldReader& in) -> ToSupervisor { return read_alert(in); }},
    {"latch", [](FieldReader& in) -> ToSupervisor { return read_latch(in); }},
    {"event", [](FieldReader& in) -> ToSupervisor { return read_event(in); }},
    {"bye", [](FieldReader& in) -> ToSupervisor { return read_bye(in); }},
};

template <class Message, std::size_t Size>
Result<Message> decode_note(const Row<Message> (&rows)[Size], const RpcRequest& request) {
  for (const auto& row : rows) {
    if (row.method != request.method) continue;
    FieldReader in(request.params);
    Message message = row.read(in);
    if (in.error()) return Error{Errc::invalid, "link: " + request.method + ": " + in.error()->story};
    return message;
  }
  return Error{Errc::unsupported, "link: unknown message '" + request.method + "'"};
}

Result<std::uint64_t> command_id(std::string_view id_json) {
  auto id = JsonValue::parse(id_json);
  if (!id) return std::move(id).error();
  return id->as_uint();
}

Result<ToOrchestrator> decode_command(const JsonValue& message, const RpcRequest& request) {
  auto id = command_id(request.id_json);
  if (!id) return Error{Errc::invalid, "link: the id of a command must be a whole number"};
  FieldReader in(message);
  Command command{*id, in.text_or("key"), in.text_or("by"), request.method, "{}"};
  if (in.error()) return Error{Errc::invalid, "link: command: " + in.error()->story};
  if (request.params.is_object()) command.params_json = request.params.dump();
  return ToOrchestrator(std::move(command));
}

Result<ToSupervisor> decode_answer(const JsonValue& message) {
  auto reply = read_reply(message);
  if (!reply) return std::move(reply).error().during("link");
  auto id = command_id(reply->id_json);
  if (!id) return Error{Errc::invalid, "link: the id of an answer must be a whole number"};
  CommandResult result;
  result.id = *id;
  result.failed = reply->failed;
  if (result.failed) {
    result.code = reply->code;
    result.message = reply->message;
    if (!reply->data.is_null()) result.data_json = reply->data.dump();
  } else {
    result.result_json = reply->result.dump();
  }
  return ToSupervisor(std::move(result));
}

// A pong as encode() writes it: four a second for months, so nothing is made of its health but a copy.
// Nothing where the packet is another one, or spelled otherwise.
std::optional<Pong> read_usual_pong(std::string_view packet) {
  if (packet.size() > kLinkPacketMax) return std::nullopt;
  JsonCursor in(packet);
  if (!in.take_if(std::string_view(R"({"jsonrpc":"2.0","method":"pong","params":{)"))) return std::nullopt;
  Pong m;
  HealthCounters& counters = m.counters;
  const auto number = [&in](std::string_view name, std::uint64_t& value, bool is_first = false) {
    if (!is_first) in.expect(',');
    in.key(name);
    value = in.uint();
  };
  in.key("instance");
  in.text(m.instance);
  number("number", m.number);
  number("nonce", m.nonce);
  in.expect(',');
  in.key("counters");
  in.expect('{');
  number("market", counters.market, true);
  number("market_durable", counters.market_durable);
  number("commits", counters.commits);
  number("risk_ticks", counters.risk_ticks);
  number("loops", counters.loops);
  number("queued", counters.queued);
  number("unsynced", counters.unsynced);
  if (!in.take_if(std::string_view(R"(},"health":)"))) return std::nullopt;
  m.health_json = in.value();
  if (!in.take_if(std::string_view("}}")) || !in.at_end() || !m.health_json.starts_with('{'))
    return std::nullopt;
  return m;
}

Result<JsonValue> message_of(std::string_view packet) {
  if (packet.size() > kLinkPacketMax) return Error{Errc::overflow, "link: packet is too long"};
  auto message = JsonValue::parse(packet);
  if (!message) return std::move(message).error().during("link");
  return message;
}

Result<RpcRequest> request_of(const JsonValue& message) {
  auto decoded = read_request(message);
  if (auto* failure = std::get_if<RpcFailure>(&decoded)) return Error{Errc::invalid, "link: " + failure->message};
  return std::get<RpcRequest>(std::move(decoded));
}

}  // namespace

Result<ToOrchestrator> decode_to_orchestrator(std::string_view packet) {
  auto message = message_of(packet);
  if (!message) return std::move(message).error();
  auto request = request_of(*message);
  if (!request) return std::move(request).error();
  return request->id_json.empty() ? decode_note(kToOrchestrator, *request) : decode_command(*message, *request);
}

Result<ToSupervisor> decode_to_supervisor(std::string_view packet) {
  if (auto pong = read_usual_pong(packet)) return ToSupervisor(std::move(*pong));
  auto message = message_of(packet);
  if (!message) return std::move(message).error();
  if (!message->find("method")) return decode_answer(*message);
  auto request = request_of(*message);
  if (!request) return std::move(request).error();
  return decode_note(kToSupervisor, *request);
}

}  // namespace s1mple::link
