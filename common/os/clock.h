// The machine's clocks, the only implementations of Clock that read real time.
//
// SystemClock:     now() is CLOCK_MONOTONIC, wall() is CLOCK_REALTIME as it stands, steps and all.
// SteadyWallClock: wall() starts at CLOCK_REALTIME and goes on with monotonic time, so that it never runs
//                  backwards. When the machine's clock is ahead (it was set forward, or the machine slept),
//                  wall() follows it; when it is behind, wall() waits for it by simply going on. For time
//                  stamps and ids that must be ordered.
// Thread:          SystemClock any; SteadyWallClock one.
#pragma once

#include "common/base/time.h"

namespace s1mple {

class SystemClock : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] WallTime wall() const override;
};

class SteadyWallClock : public Clock {
 public:
  // `source` is borrowed and outlives this.
  explicit SteadyWallClock(const Clock& source);
  [[nodiscard]] Instant now() const override { return source_.now(); }
  [[nodiscard]] WallTime wall() const override;

 private:
  const Clock& source_;
  mutable Instant anchor_;
  mutable WallTime anchor_wall_;
};

}  // namespace s1mple
