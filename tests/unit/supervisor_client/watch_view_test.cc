#include "supervisor/client/watch_view.h"

#include "supervisor/client/event_text.h"
#include "supervisor/client/text.h"
#include "tests/support/catch.h"
#include "tests/unit/supervisor_client/golden.h"
#include "tests/unit/supervisor_client/status_fixtures.h"

using namespace s1mple;
using namespace s1mple::client;

namespace {

// Two minutes of a screen that was open since before the orchestrator had its present trouble.
History some_history() {
  History history;
  StatusModel model = model_of(running_status());
  model.orchestrator->as_of.reset();
  for (int i = 0; i < 480; ++i) {
    const int swing = (i % 97) * (i % 31) - i;
    model.orchestrator->equity = std::to_string(10'000 + swing / 40) + "." + std::to_string(10 + i % 89);
    history.observe(model, kNow - 120s + i * 250ms);
  }
  history.add(event_of(parsed(R"({"kind":"alert","at":"2026-11-22T14:02:58Z","level":"warning","text":"Slow disk"})")),
              kNow);
  history.add(event_of(parsed(R"({"kind":"fill","at":"2026-11-22T14:02:51Z","side":"buy","quantity":"0.002",
                                  "symbol":"BTC/EUR","price":"50000.1","strategy":"grid"})")),
              kNow);
  return history;
}

WatchState state_of(const std::string& status, const char* environment = "paper") {
  WatchState state;
  state.model = model_of(status);
  state.environment = environment;
  state.now = kNow;
  return state;
}

WatchState disconnected() {
  WatchState state = state_of(running_status());
  state.trouble = "no supervisor answers; looked at /run/s1mpletrader/control.sock (a socket, but nobody listens)";
  state.trouble_since = kNow - 4s;
  return state;
}

WatchState before_any_answer() {
  WatchState state;
  state.now = kNow;
  return state;
}

}  // namespace

TEST_CASE("the screen looks as it should, in every situation and size") {
  struct Row {
    const char* name;
    WatchState state;
    Size size;
    bool with_history;
  };
  const auto row = GENERATE(values<Row>({
      {"running-80x24", state_of(running_status()), {80, 24}, true},
      {"running-120x40", state_of(running_status()), {120, 40}, true},
      {"running-40x12", state_of(running_status()), {40, 12}, true},
      {"running-180x50", state_of(running_status()), {180, 50}, true},
      {"live-80x24", state_of(live_status(), "live"), {80, 24}, true},
      {"parked-80x24", state_of(parked_status()), {80, 24}, true},
      {"parked-at-first-sight-80x24", state_of(parked_status(), ""), {80, 24}, false},
      {"parked-40x12", state_of(parked_status()), {40, 12}, true},
      {"starting-80x24", state_of(starting_status()), {80, 24}, true},
      {"halted-80x24", state_of(halted_status()), {80, 24}, true},
      {"safe-80x24", state_of(safe_status()), {80, 24}, true},
      {"safe-120x40", state_of(safe_status()), {120, 40}, true},
      {"degraded-80x24", state_of(degraded_status()), {80, 24}, true},
      {"crowded-80x24", state_of(crowded_status()), {80, 24}, false},
      {"crowded-120x40", state_of(crowded_status()), {120, 40}, false},
      {"disconnected-80x24", disconnected(), {80, 24}, true},
      {"no-answer-yet-80x24", before_any_answer(), {80, 24}, false},
      {"hostile-80x24", state_of(hostile_status(), ""), {80, 24}, false},
  }));
  const History history = row.with_history ? some_history() : History();
  check_golden(row.name, render(row.state, history, row.size).text());
}

TEST_CASE("without UTF-8 the screen is ASCII") {
  WatchState state = state_of(running_status());
  state.utf8 = false;
  const std::string text = render(state, some_history(), {80, 24}).text();
  CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7f); }));
  check_golden("ascii-80x24", text);
}

TEST_CASE("at any size nothing breaks and the environment stands first") {
  const History history = some_history();
  const std::vector<WatchState> states{state_of(running_status()), state_of(parked_status()), state_of(crowded_status()),
                                       state_of(hostile_status(), "live"), disconnected(), before_any_answer(),
                                       state_of(safe_status(), "live")};
  for (int columns = 1; columns <= 200; columns += columns < 10 ? 1 : 23)
    for (int rows = 1; rows <= 60; rows += rows < 10 ? 1 : 16)
      for (const auto& state : states) {
        const Screen screen = render(state, history, {columns, rows});
        const std::string badge = badge_of(state.environment).text;
        const std::string text = screen.text();
        const bool named = columns < 8 || state.environment.empty() || text.starts_with(badge.substr(0, badge.size() - 1));
        const bool sane = screen.size() == Size{columns, rows} && named && text.find('\x1b') == std::string::npos;
        if (!sane) FAIL(columns << "x" << rows << "\n" << text);
      }
  SUCCEED();
}

TEST_CASE("real money is shown by the whole title row") {
  const Screen live = render(state_of(live_status(), "live"), History(), {80, 24});
  for (int column = 0; column < 80; ++column) CHECK(live.at(column, 0).tone == Tone::live_badge);
  const Screen paper = render(state_of(running_status()), History(), {80, 24});
  CHECK(paper.at(1, 0).tone == Tone::paper_badge);
  CHECK(paper.at(40, 0).tone == Tone::bar);
}

TEST_CASE("what is old is not shown as if it were true") {
  const Screen screen = render(disconnected(), some_history(), {80, 24});
  CHECK_THAT(screen.text(), contains("Positions (2), last known 14:03:22"));
  bool all_quiet = true;
  for (int row = 4; row < 10; ++row)
    for (int column = 0; column < 80; ++column) all_quiet = all_quiet && screen.at(column, row).tone != Tone::good;
  CHECK(all_quiet);
}
