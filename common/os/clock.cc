#include "common/os/clock.h"

#include <ctime>

#include "common/base/ensure.h"

namespace s1mple {
namespace {

Nanos read_clock(clockid_t id) {
  timespec time{};
  ENSURE(::clock_gettime(id, &time) == 0, "the system has no such clock");
  return std::chrono::seconds(time.tv_sec) + Nanos(time.tv_nsec);
}

}  // namespace

Instant SystemClock::now() const { return Instant(read_clock(CLOCK_MONOTONIC)); }
WallTime SystemClock::wall() const { return WallTime(read_clock(CLOCK_REALTIME)); }

SteadyWallClock::SteadyWallClock(const Clock& source)
    : source_(source), anchor_(source.now()), anchor_wall_(source.wall()) {}

WallTime SteadyWallClock::wall() const {
  const Instant now = source_.now();
  const WallTime steady = anchor_wall_ + (now - anchor_);
  const WallTime machine = source_.wall();
  if (machine <= steady) return steady;
  anchor_ = now;
  anchor_wall_ = machine;
  return machine;
}

}  // namespace s1mple
