// Decimal: an exact signed decimal number with 18 fraction digits, for every price, quantity and balance.
//
// Range:     |value| < 10^20. Text from outside is accepted below 10^18, so that sums of what was accepted
//            never reach the end of the range by accident. (Kraken quotes prices to ten decimals and quantities
//            to eight, so that a product of the two is exact here.)
// Overflow:  an error, never a wrap: operators abort (a bug of ours), checked_* return nothing.
// Rounding:  always named by the caller; nothing rounds by itself.
// Thread:    plain value.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace s1mple {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

enum class Rounding : std::uint8_t { toward_zero, away_from_zero, half_even, floor, ceiling };

class Decimal {
 public:
  static constexpr int kDigits = 18;

  constexpr Decimal() = default;
  // Whole numbers: Decimal::from_int(3).
  [[nodiscard]] static constexpr Decimal from_int(std::int64_t whole) { return Decimal(Int128(whole) * kOne); }
  // units of 10^-18.
  [[nodiscard]] static constexpr Decimal from_units(Int128 units) { return Decimal(units); }
  // coefficient * 10^-digits, 0 <= digits <= 18: from_scaled(12345, 2) is 123.45.
  [[nodiscard]] static Decimal from_scaled(std::int64_t coefficient, int digits);
  // "-12.50", "0.00005100", "1e-08". Nothing else: no '+', no spaces, no "1.", no ".5", no hex, no inf.
  [[nodiscard]] static Result<Decimal> parse(std::string_view text);

  [[nodiscard]] constexpr Int128 units() const { return units_; }
  [[nodiscard]] constexpr bool is_zero() const { return units_ == 0; }
  [[nodiscard]] constexpr bool is_negative() const { return units_ < 0; }
  [[nodiscard]] constexpr bool is_positive() const { return units_ > 0; }

  // Shortest exact text, with at least `min_digits` fraction digits: text(2) of 9000 is "9000.00".
  [[nodiscard]] std::string text(int min_digits = 0) const;

  // Aborts on overflow.
  friend Decimal operator+(Decimal a, Decimal b);
  friend Decimal operator-(Decimal a, Decimal b);
  [[nodiscard]] Decimal operator-() const { return Decimal(-units_); }
  Decimal& operator+=(Decimal other) { return *this = *this + other; }
  Decimal& operator-=(Decimal other) { return *this = *this - other; }
  friend constexpr auto operator<=>(Decimal a, Decimal b) = default;

  [[nodiscard]] static std::optional<Decimal> checked_add(Decimal a, Decimal b);
  // a * b, rounded to 18 digits.
  [[nodiscard]] static std::optional<Decimal> checked_multiply(Decimal a, Decimal b,
                                                               Rounding rounding = Rounding::half_even);
  // a / b, rounded to 18 digits; nothing when b is zero.
  [[nodiscard]] static std::optional<Decimal> checked_divide(Decimal a, Decimal b,
                                                             Rounding rounding = Rounding::half_even);

  // The nearest multiple of `step` (> 0) in the direction of `rounding`.
  [[nodiscard]] Decimal rounded_to(Decimal step, Rounding rounding) const;
  [[nodiscard]] bool is_multiple_of(Decimal step) const { return step.units_ != 0 && units_ % step.units_ == 0; }
  [[nodiscard]] Decimal abs() const { return units_ < 0 ? -*this : *this; }

 private:
  static constexpr Int128 kOne = Int128(1'000'000'000'000'000'000);
  explicit constexpr Decimal(Int128 units) : units_(units) {}
  Int128 units_ = 0;
};

// 10^-digits: step_of_digits(2) is 0.01.
[[nodiscard]] Decimal step_of_digits(int digits);

namespace literals {
// "0.01"_dec: for constants and tests; aborts on text that parse would refuse.
[[nodiscard]] Decimal operator""_dec(const char* text, std::size_t length);
}  // namespace literals

}  // namespace s1mple
