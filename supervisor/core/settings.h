// The supervisor's own tables of the configuration file: [supervisor], .restart, .liveness, .shutdown, [alerts].
//
// settings_fields is the one field list: it reads, checks and prints every key (common/contract/config.h).
// Units: spans are Nanos. Defaults are those of DESIGN section 6. Pure. Thread: plain value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/enum_text.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "common/contract/config.h"

namespace s1mple {

// What becomes of the orders that add risk when nothing is started any more.
enum class OnPark : std::uint8_t { keep, cancel };
inline constexpr EnumTexts<OnPark, 2> kOnParkTexts{{{OnPark::keep, "keep"}, {OnPark::cancel, "cancel"}}};
constexpr const auto& enum_texts(OnPark) { return kOnParkTexts; }

struct RestartSettings {
  Nanos backoff_base = 100ms;
  Nanos backoff_cap = 30s;
  std::int64_t safe_after = 5;     // counted deaths within `window`
  Nanos window = 600s;
  std::int64_t parked_after = 3;   // counted deaths in safe mode
  Nanos forget_after = 120s;       // of ready: one counted death is forgotten
  Nanos stable_after = 10s;        // of ready: from here on a death does not count
  OnPark on_park = OnPark::keep;
  Nanos store_retry = 60s;         // between starts after the store failed, from the second on
};

struct LivenessSettings {
  Nanos ping_interval = 250ms;
  std::int64_t lost_pings = 4;
  Nanos startup_progress_timeout = 10s;
  Nanos stuck_after = 10s;   // answers without work while work waits: degraded
  Nanos stuck_grace = 60s;   // and after so much more, hung
  Nanos frozen_after = 300s; // a live market without events: degraded
  Nanos debugger_grace = 600s;
  Nanos link_grace = 10s;
  Nanos link_grace_systemd = 60s;
};

struct ShutdownSettings {
  Nanos grace = 10s;       // from the message `shutdown` to SIGTERM
  Nanos term_wait = 3s;    // from SIGTERM to SIGABRT
  Nanos abort_wait = 200ms;  // from SIGABRT to SIGKILL
  Nanos kill_wait = 5s;    // from SIGKILL to the alert `unkillable`
};

struct AlertSettings {
  std::vector<std::string> command;
  Nanos timeout = 10s;
  Nanos retry_base = 1s;
  Nanos retry_cap = 300s;
  Nanos resend_after = 1800s;  // a critical alert nobody acknowledged
  Nanos repeat_window = 600s;  // the same alert again within it is counted, and told at its end
  std::int64_t rate_limit = 20;  // tries within rate_window, of critical alerts and of all others each
  Nanos rate_window = 60s;
  std::vector<std::string> escalation_command;  // empty: none
  Nanos escalation_after = 900s;
};

struct SupervisorSettings {
  std::string home;
  std::string group;
  std::string orchestrator;
  RestartSettings restart;
  LivenessSettings liveness;
  ShutdownSettings shutdown;
  AlertSettings alerts;
  // Where the file names what only the machine can confirm; 0: it does not.
  struct Lines {
    std::uint32_t group = 0, orchestrator = 0, command = 0, escalation_command = 0;
  } lines;
};

void settings_fields(ConfigFile& file, SupervisorSettings& settings);

// The supervisor's tables, and what the others say as one number each (reload.h).
struct ReadSettings {
  SupervisorSettings settings;
  std::vector<ConfigFile::Digest> orchestrators;
};

// Parses and checks the supervisor's tables of the file's text; `name` is shown in refusals.
[[nodiscard]] Result<ReadSettings> read_settings(std::string_view text, std::string name);

// Every key with its default and a comment, as TOML.
[[nodiscard]] std::string printed_settings();

}  // namespace s1mple
