#include "common/base/log_line.h"

#include "tests/support/catch.h"

using namespace s1mple;

TEST_CASE("log line: level, event and values stand in the order given") {
  const auto line = LogLine(LogLevel::warning, "restart")
                        .with("cause", "signal")
                        .with("downtime_ms", 12)
                        .with("safe", true);
  CHECK(line.level() == LogLevel::warning);
  CHECK(line.text() == "warning restart cause=signal downtime_ms=12 safe=true");
}

TEST_CASE("log line: no value can break the line, forge a key or steer a terminal") {
  struct Row {
    std::string_view value, written;
  };
  const auto row = GENERATE(values<Row>({
      {"plain-1.5/x", "plain-1.5/x"},
      {"", R"("")"},
      {"two words", R"("two words")"},
      {"a=b", R"("a=b")"},
      {"say \"hi\"", R"("say \"hi\"")"},
      {"back\\slash", R"("back\\slash")"},
      {"line\nbreak\ttab", R"("line\nbreak\ttab")"},
      {"\r\x1b[31m", R"("\x0d\x1b[31m")"},
      {"\x7f", R"("\x7f")"},
      {"\xc2\x9b"
       "31m",
       R"("\xc2\x9b31m")"},   // C1 control as UTF-8
      {"\x9b", R"("\x9b")"},  // C1 control as a raw byte
      {"\xe2\x82\xac"
       "5",
       "\"\xe2\x82\xac"
       "5\""},                        // the euro sign stays readable
      {"\xe2\x82", R"("\xe2\x82")"},  // cut UTF-8
      {std::string_view("a\0b", 3), R"("a\x00b")"},
  }));
  const auto line = LogLine(LogLevel::info, "e").with("k", row.value);
  CHECK(line.text() == "info e k=" + std::string(row.written));
}

TEST_CASE("log line: every level has its name") {
  struct Row {
    LogLevel level;
    std::string_view text;
  };
  const auto row = GENERATE(values<Row>({{LogLevel::debug, "debug"},
                                         {LogLevel::info, "info"},
                                         {LogLevel::notice, "notice"},
                                         {LogLevel::warning, "warning"},
                                         {LogLevel::error, "error"},
                                         {LogLevel::critical, "critical"}}));
  CHECK(to_text(row.level) == row.text);
}
