// VirtualClock: time that stands still until a test moves it.
#pragma once

#include "common/base/time.h"

namespace s1mple {

class VirtualClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return now_; }
  [[nodiscard]] WallTime wall() const override { return wall_; }
  void advance(Nanos span) {
    now_ += span;
    wall_ += span;
  }
  void set_wall(WallTime wall) { wall_ = wall; }

 private:
  Instant now_{Nanos(1'000'000'000)};
  WallTime wall_ = from_unix_nanos(1'700'000'000'000'000'000);
};

}  // namespace s1mple
