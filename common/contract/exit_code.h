// What an exit code of either program means to the one that started it. Numbered for ever, never reused.
//
// Orchestrator -> supervisor: decides whether a new start may help (DESIGN section 6). Supervisor -> operator or
// systemd: what became of a run. 64, 69 and 70 agree with <sysexits.h>; 1 is a command that was refused.
// A process that a signal ended, or a code outside this list, is a crash. Thread: plain values.
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/enum_text.h"

namespace s1mple {

enum class ExitCode : std::uint8_t {
  done = 0,
  command_refused = 1,   // the client's: the supervisor or the orchestrator said no, with the reason
  usage = 64,            // command line or configuration
  state_damaged = 65,    // nothing was changed; a person decides
  store_failed = 66,     // the store cannot be written; the next start is halted
  venue_refused = 67,    // credentials
  lock_held = 68,        // somebody else owns this home or store
  unavailable = 69,      // link lost, or nobody there
  internal = 70,         // a bug of ours
  handed_over = 71,      // the supervisor's: the next one takes over its running orchestrator
};

inline constexpr EnumTexts<ExitCode, 10> kExitCodeTexts{{{ExitCode::done, "done"},
                                                         {ExitCode::command_refused, "command_refused"},
                                                         {ExitCode::usage, "usage"},
                                                         {ExitCode::state_damaged, "state_damaged"},
                                                         {ExitCode::store_failed, "store_failed"},
                                                         {ExitCode::venue_refused, "venue_refused"},
                                                         {ExitCode::lock_held, "lock_held"},
                                                         {ExitCode::unavailable, "unavailable"},
                                                         {ExitCode::internal, "internal"},
                                                         {ExitCode::handed_over, "handed_over"}}};
constexpr const auto& enum_texts(ExitCode) { return kExitCodeTexts; }

[[nodiscard]] constexpr int to_int(ExitCode code) { return static_cast<int>(code); }

[[nodiscard]] constexpr std::optional<ExitCode> exit_code_of(int code) {
  for (const auto& [known, text] : kExitCodeTexts)
    if (to_int(known) == code) return known;
  return std::nullopt;
}

// False: the same start would end the same way until a person has changed something, so the supervisor parks.
[[nodiscard]] constexpr bool restart_may_help(ExitCode code) {
  switch (code) {
    case ExitCode::usage:
    case ExitCode::state_damaged:
    case ExitCode::venue_refused:
      return false;
    case ExitCode::done:
    case ExitCode::command_refused:
    case ExitCode::store_failed:
    case ExitCode::lock_held:
    case ExitCode::unavailable:
    case ExitCode::internal:
    case ExitCode::handed_over:
      return true;
  }
  ensure_failed(__FILE__, __LINE__, "code", "exit code out of range");
}

}  // namespace s1mple
