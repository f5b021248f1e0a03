#include "supervisor/client/event_text.h"

#include "tests/support/catch.h"
#include "tests/unit/supervisor_client/status_fixtures.h"

using namespace s1mple;
using namespace s1mple::client;

TEST_CASE("events are sentences for people") {
  struct Row {
    const char* params;
    const char* text;
    Tone tone;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"kind":"state","from":"starting","to":"running","why":"ready"})", "starting → running: ready", Tone::plain},
      {R"({"kind":"death","pid":4711,"cause":"signal","exit_code":null,"signal":"SIGKILL","report":"3"})",
       "orchestrator 4711 ended: signal SIGKILL, report 3", Tone::bad},
      {R"({"kind":"start","pid":4712,"mode":"recovery","attempt":2})",
       "orchestrator 4712 started, mode recovery, attempt 2", Tone::plain},
      {R"({"kind":"halt","halted":true,"reason":"drill"})", "halted: drill", Tone::caution},
      {R"({"kind":"alert","level":"critical","code":"x","text":"No data"})", "No data", Tone::bad},
      {R"({"kind":"fill","side":"buy","quantity":"0.02","symbol":"BTC/EUR","price":"50000","strategy":"grid"})",
       "buy 0.02 BTC/EUR at 50000 (grid)", Tone::good},
      {R"({"kind":"order","side":"sell","quantity":"1","symbol":"A/B","price":"2","status":"open"})",
       "sell 1 A/B at 2: open", Tone::plain},
      {R"({"kind":"order","what":"closed","side":"sell","quantity":"1","symbol":"A/B","price":"2","status":"filled"})",
       "sell 1 A/B at 2: filled", Tone::plain},
      {R"({"kind":"trading","trading":"reducing","text":"gate"})", "reducing: gate", Tone::plain},
      {R"({"kind":"breaker","what":"opened","text":"silence"})", "opened: silence", Tone::plain},
      {R"({"kind":"news","a":1,"b":"two","c":null,"d":[1]})", "a=1 b=two d=[1]", Tone::plain},
      {R"({"kind":"log","text":"\u001b[2Jx"})", "¿[2Jx", Tone::plain},
      {R"({})", "", Tone::plain},
      {R"(7)", "", Tone::plain},
  }));
  INFO(row.params);
  const EventView event = event_of(parsed(row.params));
  CHECK(event.text == row.text);
  CHECK(tone_of_event(event) == row.tone);
}

TEST_CASE("news are what the lists do not show anyway") {
  CHECK(is_routine(event_of(parsed(R"({"kind":"fill"})"))));
  CHECK(is_routine(event_of(parsed(R"({"kind":"order","what":"accepted","status":"open"})"))));
  CHECK(!is_routine(event_of(parsed(R"({"kind":"order","what":"in_doubt","status":"in_doubt"})"))));
  CHECK(!is_routine(event_of(parsed(R"({"kind":"order","what":"closed","status":"rejected"})"))));
  CHECK(!is_routine(event_of(parsed(R"({"kind":"state","from":"a","to":"b"})"))));
}

TEST_CASE("an orchestrator's event carries its members inside") {
  const EventView event =
      event_of(parsed(R"({"kind":"fill","params":{"side":"buy","quantity":"1","symbol":"A/B","price":"2",
                          "time":"2026-11-22T14:00:00Z"}})"));
  CHECK(event.text == "buy 1 A/B at 2");
  CHECK(event.at == parse_rfc3339("2026-11-22T14:00:00Z").value());
}
