#include "supervisor/core/settings.h"

#include "tests/support/catch.h"

namespace s1mple {

TEST_CASE("settings: an empty file gives the documented defaults") {
  const auto settings = read_settings("", "f");
  REQUIRE(settings.ok());
  CHECK(settings->settings.liveness.ping_interval == 250ms);
  CHECK(settings->settings.liveness.lost_pings == 4);
  CHECK(settings->settings.restart.safe_after == 5);
  CHECK(settings->settings.restart.window == 600s);
  CHECK(settings->settings.restart.parked_after == 3);
  CHECK(settings->settings.restart.forget_after == 120s);
  CHECK(settings->settings.restart.backoff_cap == 30s);
}

TEST_CASE("settings: what is printed is accepted again") {
  const auto again = read_settings(printed_settings(), "printed");
  if (!again) FAIL(again.error().story);
  CHECK(again->settings.shutdown.grace == ShutdownSettings{}.grace);
}

TEST_CASE("settings: impossible combinations are refused at their line") {
  struct Row {
    const char* text;
    const char* story;
  };
  const auto row = GENERATE(values<Row>(
      {{"[supervisor.restart]\nbackoff_cap = \"50ms\"", "f:1: supervisor.restart.backoff_base: must not be longer"},
       {"[supervisor.restart]\nbackoff_base = \"40s\"", "f:2: supervisor.restart.backoff_base: must not be longer"},
       {"[alerts]\ncommand = [\"mail\"]", "f:2: alerts.command: must begin with the absolute path"},
       {"[supervisor.liveness]\nlost_pings = 1", "f:2: supervisor.liveness.lost_pings: must be from 2 to 100"}}));
  const auto settings = read_settings(row.text, "f");
  REQUIRE_FALSE(settings.ok());
  CHECK_THAT(settings.error().story, Catch::Contains(row.story));
}

}  // namespace s1mple
