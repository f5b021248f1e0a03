// What supervisor.json holds: the mirror of the epoch, the halt latch and the restart tally with the ladder's step.
//
// One JSON object, readable by a person, replaced as a whole; "check" is the CRC-32C of the text before it, so that
// damage is noticed. Reading is strict; a newer format is Errc::unsupported, everything else wrong Errc::damaged.
// Units: ages in ms. Pure. Thread: plain value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/time.h"
#include "supervisor/core/restart_policy.h"

namespace s1mple {

struct HaltLatch {
  bool halted = false;
  std::string reason;
  std::string by;  // "uid 1000 pid 4711", "orchestrator", "supervisor"
  std::string at;
};

struct SavedState {
  static constexpr int kFormat = 1;
  static constexpr std::size_t kMaxBytes = 64 * 1024;

  WallTime saved_at{};
  std::uint64_t epoch = 0;
  HaltLatch halt;
  RestartTally tally;
};

[[nodiscard]] std::string encode_saved_state(const SavedState& state);
[[nodiscard]] Result<SavedState> decode_saved_state(std::string_view text);

}  // namespace s1mple
