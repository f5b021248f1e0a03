#include "orchestrator/data/csv_row.h"

#include <cstdint>
#include <optional>

namespace s1mple {
namespace {

constexpr std::int64_t kSecondsEnd = 9'000'000'000;  // year 2255: nanoseconds still fit in 64 bits
constexpr int kFastDigits = 18;                      // fit in 64 bits

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits with at most one point among them, at least one digit on each side of it.
struct Digits {
  std::int64_t coefficient = 0;
  int count = 0;
  int fraction = 0;
  bool has_point = false;
};

std::optional<Digits> read_digits(std::string_view text) {
  Digits digits;
  for (const char c : text) {
    if (c == '.' && !digits.has_point && digits.count > 0) {
      digits.has_point = true;
      continue;
    }
    if (!is_digit(c) || ++digits.count > kFastDigits) return std::nullopt;
    digits.coefficient = digits.coefficient * 10 + (c - '0');
    if (digits.has_point) ++digits.fraction;
  }
  if (digits.count == 0 || digits.has_point != (digits.fraction > 0)) return std::nullopt;
  return digits;
}

std::optional<WallTime> read_time(std::string_view text) {
  const auto point = text.find('.');
  const auto seconds = read_digits(text.substr(0, point));
  if (!seconds || seconds->coefficient >= kSecondsEnd) return std::nullopt;
  std::int64_t nanos = seconds->coefficient * 1'000'000'000;
  if (point == std::string_view::npos) return from_unix_nanos(nanos);
  const std::string_view fraction_text = text.substr(point + 1);
  const auto fraction = read_digits(fraction_text);
  if (!fraction || fraction->has_point || fraction->count > 9) return std::nullopt;
  std::int64_t part = fraction->coefficient;
  for (int digits = fraction->count; digits < 9; ++digits) part *= 10;
  return from_unix_nanos(nanos + part);
}

// The ordinary case without a detour; exponents and long texts go the long way.
std::optional<Decimal> read_amount(std::string_view text) {
  const bool plain = text.size() > 1 && (text[0] != '0' || text[1] == '.');
  if (plain || text.size() == 1) {
    if (const auto digits = read_digits(text))
      return Decimal::from_scaled(digits->coefficient, digits->fraction);
  }
  const auto parsed = Decimal::parse(text);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

}  // namespace

std::string_view read_csv_row(std::string_view line, CsvRow& row) {
  const auto first = line.find(',');
  const auto second = first == std::string_view::npos ? first : line.find(',', first + 1);
  if (second == std::string_view::npos) return "must have three fields: unix_seconds,price,volume";
  const std::string_view volume_text = line.substr(second + 1);
  const auto time = read_time(line.substr(0, first));
  if (!time) return "the first field must be a time in seconds since 1970 (the format has no header)";
  const auto price = read_amount(line.substr(first + 1, second - first - 1));
  if (!price || !price->is_positive()) return "the second field must be a price above zero";
  if (volume_text.find(',') != std::string_view::npos) return "must have no more than three fields";
  const auto volume = read_amount(volume_text);
  if (!volume || !volume->is_positive()) return "the third field must be a volume above zero";
  row = {*time, Price(*price), Quantity(*volume)};
  return {};
}

}  // namespace s1mple
