// Numbers, spans and times as people read them. Exact where it matters, short where it does not.
//
// Amounts stay decimal text; brief_amount rounds for a headline and says so by nothing: use it only beside a place
// where the exact text can be had. Times are UTC. Thread: any; pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/decimal.h"
#include "common/base/time.h"

namespace s1mple::client {

// "0 ms", "340 µs", "12 ms", "3.2 s", "1 min 05 s", "2 h 03 min", "4 d 02 h".
[[nodiscard]] std::string duration_text(Nanos span);
// "12 s ago"; "just now" under a second or from the future.
[[nodiscard]] std::string ago_text(WallTime then, WallTime now);
// "14:03:22"
[[nodiscard]] std::string clock_text(WallTime time);
// "2026-11-22"
[[nodiscard]] std::string date_text(WallTime time);
// "14:03:22" on the day of `now`, else "11-22 14:03".
[[nodiscard]] std::string stamp_text(WallTime time, WallTime now);

// "1 order", "2 orders", "no orders"
[[nodiscard]] std::string count_text(std::int64_t count, std::string_view noun);
// 1234567 -> "1,234,567"; decimal text likewise in its whole part.
[[nodiscard]] std::string grouped(std::string_view decimal_text);
// "0.01000000" -> "0.01"; what is no plain decimal stays.
[[nodiscard]] std::string trimmed(std::string_view decimal_text);
// Two fraction digits from 100 on, four from 1 on, eight below; grouped.
[[nodiscard]] std::string brief_amount(Decimal amount);
// "+12.34", "-0.50", "0.00"
[[nodiscard]] std::string signed_amount(Decimal amount);
// `part` of `whole` as "+0.12 %"; empty when whole is zero or the result is absurd.
[[nodiscard]] std::string percent_text(Decimal part, Decimal whole);

}  // namespace s1mple::client
