#include <array>
#include <charconv>

#include "common/contract/config.h"

namespace s1mple {

namespace {

struct Unit {
  std::string_view text;
  Nanos span;
};
// Longest first: span_text takes the first one that divides.
constexpr std::array<Unit, 7> kUnits{
    {{"d", 24h}, {"h", 1h}, {"m", 1min}, {"s", 1s}, {"ms", 1ms}, {"us", 1us}, {"ns", 1ns}}};
constexpr Nanos kLongestSpan = 24h * 3660;

}  // namespace

Result<Nanos> parse_span(std::string_view text) {
  const auto fault = Error{Errc::invalid, "must be a whole number and a unit, such as \"250ms\", \"10s\", \"24h\""};
  std::int64_t count = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (status != std::errc{} || count < 0 || text.front() == '-') return fault;
  const std::string_view unit_text(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& unit : kUnits) {
    if (unit.text != unit_text) continue;
    if (count > kLongestSpan / unit.span) return Error{Errc::overflow, "is longer than ten years"};
    return unit.span * count;
  }
  return fault;
}

std::string span_text(Nanos span) {
  if (span == Nanos{}) return "0s";
  for (const auto& unit : kUnits)
    if (span % unit.span == Nanos{}) return std::to_string(span / unit.span) + std::string(unit.text);
  ENSURE(false, "every span is a multiple of 1ns");
}

}  // namespace s1mple
