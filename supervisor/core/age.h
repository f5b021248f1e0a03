// How long ago something was that a file tells of: a file may say any time at all.
//
// Units: Nanos, from 0 (it is yet to come) to kLongestAge, so that sums of a few cannot overflow. Pure. Thread: any.
#pragma once

#include <algorithm>

#include "common/base/time.h"

namespace s1mple {

inline constexpr Nanos kLongestAge = 366 * 24h;

[[nodiscard]] constexpr Nanos age_of(WallTime then, WallTime now) {
  return now - std::clamp(then, now - kLongestAge, now);
}

}  // namespace s1mple
