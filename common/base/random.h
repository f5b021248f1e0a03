// Random: a seeded generator (xoshiro256**, seeded by splitmix64; Blackman and Vigna 2018), passed in wherever
// chance is needed (jitter, ids, synthetic markets, simulated faults), so that one seed reproduces a run.
// The whole state can be saved and restored as text. Not for secrets. Thread: one owner.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace s1mple {

class Random {
 public:
  explicit Random(std::uint64_t seed);

  [[nodiscard]] std::uint64_t next();
  // Uniform in [0, bound), without modulo bias; bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);
  // Uniform in [low, high], both included.
  [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high);
  // True `numerator` times out of `denominator`.
  [[nodiscard]] bool chance(std::uint64_t numerator, std::uint64_t denominator) {
    return below(denominator) < numerator;
  }

  [[nodiscard]] std::string save() const;  // 64 hex digits
  [[nodiscard]] static Result<Random> restore(std::string_view saved);

 private:
  Random() = default;
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace s1mple
