#include "supervisor/core/settings.h"

#include "common/contract/config.h"

namespace s1mple {

namespace {

void restart_fields(ConfigFields& in, RestartSettings& s) {
  in.span("backoff_base", s.backoff_base, 1ms, 60s, "The longest wait before a start after the first counted death.");
  in.span("backoff_cap", s.backoff_cap, 10ms, 1h, "No wait is longer.");
  in.whole("safe_after", s.safe_after, 1, 100, "So many counted deaths within the window lead to safe mode.");
  in.span("window", s.window, 1s, 24h, "The span over which counted deaths are added up.");
  in.whole("parked_after", s.parked_after, 1, 100, "So many counted deaths in safe mode lead to parked.");
  in.span("forget_after", s.forget_after, 1s, 24h, "For each such span of being ready one counted death is forgotten.");
  in.span("stable_after", s.stable_after, 100ms, 1h,
          "A death counts before ready, and for so long after it unless there was progress.");
  in.span("store_retry", s.store_retry, 100ms, 1h, "Between starts after the store could not be written.");
  in.choice("on_park", s.on_park,
            "When parked: cancel runs `orchestrator cancel-all`, which keeps stops; keep leaves all orders as they are.");
  if (s.backoff_base > s.backoff_cap) in.refuse("backoff_base", "must not be longer than backoff_cap");
}

void liveness_fields(ConfigFields& in, LivenessSettings& s) {
  in.span("ping_interval", s.ping_interval, 20ms, 2s, "Between two questions to the orchestrator.");
  in.whole("lost_pings", s.lost_pings, 2, 100, "So many unanswered in a row and it is hung.");
  in.span("startup_progress_timeout", s.startup_progress_timeout, 500ms, 1h,
          "Before ready: without progress for so long it is hung.");
  in.span("stuck_after", s.stuck_after, 1s, 1h, "It answers, but work waits and none is done: degraded, with an alert.");
  in.span("stuck_grace", s.stuck_grace, 1s, 24h, "And when that lasts so much longer, it is hung.");
  in.span("frozen_after", s.frozen_after, 1s, 24h, "No market event although the market is live: degraded, with an alert.");
  in.span("debugger_grace", s.debugger_grace, 0s, 24h, "A traced orchestrator is spared for so long.");
  in.span("link_grace", s.link_grace, 1s, 1h, "Without a supervisor for so long the orchestrator drains and ends.");
  in.span("link_grace_systemd", s.link_grace_systemd, 1s, 1h, "The same under systemd, where it may be adopted.");
}

void shutdown_fields(ConfigFields& in, ShutdownSettings& s) {
  in.span("grace", s.grace, 100ms, 10min, "For an orderly end; then SIGTERM.");
  in.span("term_wait", s.term_wait, 10ms, 10min, "From SIGTERM to SIGABRT.");
  in.span("abort_wait", s.abort_wait, 10ms, 10min, "From SIGABRT to SIGKILL; a core dump takes this long at most.");
  in.span("kill_wait", s.kill_wait, 100ms, 10min, "From SIGKILL to the alert that the process cannot be killed.");
}

void alert_fields(ConfigFields& in, AlertSettings& s) {
  in.texts("command", s.command,
           "Program and arguments; it gets the alert as JSON on standard input and exits 0 when it took it.");
  in.span("timeout", s.timeout, 100ms, 10min, "A delivery that takes longer is ended and tried again.");
  in.span("retry_base", s.retry_base, 10ms, 1h, "The longest wait before the second try.");
  in.span("retry_cap", s.retry_cap, 10ms, 24h, "No wait between two tries is longer.");
  in.span("resend_after", s.resend_after, 1s, 30 * 24h, "A critical alert is sent again until it is acknowledged.");
  in.span("repeat_window", s.repeat_window, 0s, 24h,
          "The same alert again within this time is counted, and told once at its end.");
  in.whole("rate_limit", s.rate_limit, 1, 1000,
           "Most tries within rate_window, of critical alerts and of all others each; more wait.");
  in.span("rate_window", s.rate_window, 1s, 24h, "The span of rate_limit.");
  in.texts("escalation_command", s.escalation_command,
           "Gets a critical alert that nobody acknowledged for escalation_after, as command does.");
  in.span("escalation_after", s.escalation_after, 1s, 30 * 24h, "From the first time that it was raised.");
  if (s.retry_base > s.retry_cap) in.refuse("retry_base", "must not be longer than retry_cap");
  for (const auto& [key, words] : {std::pair{"command", &s.command}, std::pair{"escalation_command", &s.escalation_command}})
    if (in.has(key) && !words->empty() && words->front().rfind('/', 0) != 0)
      in.refuse(key, "must begin with the absolute path of a program");
  if (!s.escalation_command.empty() && s.command.empty())
    in.refuse("escalation_command", "needs a command, whose alerts it follows");
}

}  // namespace

void settings_fields(ConfigFile& file, SupervisorSettings& s) {
  file.table("supervisor", "The supervisor: starts, watches and restarts the orchestrator.", [&](ConfigFields& in) {
    in.text("home", s.home, "Where everything is kept; empty: $STATE_DIRECTORY, else ~/.local/state/s1mpletrader.");
    in.text("group", s.group, "Members of this group may use control.sock; empty: only the owner and root.");
    in.text("orchestrator", s.orchestrator, "Path of the orchestrator; empty: beside the supervisor's own program.");
    s.lines.group = in.line_of("group");
    s.lines.orchestrator = in.line_of("orchestrator");
  });
  file.table("supervisor.restart", "When a death counts, and what follows.",
             [&](ConfigFields& in) { restart_fields(in, s.restart); });
  file.table("supervisor.liveness", "When the orchestrator is taken for hung.",
             [&](ConfigFields& in) { liveness_fields(in, s.liveness); });
  file.table("supervisor.shutdown", "The phases of a stop.",
             [&](ConfigFields& in) { shutdown_fields(in, s.shutdown); });
  file.table("alerts", "How alerts reach a person.", [&](ConfigFields& in) {
    alert_fields(in, s.alerts);
    s.lines.command = in.line_of("command");
    s.lines.escalation_command = in.line_of("escalation_command");
  });
}

Result<ReadSettings> read_settings(std::string_view text, std::string name) {
  auto file = ConfigFile::parse(text, std::move(name));
  if (!file) return std::move(file).error();
  ReadSettings read;
  settings_fields(*file, read.settings);
  if (auto checked = file->finish(ConfigOwner::supervisor); !checked) return std::move(checked).error();
  read.orchestrators = file->digests(ConfigOwner::orchestrator);
  return read;
}

std::string printed_settings() {
  auto printer = ConfigFile::printer();
  SupervisorSettings defaults;
  settings_fields(printer, defaults);
  return printer.printed();
}

}  // namespace s1mple
