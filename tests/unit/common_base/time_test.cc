#include "common/base/time.h"

#include <limits>

#include "tests/support/catch.h"

using namespace s1mple;

TEST_CASE("time: RFC 3339 text goes both ways") {
  struct Row {
    const char* text;
    std::int64_t nanos;
    const char* canonical;
  };
  const auto row = GENERATE(values<Row>({
      {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000000Z"},
      {"2026-11-22T15:44:00.123456Z", 1'795'362'240'123'456'000, "2026-11-22T15:44:00.123456Z"},
      {"2026-11-22T15:44:00.123456789Z", 1'795'362'240'123'456'789, "2026-11-22T15:44:00.123456Z"},
      {"2026-11-22t16:44:00.5+01:00", 1'795'362'240'500'000'000, "2026-11-22T15:44:00.500000Z"},
      {"2026-11-22 15:44:00-00:30", 1'795'364'040'000'000'000, "2026-11-22T16:14:00.000000Z"},
      {"2024-02-29T23:59:59Z", 1'709'251'199'000'000'000, "2024-02-29T23:59:59.000000Z"},
      {"1969-12-31T23:59:59.999999999Z", -1, "1969-12-31T23:59:59.999999Z"},
  }));
  CAPTURE(row.text);
  const auto time = parse_rfc3339(row.text);
  REQUIRE(time);
  CHECK(to_unix_nanos(*time) == row.nanos);
  CHECK(to_rfc3339(*time) == row.canonical);
}

TEST_CASE("time: anything else is refused") {
  const auto text = GENERATE(values<const char*>({"",
                                                  "2026",
                                                  "2026-11-22",
                                                  "2026-11-22T15:44:00",
                                                  "2026-13-01T00:00:00Z",
                                                  "2026-00-01T00:00:00Z",
                                                  "2026-02-29T00:00:00Z",
                                                  "2026-01-32T00:00:00Z",
                                                  "2026-01-01T24:00:00Z",
                                                  "2026-01-01T00:60:00Z",
                                                  "2026-01-01T00:00:60Z",
                                                  "2026-01-01T00:00:00.Z",
                                                  "2026-01-01T00:00:00.1234567890Z",
                                                  "2026-01-01T00:00:00+1:00",
                                                  "2026-01-01T00:00:00+24:00",
                                                  "2026-01-01T00:00:00Zx",
                                                  " 2026-01-01T00:00:00Z",
                                                  "1677-01-01T00:00:00Z",
                                                  "2262-01-01T00:00:00Z",
                                                  "9999-01-01T00:00:00Z",
                                                  "-026-01-01T00:00:00Z",
                                                  "2026-1-01T00:00:00Z"}));
  CAPTURE(text);
  CHECK_FALSE(parse_rfc3339(text));
}

TEST_CASE("time: the spelling that is read at once means what every spelling means") {
  const std::string good = GENERATE("2026-11-22T17:45:29.123456Z", "1999-12-31T23:59:59.000000001Z",
                                    "2024-02-29T00:00:00.999999Z");
  for (std::size_t at = 0; at + 1 < good.size(); ++at)
    for (const char byte : std::string("0123456789:.-TZ ")) {
      std::string text = good;
      text[at] = byte;
      CAPTURE(text);
      const auto read = parse_rfc3339(text);
      const auto want = parse_rfc3339(text.substr(0, text.size() - 1) + "+00:00");
      REQUIRE(read.ok() == want.ok());
      if (read) REQUIRE(*read == *want);
    }
}

TEST_CASE("time: every instant that 64 bits hold can be written") {
  using Limits = std::numeric_limits<std::int64_t>;
  CHECK(to_rfc3339(from_unix_nanos(Limits::max())) == "2262-04-11T23:47:16.854775Z");
  CHECK(to_rfc3339(from_unix_nanos(Limits::min())) == "1677-09-21T00:12:43.145224Z");
}

TEST_CASE("time: an instant and a wall time do not mix") {
  STATIC_REQUIRE(!std::is_convertible_v<Instant, WallTime>);
  STATIC_REQUIRE(!std::is_convertible_v<WallTime, Instant>);
}
