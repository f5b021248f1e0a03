#include "common/base/decimal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <limits>

#include "common/base/ensure.h"

namespace s1mple {
namespace {

constexpr std::size_t kExponentDigits =
    4;  // 1e-9999 is refused like any other number out of range, but is read whole
constexpr std::size_t kMaxText = 128;

constexpr std::array<UInt128, 39> make_powers() {
  std::array<UInt128, 39> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
constexpr auto kPowers = make_powers();
constexpr UInt128 kUnitsEnd = kPowers[38];        // 10^20 in units
constexpr UInt128 kParsedUnitsEnd = kPowers[36];  // 10^18 in units
constexpr UInt128 kOneUnits = kPowers[Decimal::kDigits];

constexpr UInt128 magnitude(Int128 value) {
  return value < 0 ? UInt128(0) - static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

std::optional<Decimal> signed_decimal(UInt128 units, bool negative) {
  if (units >= kUnitsEnd) return std::nullopt;
  return Decimal::from_units(negative ? -static_cast<Int128>(units) : static_cast<Int128>(units));
}

struct Wide {
  UInt128 high, low;
};

Wide multiply_wide(UInt128 a, UInt128 b) {
  const UInt128 mask = ~std::uint64_t{0};
  const UInt128 low = (a & mask) * (b & mask);
  const UInt128 cross_a =
      (a >> 64) * (b & mask) + (low >> 64);  // cannot overflow: (2^64-1)^2 + 2^64-1 < 2^128
  const UInt128 cross_b = (a & mask) * (b >> 64) + (cross_a & mask);
  return {(a >> 64) * (b >> 64) + (cross_a >> 64) + (cross_b >> 64), (cross_b << 64) | (low & mask)};
}

struct Divided {
  UInt128 quotient, remainder;
};

// One digit of long division in base 2^64 (Knuth, algorithm D with a divisor of two digits): takes `next` down to
// `rest` < divisor, leaves the new rest, returns the digit. The divisor's highest bit is set.
UInt128 divide_digit(UInt128& rest, std::uint64_t next, UInt128 divisor) {
  constexpr UInt128 kBase = UInt128(1) << 64;
  const UInt128 high = divisor >> 64;
  const UInt128 low = divisor & (kBase - 1);
  UInt128 digit = std::min(rest / high, kBase - 1);
  UInt128 over = rest - digit * high;
  while (over < kBase && digit * low > ((over << 64) | next)) {  // at most twice
    --digit;
    over += high;
  }
  rest = ((rest << 64) | next) - digit * divisor;  // modulo 2^128, which the true value lies below
  return digit;
}

int leading_zeros(UInt128 value) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  return high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(static_cast<std::uint64_t>(value));
}

// Nothing when the quotient needs more than 128 bits.
std::optional<Divided> divide_wide(Wide value, UInt128 divisor) {
  if (value.high == 0) return Divided{value.low / divisor, value.low % divisor};
  if (value.high >= divisor) return std::nullopt;
  const int shift = leading_zeros(divisor);
  UInt128 rest = value.high << shift;
  if (shift > 0) rest |= value.low >> (128 - shift);
  const UInt128 low = value.low << shift;
  const UInt128 high_digit = divide_digit(rest, static_cast<std::uint64_t>(low >> 64), divisor << shift);
  const UInt128 low_digit = divide_digit(rest, static_cast<std::uint64_t>(low), divisor << shift);
  return Divided{(high_digit << 64) | low_digit, rest >> shift};
}

bool rounds_up(Divided divided, UInt128 divisor, bool negative, Rounding rounding) {
  if (divided.remainder == 0) return false;
  const UInt128 missing = divisor - divided.remainder;
  switch (rounding) {
    case Rounding::toward_zero: return false;
    case Rounding::away_from_zero: return true;
    case Rounding::floor: return negative;
    case Rounding::ceiling: return !negative;
    case Rounding::half_even:
      return divided.remainder > missing || (divided.remainder == missing && (divided.quotient & 1) == 1);
  }
  ENSURE(false, "rounding out of range");
}

// (value / divisor) with a sign, rounded to a whole unit.
std::optional<Decimal> rounded_quotient(Wide value, UInt128 divisor, bool negative, Rounding rounding) {
  const auto divided = divide_wide(value, divisor);
  if (!divided || divided->quotient >= kUnitsEnd) return std::nullopt;
  return signed_decimal(divided->quotient + (rounds_up(*divided, divisor, negative, rounding) ? 1 : 0),
                        negative);
}

// The parts of "-12.50e-3"; digits are those before and after the point, without the point.
struct Notation {
  bool negative = false;
  std::string_view whole, fraction;
  int exponent = 0;
};

std::string_view take_digits(std::string_view& rest) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_digit);
  const std::string_view digits = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(digits.size());
  return digits;
}

bool take_exponent(std::string_view& rest, int& exponent) {
  rest.remove_prefix(1);
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  const std::string_view digits = take_digits(rest);
  if (digits.empty() || digits.size() > kExponentDigits) return false;
  std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  if (negative) exponent = -exponent;
  return true;
}

std::optional<Notation> read_notation(std::string_view text) {
  Notation notation;
  if (text.size() > kMaxText) return std::nullopt;
  if (text.starts_with('-')) {
    notation.negative = true;
    text.remove_prefix(1);
  }
  notation.whole = take_digits(text);
  if (notation.whole.empty() || (notation.whole.size() > 1 && notation.whole.front() == '0'))
    return std::nullopt;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    notation.fraction = take_digits(text);
    if (notation.fraction.empty()) return std::nullopt;
  }
  if ((text.starts_with('e') || text.starts_with('E')) && !take_exponent(text, notation.exponent))
    return std::nullopt;
  if (!text.empty()) return std::nullopt;
  return notation;
}

