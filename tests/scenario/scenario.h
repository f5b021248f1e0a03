// A scenario of SCENARIOS.md: what is set up, what must have come out, driven through every crash point.
//
// run_scenario() plays it without a death, then once for each crash point and each way to die there, until a play
// comes to its end alive; after each all invariants and the scenario's own expectation are checked. It prints one row
// of the table: scenario, crash points, variants, verdict. Thread: one. Errors: CHECKs of Catch2.
#pragma once

#include <functional>
#include <string>

#include "tests/support/world/trading_world.h"

namespace s1mple {

struct Scenario {
  std::string id, title;
  Nanos length = 60s;
  std::function<void(TradingWorld&)> set_up;
  // What does not hold, as a sentence; empty: all does. Asked at the end of every play.
  std::function<std::string(const TradingWorld&)> expect;
  // The same, of the play in which nobody died at a crash point.
  std::function<std::string(const TradingWorld&)> expect_alive = nullptr;
  bool at_every_crash_point = true;  // false: it is long; only the play in which nobody dies
};

// What does not hold at the end of one play; empty: everything does.
[[nodiscard]] std::string judge(const Scenario& scenario, const TradingWorld& world);

void run_scenario(const Scenario& scenario);

}  // namespace s1mple
