#include "supervisor/client/format.h"

namespace s1mple::client {

namespace {

std::string two_digits(std::int64_t value) {
  return (value < 10 ? "0" : "") + std::to_string(value);
}

int brief_digits(Decimal amount) {
  const Decimal size = amount.abs();
  if (size >= Decimal::from_int(100)) return 2;
  return size >= Decimal::from_int(1) ? 4 : 8;
}

std::string rounded_text(Decimal amount, int digits) {
  return amount.rounded_to(step_of_digits(digits), Rounding::half_even).text(digits);
}

}  // namespace

std::string duration_text(Nanos span) {
  if (span < Nanos{}) span = Nanos{};
  if (span < 1ms) return span < 1us ? "0 ms" : std::to_string(span / 1us) + " µs";
  if (span < 1s) return std::to_string(span / 1ms) + " ms";
  if (span < 10s) return std::to_string(span / 1s) + "." + std::to_string(span % 1s / 100ms) + " s";
  if (span < 1min) return std::to_string(span / 1s) + " s";
  if (span < 1h) return std::to_string(span / 1min) + " min " + two_digits(span % 1min / 1s) + " s";
  if (span < 24h) return std::to_string(span / 1h) + " h " + two_digits(span % 1h / 1min) + " min";
  return std::to_string(span / 24h) + " d " + two_digits(span % 24h / 1h) + " h";
}

std::string ago_text(WallTime then, WallTime now) {
  if (now - then < 1s) return "just now";
  return duration_text(now - then) + " ago";
}

std::string clock_text(WallTime time) { return to_rfc3339(time).substr(11, 8); }
std::string date_text(WallTime time) { return to_rfc3339(time).substr(0, 10); }

std::string stamp_text(WallTime time, WallTime now) {
  if (date_text(time) == date_text(now)) return clock_text(time);
  return to_rfc3339(time).substr(5, 5) + " " + to_rfc3339(time).substr(11, 5);
}

std::string count_text(std::int64_t count, std::string_view noun) {
  const std::string number = count == 0 ? "no" : std::to_string(count);
  return number + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string grouped(std::string_view text) {
  const std::size_t start = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  std::size_t end = text.find_first_not_of("0123456789", start);
  if (end == std::string_view::npos) end = text.size();
  std::string out(text.substr(0, start));
  for (std::size_t i = start; i < end; ++i) {
    if (i > start && (end - i) % 3 == 0) out += ',';
    out += text[i];
  }
  return out + std::string(text.substr(end));
}

std::string trimmed(std::string_view text) {
  const auto point = text.find('.');
  if (point == std::string_view::npos || text.find_first_not_of("+-.0123456789") != std::string_view::npos)
    return std::string(text);
  const auto end = text.find_last_not_of('0');
  return std::string(text.substr(0, end == point ? point : end + 1));
}

std::string brief_amount(Decimal amount) { return grouped(rounded_text(amount, brief_digits(amount))); }

std::string signed_amount(Decimal amount) {
  const bool small = !amount.is_zero() && amount.abs() < Decimal::from_int(1);
  const std::string text = grouped(rounded_text(amount, small ? 4 : 2));
  return amount.is_positive() ? "+" + text : text;
}

std::string percent_text(Decimal part, Decimal whole) {
  const auto ratio = Decimal::checked_divide(part, whole);
  if (!ratio) return {};
  const auto percent = Decimal::checked_multiply(*ratio, Decimal::from_int(100));
  if (!percent || percent->abs() > Decimal::from_int(100'000)) return {};
  return (percent->is_positive() ? "+" : "") + rounded_text(*percent, 2) + " %";
}

}  // namespace s1mple::client
