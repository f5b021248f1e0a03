#include "common/base/json.h"
#include "common/contract/link.h"
#include "common/contract/rpc.h"

namespace s1mple::link {

namespace {

// Members with nothing in them are left out.
void text_if(JsonWriter& out, std::string_view key, const std::string& value) {
  if (!value.empty()) out.text(key, value);
}
void raw_if(JsonWriter& out, std::string_view key, const std::string& json) {
  if (!json.empty()) out.raw(key, json);
}

std::string finished(std::string_view method, JsonWriter& params) {
  params.end_object();
  return encode_notification(method, params.str());
}

void write_previous(JsonWriter& out, const PreviousRun& run) {
  out.key("previous").begin_object().number("pid", run.pid);
  if (run.exit_code) out.number("exit_code", *run.exit_code);
  text_if(out, "signal", run.signal);
  text_if(out, "last_beat_at", run.last_beat_at);
  text_if(out, "report", run.report);
  out.end_object();
}

void write_counters(JsonWriter& out, const HealthCounters& counters) {
  out.key("counters").begin_object();
  out.number("market", counters.market).number("market_durable", counters.market_durable);
  out.number("commits", counters.commits).number("risk_ticks", counters.risk_ticks);
  out.number("loops", counters.loops).number("queued", counters.queued);
  out.number("unsynced", counters.unsynced).end_object();
}

struct Encoder {
  JsonWriter out;

  std::string operator()(const Attach& m) {
    out.begin_object().text("instance", m.instance).text("version", m.version);
    out.number("link_version", m.link_version).text("mode", to_text(m.mode)).text("cause", to_text(m.cause));
    out.number("attempt", m.attempt).boolean("halted", m.halted);
    text_if(out, "halt_reason", m.halt_reason);
    out.boolean("after_store_failed", m.after_store_failed).number("mirror_epoch", m.mirror_epoch);
    out.boolean("adopted", m.adopted).boolean("drain_on_eof", m.drain_on_eof);
    out.number("ping_interval_ms", m.ping_interval_ms).number("link_grace_ms", m.link_grace_ms);
    if (m.previous) write_previous(out, *m.previous);
    return finished("attach", out);
  }
  std::string operator()(const Go&) { return encode_notification("go", "{}"); }
  std::string operator()(const Ping& m) {
    out.begin_object().text("instance", m.instance).number("number", m.number).number("nonce", m.nonce);
    return finished("ping", out);
  }
  std::string operator()(const Shutdown& m) {
    out.begin_object().number("grace_ms", m.grace_ms).boolean("flatten", m.flatten);
    text_if(out, "reason", m.reason);
    return finished("shutdown", out);
  }
  std::string operator()(const Command& m) {
    out.begin_object().text("jsonrpc", "2.0").number("id", m.id).text("method", m.method);
    text_if(out, "key", m.key);
    text_if(out, "by", m.by);
    out.raw("params", m.params_json.empty() ? "{}" : m.params_json).end_object();
    return out.take();
  }
  std::string operator()(const AlertOk& m) {
    out.begin_object().text("id", m.id);
    return finished("alert_ok", out);
  }

  std::string operator()(const Hello& m) {
    out.begin_object().number("pid", m.pid).text("version", m.version).number("link_version", m.link_version);
    if (m.epoch) out.number("epoch", *m.epoch);
    if (m.mode) out.text("mode", to_text(*m.mode));
    text_if(out, "build_id", m.build_id);
    return finished("hello", out);
  }
  std::string operator()(const Progress& m) {
    out.begin_object().text("phase", m.phase).number("done", m.done).number("total", m.total);
    return finished("progress", out);
  }
  std::string operator()(const EpochForced& m) {
    out.begin_object().number("epoch", m.epoch);
    return finished("epoch", out);
  }
  std::string operator()(const Ready& m) {
    out.begin_object().number("epoch", m.epoch);
    return finished("ready", out);
  }
  std::string operator()(const Pong& m) {
    out.begin_object().text("instance", m.instance).number("number", m.number).number("nonce", m.nonce);
    write_counters(out, m.counters);
    raw_if(out, "health", m.health_json);
    return finished("pong", out);
  }
  std::string operator()(const CommandResult& m) {
    const std::string id = std::to_string(m.id);
    return m.failed ? encode_error(id, m.code, m.message, m.data_json) : encode_result(id, m.result_json);
  }
  std::string operator()(const Alert& m) {
    out.begin_object().text("id", m.id).text("level", to_text(m.level)).text("code", m.code);
    out.text("text", m.text).text("at", m.at);
    raw_if(out, "details", m.details_json);
    return finished("alert", out);
  }
  std::string operator()(const Latch& m) {
    out.begin_object().boolean("halted", m.halted);
    text_if(out, "reason", m.reason);
    text_if(out, "at", m.at);
    return finished("latch", out);
  }
  std::string operator()(const Event& m) {
    out.begin_object().text("kind", m.kind);
    raw_if(out, "params", m.params_json);
    return finished("event", out);
  }
  std::string operator()(const Bye& m) {
    out.begin_object().number("code", m.code).text("reason", m.reason).boolean("halt", m.halt);
    return finished("bye", out);
  }
};

}  // namespace

std::string encode(const ToOrchestrator& message) { return std::visit(Encoder{}, message); }
std::string encode(const ToSupervisor& message) { return std::visit(Encoder{}, message); }

}  // namespace s1mple::link
