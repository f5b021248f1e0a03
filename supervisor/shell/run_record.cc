#include "supervisor/shell/run_record.h"

#include "common/contract/version.h"
#include "common/os/process_info.h"
#include "common/os/signals.h"

namespace s1mple {

void RunRecord::saw_pong(const link::Pong& pong, WallTime at) {
  beats.push_back({at, pong.number, pong.counters});
  if (beats.size() > kBeats) beats.pop_front();
  if (pong.health_json.empty()) return;
  health_json = pong.health_json;
  if (!health_at) {
    const auto health = JsonValue::parse(health_json);
    const auto heard = health ? health->text_at("environment") : Result<std::string>(std::string());
    if (heard) environment = *heard;
  }
  health_at = at;
}

std::string RunRecord::checked_health() const {
  const auto health = JsonValue::parse(health_json);
  return health && health->is_object() ? health->dump() : std::string();
}

void RunRecord::saw_process(pid_t process, WallTime at, std::int64_t missed) {
  const auto info = read_process_info(process);
  JsonWriter out;
  out.begin_object().text("at", to_rfc3339(at)).number("missed_pings", missed);
  if (info) {
    out.text("state", std::string(1, info->state)).text("wait_channel", info->wait_channel);
    out.number("tracer", static_cast<std::int64_t>(info->tracer)).number("threads", info->threads);
    out.number("descriptors", info->descriptors).number("resident_bytes", info->resident_bytes);
    out.number("user_ms", to_ms(info->user_time)).number("system_ms", to_ms(info->system_time));
    out.number("run_delay_ms", to_ms(info->run_delay));
  } else {
    out.text("story", info.error().story);
  }
  out.end_object();
  evidence.push_back(out.take());
  if (evidence.size() > kEvidence) evidence.pop_front();
}

std::string death_summary(const DeathRecord& death, const RunRecord& run) {
  JsonWriter out;
  out.begin_object().text("id", std::to_string(death.id)).text("at", to_rfc3339(death.at));
  out.text("cause", to_text(death.report.death.cause));
  if (const auto code = death.report.death.status.code) out.number("exit_code", *code);
  else out.null("exit_code");
  const int signal = death.report.death.status.signal;
  if (signal != 0) out.text("signal", signal_name(signal));
  else out.null("signal");
  out.text("mode", to_text(run.mode)).number("attempt", run.attempt).number("pid", run.pid);
  out.number("uptime_ms", to_ms(death.uptime)).boolean("ready", death.report.death.was_ready);
  out.boolean("counted", death.report.counted).text("why", death.report.why);
  out.text("file", "crashes/crash-" + std::to_string(death.id) + ".json").end_object();
  return out.take();
}

namespace {

void write_beats(JsonWriter& out, const RunRecord& run) {
  out.key("last_beats").begin_array();
  for (const auto& beat : run.beats) {
    out.begin_object().text("at", to_rfc3339(beat.at)).number("number", beat.number);
    out.number("market", beat.counters.market).number("market_durable", beat.counters.market_durable);
    out.number("commits", beat.counters.commits).number("risk_ticks", beat.counters.risk_ticks);
    out.number("loops", beat.counters.loops).number("queued", beat.counters.queued);
    out.number("unsynced", beat.counters.unsynced).end_object();
  }
  out.end_array();
}

}  // namespace

std::string death_report(const DeathRecord& death, const RunRecord& run, const std::string& program,
                         const std::string& config, const std::string& output_tail) {
  JsonWriter out;
  out.begin_object().raw("summary", death_summary(death, run)).boolean("core_dumped", death.exit.core_dumped);
  out.key("usage").begin_object().number("user_ms", to_ms(death.exit.user_time));
  out.number("system_ms", to_ms(death.exit.system_time)).number("max_rss_bytes", death.exit.max_rss_bytes).end_object();
  out.key("ladder").begin_object().text("step", to_text(death.step));
  out.number("counted_in_window", std::uint64_t{death.counted_in_window}).end_object();
  out.text("program", program).text("config", config).text("version", run.version);
  out.text("supervisor_version", product_version()).text("bye", run.bye);
  out.key("progress").begin_object().text("phase", run.progress.phase).number("done", run.progress.done);
  out.number("total", run.progress.total).end_object();
  out.key("evidence").begin_array();
  for (const auto& look : run.evidence) out.raw(look);
  out.end_array();
  write_beats(out, run);
  if (const std::string health = run.checked_health(); !health.empty()) out.raw("health", health);
  out.text("output_tail", output_tail).end_object();
  return out.take();
}

}  // namespace s1mple
