// VirtualClock: time that moves only when the test says so.
//
// Both kinds of time start at a fixed moment and go on together. Thread: one.
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

 private:
  Instant now_{Nanos(1'000'000'000)};
  WallTime wall_ = from_unix_nanos(1'700'000'000'000'000'000);
};

}  // namespace s1mple
