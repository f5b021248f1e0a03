#include "supervisor/client/status_page.h"

#include "tests/support/catch.h"
#include "tests/unit/supervisor_client/golden.h"
#include "tests/unit/supervisor_client/status_fixtures.h"

using namespace s1mple;
using namespace s1mple::client;

TEST_CASE("status as a page") {
  struct Row {
    const char* name;
    std::string status;
  };
  const auto row = GENERATE(values<Row>({{"page-running", running_status()},
                                         {"page-parked", parked_status()},
                                         {"page-starting", starting_status()},
                                         {"page-halted", halted_status()},
                                         {"page-safe", safe_status()},
                                         {"page-degraded", degraded_status()},
                                         {"page-hostile", hostile_status()},
                                         {"page-empty", "{}"}}));
  check_golden(row.name, printed(status_page(model_of(row.status), kNow, {"s1mple", ""}), {false, true}));
}

TEST_CASE("status in one line") {
  CHECK(summary_line(model_of(running_status()), kNow) ==
        "14:03:22 PAPER supervisor=running restarts=3 phase=running mode=recovery trading=active data=live "
        "equity=10012.34 positions=2 orders=3 in_doubt=0 fills=41 seq=12034");
  CHECK_THAT(summary_line(model_of(degraded_status()), kNow), Catch::Contains("supervisor=running degraded=queue,disk,data restarts=3"));
  CHECK(summary_line(model_of(parked_status()), kNow) == "14:03:22 UNKNOWN supervisor=parked restarts=3 orchestrator=none");
  CHECK(summary_line(model_of(hostile_status()), kNow).find('\x1b') == std::string::npos);
}

TEST_CASE("colours are sent only where they are wanted, and always ended") {
  const Page page{{{"LIVE", Tone::live_badge}, {" calm"}}};
  CHECK(printed(page, {false, true}) == "LIVE calm\n");
  CHECK(printed(page, {true, true}) == "\x1b[1;37;41mLIVE\x1b[0m calm\n");
  CHECK(printed({{{"12 µs"}}}, {false, false}) == "12 us\n");
}

TEST_CASE("the supervisor's word on the environment counts while none runs") {
  const auto model = model_of(R"({"supervisor":{"environment":"live"},"orchestrator":null})");
  CHECK(environment_of(model) == "live");
  CHECK(badge_of("live").text == " LIVE ");
  CHECK(badge_of("nonsense").text == badge_of("").text);
}
