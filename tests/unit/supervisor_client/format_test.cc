#include "supervisor/client/format.h"

#include "tests/support/catch.h"

using namespace s1mple;
using namespace s1mple::client;
using namespace s1mple::literals;

TEST_CASE("spans are read at a glance") {
  struct Row {
    Nanos span;
    const char* want;
  };
  const auto row = GENERATE(values<Row>({{0ns, "0 ms"},
                                         {999ns, "0 ms"},
                                         {210us, "210 µs"},
                                         {12ms, "12 ms"},
                                         {999999999ns, "999 ms"},
                                         {3250ms, "3.2 s"},
                                         {59s, "59 s"},
                                         {65s, "1 min 05 s"},
                                         {3725s, "1 h 02 min"},
                                         {100h, "4 d 04 h"},
                                         {-5s, "0 ms"}}));
  CHECK(duration_text(row.span) == row.want);
}

TEST_CASE("times say the day only when it is another one") {
  const WallTime now = *parse_rfc3339("2026-11-22T14:03:22Z");
  CHECK(stamp_text(*parse_rfc3339("2026-11-22T00:00:01Z"), now) == "00:00:01");
  CHECK(stamp_text(*parse_rfc3339("2026-11-21T23:59:59Z"), now) == "11-21 23:59");
  CHECK(ago_text(now - 12s, now) == "12 s ago");
  CHECK(ago_text(now + 12s, now) == "just now");
}

TEST_CASE("amounts are grouped and rounded for a headline, never for a table") {
  CHECK(grouped("1234567.891") == "1,234,567.891");
  CHECK(grouped("-1000") == "-1,000");
  CHECK(grouped("999") == "999");
  CHECK(grouped("") == "");
  CHECK(brief_amount("10012.344"_dec) == "10,012.34");
  CHECK(brief_amount("1.23456"_dec) == "1.2346");
  CHECK(brief_amount("0.00005100"_dec) == "0.00005100");
  CHECK(signed_amount("12.34"_dec) == "+12.34");
  CHECK(signed_amount("-0.5"_dec) == "-0.5000");
  CHECK(signed_amount("0"_dec) == "0.00");
  CHECK(trimmed("0.01000000") == "0.01");
  CHECK(trimmed("5.000") == "5");
  CHECK(trimmed("-0.00") == "-0");
  CHECK(trimmed("100") == "100");
  CHECK(trimmed("1.5e-8") == "1.5e-8");
  CHECK(trimmed("") == "");
  CHECK(percent_text("12.34"_dec, "10000"_dec) == "+0.12 %");
  CHECK(percent_text("1"_dec, "0"_dec).empty());
  CHECK(percent_text("100000000"_dec, "0.0001"_dec).empty());
}

TEST_CASE("counts agree with their noun") {
  CHECK(count_text(0, "order") == "no orders");
  CHECK(count_text(1, "order") == "1 order");
  CHECK(count_text(2, "order") == "2 orders");
}
