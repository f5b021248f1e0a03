// FaultMix: faults by chance, for long runs against a hostile exchange. One seed, one mix.
//
// Rates are so many of a thousand requests or pushes. Text, for the environment of a process:
// "seed=7 lost=50 unclear=20 doubled=100 late=100 lag_ms=500"; a name that is left out is 0.
// Thread: plain values. Errors: a text that cannot be read, with what is wrong.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/result.h"
#include "tests/support/faults/venue_faults.h"

namespace s1mple {

struct FaultMix {
  std::uint64_t seed = 1;
  std::uint64_t lost = 0;     // orders, cancels and questions without an answer; half of them never arrive
  std::uint64_t unclear = 0;  // answered by what proves nothing; half of them are done
  std::uint64_t doubled = 0;  // pushes told twice
  std::uint64_t dropped = 0;  // pushes never told
  std::uint64_t late = 0;     // pushes and answers up to 200 ms later than others
  std::uint64_t lag_ms = 0;   // the trade list lags so much

  [[nodiscard]] static Result<FaultMix> parse(std::string_view text);
  [[nodiscard]] VenueFaults faults() const;
};

}  // namespace s1mple
