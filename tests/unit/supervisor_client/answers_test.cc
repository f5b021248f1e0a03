#include "supervisor/client/answers.h"

#include "tests/support/catch.h"
#include "tests/unit/supervisor_client/golden.h"
#include "tests/unit/supervisor_client/status_fixtures.h"

using namespace s1mple;
using namespace s1mple::client;

namespace {

std::string page_of(const std::vector<const char*>& words, const char* result) {
  const auto asked = parse_arguments(words);
  REQUIRE(asked.ok());
  return printed(answer_page(*asked, parsed(result), kNow, {"s1mple", " --home /h"}), {false, true});
}

}  // namespace

TEST_CASE("short answers are sentences") {
  struct Row {
    std::vector<const char*> words;
    const char* result;
    const char* want;
  };
  const auto row = GENERATE(values<Row>({
      {{"halt", "x"}, R"({"halted":true,"durable":"both"})",
       "halted, kept on disk by the supervisor and the orchestrator; lift it with: s1mple resume REASON --home /h\n"},
      {{"halt", "x"}, R"({"halted":true,"durable":"supervisor"})", "halted, kept on disk by the supervisor; "},
      {{"resume", "x"}, R"({"halted":false})", "the halt is lifted\n"},
      {{"flatten"}, R"({"started":true,"orders":["s-1","s-2"]})", "orders: s-1 s-2\n"},
      {{"restart"}, R"({"accepted":true,"mode":"safe"})", "mode safe\n"},
      {{"clear"}, R"({"from":"parked","to":"safe"})", "cleared: parked → safe\n"},
      {{"shutdown"}, R"({"accepted":true,"grace_ms":10000})", "both are ending, within 10 s\n"},
      {{"shutdown"}, R"({})", "both are ending\n"},
      {{"alert_test"}, R"({"delivered":true,"exit_code":0,"took_ms":12})", "took it in 12 ms, exit code 0\n"},
      {{"ack", "x"}, R"({"acked":true})", "acknowledged\n"},
      {{"orders"}, R"({"items":[],"next":null})", "no orders\n"},
      {{"upgrade"}, R"({"accepted":true,"from_version":"0.1.0"})", "the supervisor 0.1.0 becomes the program that is in place; "},
      {{"reload"}, R"({"taken":[],"needs_restart":[],"warnings":[]})", "nothing has changed\n"},
      {{"reload"}, R"({"taken":["alerts.timeout","alerts.command"],"needs_restart":[{"what":"strategy","help":"s1mple restart"}],
          "warnings":["f:7: no"]})",
       "taken over: alerts.timeout, alerts.command\nneeds a restart: strategy  (s1mple restart)\nwarning: f:7: no\n"},
  }));
  CHECK_THAT(page_of(row.words, row.result), contains(row.want));
}

TEST_CASE("lists are tables") {
  const char* alerts =
      R"({"items":[{"id":"o-8-1","level":"critical","code":"breaker_open","text":"No market data","at":"2026-11-22T14:00:00Z",
           "delivered":false,"acked":false,"tries":2},
          {"id":"s-1","level":"info","code":"test","text":"Test","at":"2026-11-21T14:00:00Z","delivered":true,"acked":true}],
          "next":"s-1"})";
  const char* crashes =
      R"({"items":[{"id":"3","at":"2026-11-22T14:00:00Z","cause":"signal","exit_code":null,"signal":"SIGKILL",
           "mode":"normal","attempt":3,"pid":17,"uptime_ms":123456,"counted":false},
          {"id":"12","at":"2026-11-22T13:00:00Z","cause":"exit","exit_code":70,"signal":null,"mode":"recovery","pid":9,
           "uptime_ms":12,"counted":true}],"next":null})";
  const char* positions =
      R"({"items":[{"strategy":"ema","symbol":"ETH/EUR","quantity":"1.5","average_price":"2750.25",
           "protective":{"client_id":"s-88","trigger":"2695.25"}},
          {"strategy":"grid","symbol":"BTC/EUR","quantity":"0.02","average_price":"50000","protective":null}],"next":null})";
  const char* explain =
      R"({"order":{"client_id":"s-1","status":"filled","protection":{"kind":"stop"}},
          "records":[{"seq":9,"at":"2026-11-22T14:00:00Z","kind":"intent","text":"buy 1"},
                     {"seq":10,"at":"2026-11-22T14:00:01Z","kind":"fill","text":"1 at 2"}]})";
  const char* report = R"({"id":"3","stderr":"one\n\u001b[2Jtwo\n","deep":{"a":{"b":[1,{"c":null}]}}})";
  check_golden("answer-alerts", page_of({"alerts"}, alerts));
  check_golden("answer-crashes", page_of({"crashes"}, crashes));
  check_golden("answer-crash-report", page_of({"crashes", "3"}, report));
  check_golden("answer-positions", page_of({"positions"}, positions));
  check_golden("answer-explain", page_of({"explain", "s-1"}, explain));
}

TEST_CASE("no answer of any shape breaks a page") {
  for (const auto& command : all_commands())
    for (const char* result : {"null", "[]", "7", "{}", R"("text")", R"({"items":[null,[],{"at":{}}],"next":{}})",
                               R"({"order":7,"records":{"a":1},"methods":[[]]})"}) {
      Invocation asked;
      asked.command = &command;
      INFO(command.name << " " << result);
      CHECK_NOTHROW(answer_page(asked, parsed(result), kNow, {}));
    }
}
