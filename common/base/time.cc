#include "common/base/time.h"

#include <array>
#include <optional>

namespace s1mple {
namespace {

using UtcDays = std::chrono::sys_days;

// Whole years that 64 bits of nanoseconds can hold.
constexpr int kFirstYear = 1678;
constexpr int kLastYear = 2261;

Error bad_time(std::string_view text) {
  return {Errc::invalid,
          "time '" + std::string(text.substr(0, 40)) + "': must be RFC 3339, like 2026-01-31T12:00:00Z"};
}

// Takes exactly `count` digits off the front.
std::optional<int> take_digits(std::string_view& rest, std::size_t count) {
  if (rest.size() < count) return std::nullopt;
  int number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (rest[i] < '0' || rest[i] > '9') return std::nullopt;
    number = number * 10 + (rest[i] - '0');
  }
  rest.remove_prefix(count);
  return number;
}

bool take(std::string_view& rest, std::string_view any_of) {
  if (rest.empty() || any_of.find(rest.front()) == std::string_view::npos) return false;
  rest.remove_prefix(1);
  return true;
}

// The two digits at `at`; nothing else is there: 100 or more.
unsigned two_digits(const char* at) {
  const auto tens = static_cast<unsigned>(static_cast<unsigned char>(at[0]) - '0');
  const auto ones = static_cast<unsigned>(static_cast<unsigned char>(at[1]) - '0');
  return tens < 10 && ones < 10 ? tens * 10 + ones : 100;
}

// "2026-01-31T12:00:00.123456Z", or with nine digits: as times are written here. Nothing where the general
// way must decide.
std::optional<WallTime> take_usual(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00.000000";
  constexpr std::size_t kMicros = kShape.size() + 1, kNanos = kMicros + 3;
  if ((text.size() != kMicros && text.size() != kNanos) || text.back() != 'Z') return std::nullopt;
  for (const std::size_t at : {4U, 7U, 10U, 13U, 16U, 19U})
    if (text[at] != kShape[at]) return std::nullopt;
  const auto pair_at = [&](std::size_t at) { return two_digits(text.data() + at); };
  const unsigned century = pair_at(0), year = pair_at(2), hour = pair_at(11), minute = pair_at(14),
                 second = pair_at(17);
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(century * 100 + year)),
                                         std::chrono::month(pair_at(5)), std::chrono::day(pair_at(8))};
  if ((century != 19 && century != 20) || year > 99 || !date.ok() || hour > 23 || minute > 59 || second > 59)
    return std::nullopt;
  std::int64_t fraction = 0;
  for (const char digit : text.substr(20, text.size() - 21)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    fraction = fraction * 10 + (digit - '0');
  }
  if (text.size() == kMicros) fraction *= 1000;
  return WallTime(UtcDays(date).time_since_epoch() + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                  std::chrono::seconds(second) + Nanos(fraction));
}

// "2026-01-31T12:00:00": the fields in the order written, each below its limit.
std::optional<Nanos> take_date_time(std::string_view& rest) {
  struct Field {
    std::size_t digits;
    int limit;
    std::string_view before;
  };
  static constexpr std::array<Field, 6> kFields{
      {{4, kLastYear + 1, ""}, {2, 13, "-"}, {2, 32, "-"}, {2, 24, "Tt "}, {2, 60, ":"}, {2, 60, ":"}}};
  std::array<int, 6> values{};
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    if (!kFields[i].before.empty() && !take(rest, kFields[i].before)) return std::nullopt;
    const auto number = take_digits(rest, kFields[i].digits);
    if (!number || *number >= kFields[i].limit) return std::nullopt;
    values[i] = *number;
  }
  const std::chrono::year_month_day date{std::chrono::year(values[0]),
                                         std::chrono::month(static_cast<unsigned>(values[1])),
                                         std::chrono::day(static_cast<unsigned>(values[2]))};
  if (!date.ok() || values[0] < kFirstYear) return std::nullopt;
  return UtcDays(date).time_since_epoch() + std::chrono::hours(values[3]) + std::chrono::minutes(values[4]) +
         std::chrono::seconds(values[5]);
}

// ".123456": up to nine digits; no point is no fraction.
std::optional<Nanos> take_fraction(std::string_view& rest) {
  if (!take(rest, ".")) return Nanos(0);
  std::int64_t nanos = 0;
  int digits = 0;
  for (; digits < 9; ++digits) {
    const auto digit = take_digits(rest, 1);
    if (!digit) break;
    nanos = nanos * 10 + *digit;
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 9; ++digits) nanos *= 10;
  return Nanos(nanos);
}

// "Z" or "+01:00": what to subtract to get UTC.
std::optional<Nanos> take_offset(std::string_view& rest) {
  if (take(rest, "Zz")) return Nanos(0);
  const bool is_west = !rest.empty() && rest.front() == '-';
  if (!take(rest, "+-")) return std::nullopt;
  const auto hours = take_digits(rest, 2);
  if (!hours || *hours > 23 || !take(rest, ":")) return std::nullopt;
  const auto minutes = take_digits(rest, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const Nanos offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return is_west ? -offset : offset;
}

// Years have four digits: 64 bits of nanoseconds reach from 1677 to 2262.
void put_digits(std::string& text, std::size_t at, std::size_t count, int value) {
  for (std::size_t i = at + count; i-- > at; value /= 10) text[i] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string to_rfc3339(WallTime time) {
  // In microseconds, because the start of the earliest day does not fit into 64 bits of nanoseconds.
  const auto since_epoch = std::chrono::floor<std::chrono::microseconds>(time.time_since_epoch());
  const auto days = std::chrono::floor<std::chrono::days>(since_epoch);
  const std::chrono::year_month_day date{UtcDays(days)};
  const std::chrono::hh_mm_ss clock(since_epoch - days);
  std::string text = "0000-00-00T00:00:00.000000Z";
  put_digits(text, 0, 4, static_cast<int>(date.year()));
  put_digits(text, 5, 2, static_cast<int>(static_cast<unsigned>(date.month())));
  put_digits(text, 8, 2, static_cast<int>(static_cast<unsigned>(date.day())));
  put_digits(text, 11, 2, static_cast<int>(clock.hours().count()));
  put_digits(text, 14, 2, static_cast<int>(clock.minutes().count()));
  put_digits(text, 17, 2, static_cast<int>(clock.seconds().count()));
  put_digits(text, 20, 6, static_cast<int>(clock.subseconds().count()));
  return text;
}

Result<WallTime> parse_rfc3339(std::string_view text) {
  if (const auto usual = take_usual(text)) return *usual;
  std::string_view rest = text;
  const auto local = take_date_time(rest);
  if (!local) return bad_time(text);
  const auto fraction = take_fraction(rest);
  if (!fraction) return bad_time(text);
  const auto offset = take_offset(rest);
  if (!offset || !rest.empty()) return bad_time(text);
  return WallTime(*local + *fraction - *offset);
}

}  // namespace s1mple
