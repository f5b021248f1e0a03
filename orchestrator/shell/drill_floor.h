// The floor of a disk: the bare write and fdatasync that any durable commit needs, into blocks already written.
//
// Used by `store drill` and by the benchmark, so that both compare with the same thing. Units: microseconds, whole
// commits a second. Thread: blocks the caller for kFloorTime at most (one sync longer at the end).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"
#include "orchestrator/state/disk.h"

namespace s1mple {

struct DrillFigures {
  Nanos total{};
  std::uint64_t commits = 0;
  std::int64_t p50_us = 0, p99_us = 0, per_second = 0;

  [[nodiscard]] std::string seconds_text() const;  // "1.234567"
};

[[nodiscard]] DrillFigures figures_of(std::vector<Nanos> latencies, Nanos total);
// "0.95": commits a second of `ours` over those of `floor`.
[[nodiscard]] std::string ratio_text(const DrillFigures& ours, const DrillFigures& floor);

inline constexpr Nanos kFloorTime = 300ms;
// At most `commits` writes of `bytes` each, in a scratch file that is removed again.
[[nodiscard]] Result<DrillFigures> measure_floor(Disk& disk, const Clock& clock, std::uint64_t bytes,
                                                 std::uint64_t commits);

}  // namespace s1mple