// Adds the digits at their places; nothing when a digit other than 0 lies outside the range of a Decimal.
std::optional<UInt128> units_of(const Notation& notation) {
  UInt128 units = 0;
  int place = Decimal::kDigits + notation.exponent + static_cast<int>(notation.whole.size());
  for (const auto digits : {notation.whole, notation.fraction}) {
    for (const char digit : digits) {
      --place;
      if (digit == '0') continue;
      if (place < 0 || place >= 36) return std::nullopt;
      units += kPowers[static_cast<std::size_t>(place)] * static_cast<unsigned>(digit - '0');
    }
  }
  return units;
}

// "12.50" of at most 18 digits, which is how amounts usually look; nothing where units_of() must decide.
std::optional<Int128> units_of_short(std::string_view text) {
  constexpr std::size_t kMostDigits = 18;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > kMostDigits + 1) return std::nullopt;
  std::uint64_t coefficient = 0;
  std::size_t point = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' && point == text.size() && i > 0) {
      point = i;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    coefficient = coefficient * 10 + static_cast<unsigned>(text[i] - '0');
  }
  const std::size_t fraction = point == text.size() ? 0 : text.size() - point - 1;
  const std::size_t whole = point;
  if (whole + fraction > kMostDigits || point + 1 == text.size() || (whole > 1 && text[0] == '0'))
    return std::nullopt;
  const auto units = static_cast<Int128>(UInt128(coefficient) *
                                         kPowers[static_cast<std::size_t>(Decimal::kDigits) - fraction]);
  return negative ? -units : units;
}

Error bad_decimal(std::string_view text, std::string_view why) {
  return {Errc::invalid, "number '" + std::string(text.substr(0, 40)) + "': " + std::string(why)};
}

}  // namespace

Decimal Decimal::from_scaled(std::int64_t coefficient, int digits) {
  ENSURE(digits >= 0 && digits <= kDigits, "digits of a decimal out of range");
  return Decimal(Int128(coefficient) *
                 static_cast<Int128>(kPowers[static_cast<std::size_t>(kDigits - digits)]));
}

