// SCENARIOS, sections 1 and 2: positions, their stops, and what others do beside us.
#include "tests/scenario/scenario.h"
#include "tests/scenario/scenario_words.h"
#include "tests/support/catch.h"

namespace s1mple {
namespace {

TEST_CASE("S08 a stop is cancelled by the venue: cancelled with its reason, and a critical alert") {
  for (const bool offline : {false, true}) {
    run_scenario({"S08", offline ? "a stop cancelled while offline" : "a stop cancelled by the venue", 30s,
                  [offline](TradingWorld& world) {
                    quiet_market(world, 25);
                    hold_with_stop(world);
                    if (offline) world.at(10s, [] { throw Killed{}; });
                    world.at(11s, [&world] { world.cancel_everything_at_exchange(); });
                  },
                  told_of_every_order,
                  [](const TradingWorld& world) {
                    return is(world, 1, OrderStatus::cancelled) + holds(world, "2") +
                           alerts_once(world, "protection_lost");
                  }});
  }
}

TEST_CASE("a stop that the strategy takes away itself is no alert") {
  run_scenario({"S08", "a stop taken away by its strategy", 30s,
                [](TradingWorld& world) {
                  quiet_market(world, 25);
                  hold_with_stop(world);
                  cancel_on_row(world, 8);
                },
                told_of_every_order,
                [](const TradingWorld& world) {
                  return is(world, 1, OrderStatus::cancelled) +
                         (world.count_alerts("protection_lost") == 0 ? "" : "an alert for nothing; ");
                },
                false});
}

TEST_CASE(
    "S13, S23 somebody trades beside us: adopted, labelled, unowned, and only a person goes on from there") {
  run_scenario({"S13", "a position without fills of ours", 40s,
                [](TradingWorld& world) {
                  quiet_market(world, 35);
                  place_on_row(world, 2, limit(Side::buy, "1", "80"));
                  world.at(10s, [] { throw Killed{}; });
                  world.at(11s, [&world] { world.order_by_another(stranger(Side::buy, "3", "105")); });
                },
                [](const TradingWorld& world) { return told_of_every_order(world) + holds(world, "0"); },
                [](const TradingWorld& world) {
                  return lists(world, "external_fill") + alerts_once(world, "breaker_open") +
                         (world.engine().trading() == TradingMode::reducing ? "" : "not reducing; ");
                }});
}

}  // namespace
}  // namespace s1mple
