#include "supervisor/client/history.h"

#include "tests/support/catch.h"
#include "tests/unit/supervisor_client/status_fixtures.h"

using namespace s1mple;
using namespace s1mple::client;
using namespace s1mple::literals;

namespace {

StatusModel with_equity(int equity) {
  StatusModel model = model_of(running_status());
  model.orchestrator->equity = std::to_string(equity);
  return model;
}

std::vector<std::string> texts(const History& history) {
  std::vector<std::string> out;
  for (const auto& event : history.events()) out.push_back(event.text);
  return out;
}

}  // namespace

TEST_CASE("the curve covers the whole time in bounded memory") {
  History history;
  constexpr int kAnswers = 10'000;
  StatusModel model = with_equity(0);
  for (int i = 0; i < kAnswers; ++i) {
    model.orchestrator->equity = std::to_string(i);
    history.observe(model, kNow + i * 250ms);
  }
  CHECK(history.equity().size() <= History::kSamplesMax);
  CHECK(history.equity().size() >= History::kSamplesMax / 4);
  CHECK(history.equity().front() < Decimal::from_int(kAnswers / 100));
  CHECK(history.equity().back() > Decimal::from_int(kAnswers - kAnswers / 100));
  CHECK(history.equity_since() == kNow);
}

TEST_CASE("an equity that is no number leaves no sample") {
  History history;
  StatusModel model = model_of(running_status());
  model.orchestrator->equity = "lots";
  history.observe(model, kNow);
  CHECK(history.equity().empty());
}

TEST_CASE("what was known last stays while no orchestrator runs, and while one starts") {
  History history;
  history.observe(model_of(running_status()), kNow);
  history.observe(model_of(parked_status()), kNow + 1s);
  history.observe(model_of(starting_status()), kNow + 2s);
  REQUIRE(history.last_known());
  CHECK(history.last_known()->positions.size() == 2);
  CHECK(history.last_known_at() == parse_rfc3339("2026-11-22T14:03:22.4Z").value());
}

TEST_CASE("changes between two answers are events, newest first") {
  History history;
  history.observe(model_of(running_status()), kNow);
  CHECK(texts(history) == std::vector<std::string>{"reducing: gate"});
  history.observe(model_of(starting_status()), kNow + 1s);
  CHECK(texts(history) == std::vector<std::string>{"orchestrator 4712 ended", "orchestrator 4713 started",
                                                   "running → starting", "reducing: gate"});
}

TEST_CASE("an event that is told and noticed is shown once, in the fuller words") {
  History history;
  history.observe(model_of(running_status()), kNow);
  history.add({kNow + 900ms, "death", "orchestrator 4712 ended: signal SIGKILL", {}}, kNow + 1s);
  history.observe(model_of(starting_status()), kNow + 1s);
  const auto all = texts(history);
  CHECK(std::count_if(all.begin(), all.end(), [](const auto& text) { return text.find("ended") != text.npos; }) == 1);
  CHECK(std::find(all.begin(), all.end(), "orchestrator 4712 ended: signal SIGKILL") != all.end());
}

TEST_CASE("equal fills are different events, and the number of events is bounded") {
  History history;
  for (int i = 0; i < 500; ++i) history.add({kNow, "fill", "buy 1 at 2", {}}, kNow);
  CHECK(history.events().size() == History::kEventsMax);
}

TEST_CASE("events that a status lists are taken once") {
  History history;
  const auto model = model_of(R"({"orchestrator":{"last_events":[{"at":"2026-11-22T14:00:00Z","text":"first"},
                                                             {"at":"2026-11-22T14:00:01Z","text":"second"}]}})");
  history.observe(model, kNow);
  history.observe(model, kNow + 1s);
  CHECK(texts(history) == std::vector<std::string>{"second", "first"});
}
