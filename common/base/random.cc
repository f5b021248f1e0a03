#include "common/base/random.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "common/base/decimal.h"
#include "common/base/ensure.h"

namespace s1mple {
namespace {

constexpr std::size_t kHexPerWord = 16;

std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (auto& word : state_) word = splitmix64(seed);
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t bound) {
  ENSURE(bound > 0, "bound of a random number is zero");
  // Lemire 2019: the high word of a product, repeated for the few low words that would be counted twice.
  UInt128 product = UInt128(next()) * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t threshold = (0 - bound) % bound;
    while (static_cast<std::uint64_t>(product) < threshold) product = UInt128(next()) * bound;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

std::int64_t Random::between(std::int64_t low, std::int64_t high) {
  ENSURE(low <= high, "range of a random number is empty");
  const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
  const std::uint64_t offset = span == 0 ? next() : below(span);  // 0: the whole range of 64 bits
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + offset);
}

std::string Random::save() const {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string saved;
  saved.reserve(state_.size() * kHexPerWord);
  for (const auto word : state_)
    for (int shift = 60; shift >= 0; shift -= 4) saved += kHex[(word >> shift) & 15];
  return saved;
}

Result<Random> Random::restore(std::string_view saved) {
  Random random;
  const auto is_lower_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (saved.size() != random.state_.size() * kHexPerWord ||
      !std::all_of(saved.begin(), saved.end(), is_lower_hex))
    return Error{Errc::invalid, "random state: must be 64 lower-case hex digits"};
  for (auto& word : random.state_) {
    std::from_chars(saved.data(), saved.data() + kHexPerWord, word, 16);
    saved.remove_prefix(kHexPerWord);
  }
  if (random.state_ == decltype(random.state_){})
    return Error{Errc::invalid, "random state: must not be all zero"};
  return random;
}

}  // namespace s1mple
