// Two kinds of time that never mix, and neither can read a clock by itself.
//
// Instant:  monotonic, to decide (timeouts, backoff). Means nothing outside this process.
// WallTime: UTC nanoseconds since 1970, to stamp, to show, and venue or market time.
// Both are arguments: their now() is deleted; the only source is the Clock that the shell hands in.
// Units:    Nanos everywhere inside; names carry the unit at the edge (_ms, _s).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace s1mple {

using Nanos = std::chrono::nanoseconds;
using namespace std::chrono_literals;

template <class Tag, bool Steady>
struct DeadClock {
  // NOLINTBEGIN(readability-identifier-naming): the names of the standard's clocks.
  using duration = Nanos;
  using rep = Nanos::rep;
  using period = Nanos::period;
  using time_point = std::chrono::time_point<DeadClock>;
  static constexpr bool is_steady = Steady;
  // NOLINTEND(readability-identifier-naming)
  static time_point now() = delete;
};

using Instant = DeadClock<struct InstantTag, true>::time_point;
using WallTime = DeadClock<struct WallTimeTag, false>::time_point;

// "2026-11-22T15:44:00.123456Z": RFC 3339 UTC with microseconds; nanoseconds are cut.
[[nodiscard]] std::string to_rfc3339(WallTime time);
// Accepts any number of fraction digits up to nine, 'Z' or a numeric offset.
[[nodiscard]] Result<WallTime> parse_rfc3339(std::string_view text);

[[nodiscard]] constexpr std::int64_t to_unix_nanos(WallTime time) { return time.time_since_epoch().count(); }
[[nodiscard]] constexpr WallTime from_unix_nanos(std::int64_t nanos) { return WallTime(Nanos(nanos)); }
[[nodiscard]] constexpr std::int64_t to_ms(Nanos span) { return span.count() / 1'000'000; }

// Where time comes from. Implemented by common/os (the machine) and by tests (a virtual clock).
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  [[nodiscard]] virtual WallTime wall() const = 0;
};

}  // namespace s1mple