Result<Decimal> Decimal::parse(std::string_view text) {
  if (const auto units = units_of_short(text)) return Decimal(*units);
  const auto notation = read_notation(text);
  if (!notation) return bad_decimal(text, "must be a decimal number, like 12.50");
  const auto units = units_of(*notation);
  if (!units || *units >= kParsedUnitsEnd)
    return Error{Errc::overflow,
                 bad_decimal(text, "must be below 10^18 with at most 18 fraction digits").story};
  return Decimal(notation->negative ? -static_cast<Int128>(*units) : static_cast<Int128>(*units));
}

std::string Decimal::text(int min_digits) const {
  ENSURE(min_digits >= 0 && min_digits <= kDigits, "fraction digits out of range");
  char digits[48];
  char* const end = std::end(digits);
  char* at = end;
  // In 64 bits wherever they are enough: they divide many times as fast as 128.
  UInt128 large = magnitude(units_) / kOneUnits;
  auto part = static_cast<std::uint64_t>(magnitude(units_) % kOneUnits);
  int fraction = kDigits;
  for (; fraction > min_digits && part % 10 == 0; --fraction) part /= 10;
  for (int written = 0; written < fraction; ++written, part /= 10) *--at = static_cast<char>('0' + part % 10);
  if (fraction > 0) *--at = '.';
  for (; large > std::numeric_limits<std::uint64_t>::max(); large /= 10)
    *--at = static_cast<char>('0' + static_cast<int>(large % 10));
  auto whole = static_cast<std::uint64_t>(large);
  do *--at = static_cast<char>('0' + whole % 10);
  while ((whole /= 10) != 0);
  if (is_negative()) *--at = '-';
  return std::string(at, end);
}

std::optional<Decimal> Decimal::checked_add(Decimal a, Decimal b) {
  Int128 sum = 0;
  if (__builtin_add_overflow(a.units_, b.units_, &sum) || magnitude(sum) >= kUnitsEnd) return std::nullopt;
  return Decimal(sum);
}

std::optional<Decimal> Decimal::checked_multiply(Decimal a, Decimal b, Rounding rounding) {
  return rounded_quotient(multiply_wide(magnitude(a.units_), magnitude(b.units_)), kOneUnits,
                          a.is_negative() != b.is_negative(), rounding);
}

std::optional<Decimal> Decimal::checked_divide(Decimal a, Decimal b, Rounding rounding) {
  if (b.is_zero()) return std::nullopt;
  return rounded_quotient(multiply_wide(magnitude(a.units_), kOneUnits), magnitude(b.units_),
                          a.is_negative() != b.is_negative(), rounding);
}

Decimal operator+(Decimal a, Decimal b) {
  const auto sum = Decimal::checked_add(a, b);
  ENSURE(sum, "decimal overflow");
  return *sum;
}

Decimal operator-(Decimal a, Decimal b) { return a + -b; }

Decimal Decimal::rounded_to(Decimal step, Rounding rounding) const {
  ENSURE(step.is_positive(), "rounding step must be positive");
  const UInt128 divisor = magnitude(step.units_);
  const UInt128 units = magnitude(units_);
  const Divided divided{units / divisor, units % divisor};
  const UInt128 multiple = units - divided.remainder;
  const auto rounded = signed_decimal(
      multiple + (rounds_up(divided, divisor, is_negative(), rounding) ? divisor : 0), is_negative());
  ENSURE(rounded, "decimal overflow");
  return *rounded;
}

Decimal step_of_digits(int digits) { return Decimal::from_scaled(1, digits); }

namespace literals {
Decimal operator""_dec(const char* text, std::size_t length) {
  return Decimal::parse({text, length}).value();
}
}  // namespace literals

}  // namespace s1mple
