// Timer: calls one function, once or periodically, on the loop. Never early; late by up to a millisecond
//        and by
// whatever the loop is busy with. A period that was missed is not made up for.
//
// Owner:   destroying it (also from its own callback) cancels it; nothing fires afterwards.
// Thread:  the loop's.
#pragma once

#include <functional>

#include "common/base/time.h"

namespace s1mple {

class Loop;

class Timer {
 public:
  Timer(Loop& loop, std::function<void()> fire);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Each replaces what was set before. A time that has passed fires in the next pass.
  void start_at(Instant when);  // of SystemClock
  void start_after(Nanos delay);
  void start_every(Nanos period);  // first after one period; at least a millisecond
  void cancel();
  [[nodiscard]] bool active() const;

 private:
  struct Impl;
  Impl* impl_;  // frees itself once libuv has let go of it
};

}  // namespace s1mple
