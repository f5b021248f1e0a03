// SCENARIOS, sections 2 to 4: what pushes, reads and silence prove, and what they do not.
#include "tests/scenario/scenario.h"
#include "tests/scenario/scenario_words.h"
#include "tests/support/catch.h"

namespace s1mple {
namespace {

TEST_CASE("S16 executions are pushed again and again: each counts once") {
  run_scenario({"S16", "fill replay", 20s,
                [](TradingWorld& world) {
                  quiet_market(world, 4);
                  place_on_row(world, 2, limit(Side::buy, "10", "90"));
                  fills_at(world, 5, 3);
                  world.trade_at(12s, "100");
                  world.faults.fill_push = [](const FillPush&) { return PushFate{3}; };
                  world.faults.order_push = [](const OrderPush&) { return PushFate{2}; };
                },
                told_of_every_order,
                [](const TradingWorld& world) { return is(world, 0, OrderStatus::filled); }});
}

TEST_CASE("S17 fills out of order, and before the ack: the same end") {
  for (const int turned : {0, 1, 2, 3, 4, 5}) {
    run_scenario(
        {"S17", "fills and answer in permutation " + std::to_string(turned), 25s,
         [turned](TradingWorld& world) {
           quiet_market(world, 4);
           place_on_row(world, 2, limit(Side::buy, "10", "90"));
           fills_at(world, 3, 3);
           world.trade_at(14s, "100");
           auto seen = std::make_shared<int>(0);
           world.faults.fill_push = [turned, seen](const FillPush&) {
             const int order[6][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
             return PushFate{1, std::chrono::seconds(2 * order[turned][(*seen)++ % 3])};
           };
           world.faults.order = [](const SendOrder&) { return RequestFate{Fate::done, 4s}; };
         },
         told_of_every_order, [](const TradingWorld& world) { return is(world, 0, OrderStatus::filled); },
         turned == 5});
  }
}

TEST_CASE("S18 an order of somebody else: external, never given to a strategy") {
  run_scenario({"S18", "fills for an unknown order", 70s,
                [](TradingWorld& world) {
                  quiet_market(world, 4);
                  place_on_row(world, 2, limit(Side::buy, "1", "90"));
                  world.at(3s, [&world] { world.order_by_another(stranger(Side::buy, "2", "95")); });
                  world.trade_at(6s, "94", "100");
                  for (int i = 7; i < 70; i += 10) world.trade_at(std::chrono::seconds(i), "100");
                },
                [](const TradingWorld& world) { return told_of_every_order(world) + holds(world, "0"); },
                [](const TradingWorld& world) {
                  return is(world, 0, OrderStatus::cancelled) + lists(world, "external_fill");
                }});
}

TEST_CASE("S19 the trade list lags behind the orders: nothing is counted twice when it catches up") {
  run_scenario({"S19", "REST lags the stream", 60s,
                [](TradingWorld& world) {
                  quiet_market(world, 4);
                  place_on_row(world, 2, limit(Side::buy, "10", "90"));
                  world.at(6s, [] { throw Killed{}; });
                  world.trade_at(Nanos(6'500'000'000), "89", "4");
                  world.trade_at(7s, "89", "20");
                  for (int i = 12; i < 60; i += 10) world.trade_at(std::chrono::seconds(i), "100");
                  world.faults.history_lag = 20s;
                },
                told_of_every_order,
                [](const TradingWorld& world) { return is(world, 0, OrderStatus::filled); }});
}

TEST_CASE(
    "S21 the venue cannot be asked for ten minutes: an order in doubt stays in doubt, the breaker opens") {
  run_scenario({"S21", "order not found because of an outage", 800s,
                [](TradingWorld& world) {
                  quiet_market(world, 790);
                  place_on_row(world, 2, limit(Side::buy, "1", "90"));
                  world.faults.order = [](const SendOrder&) { return RequestFate{Fate::answer_lost}; };
                  world.faults.order_push = [](const OrderPush&) { return PushFate{0}; };
                  outage(world, 2s, 602s);
                  world.at(600s, [&world] {
                    if (world.books().breaker().state == BreakerState::closed)
                      world.finds("the breaker never opened");
                    if (!world.books().orders().rows().begin()->second.in_doubt())
                      world.finds("no longer in doubt");
                  });
                },
                told_of_every_order,
                // The open breaker takes what adds risk, as soon as it is known to be there.
                [](const TradingWorld& world) {
                  return is(world, 0, OrderStatus::cancelled) + sent(world, 1) + trades(world);
                },
                false});
}

TEST_CASE("S26 the venue is down during recovery: no order, capped retries, active only after a clean pass") {
  run_scenario({"S26", "venue down during recovery", 200s,
                [](TradingWorld& world) {
                  quiet_market(world, 190);
                  place_on_row(world, 2, limit(Side::buy, "1", "90"));
                  place_on_row(world, 8, limit(Side::buy, "1", "91"));
                  world.at(5s, [] { throw Killed{}; });
                  outage(world, 5s, 65s);
                  world.at(60s, [&world] {
                    if (world.engine().phase() == Phase::running)
                      world.finds("running, though the venue never answered");
                    if (world.sent().size() > 1) world.finds("an order left while nobody could be asked");
                  });
                },
                told_of_every_order,
                [](const TradingWorld& world) { return is(world, 1, OrderStatus::open) + trades(world); },
                false});
}

TEST_CASE(
    "S29, S30 a crash at any point around fills: mark and effect are one, the strategy hears each once") {
  run_scenario({"S30", "strategy state and fills", 15s,
                [](TradingWorld& world) {
                  quiet_market(world, 4);
                  place_on_row(world, 2, limit(Side::buy, "10", "90"));
                  fills_at(world, 5, 3);
                  place_on_row(world, 8, limit(Side::sell, "10", "110"));
                  world.trade_at(9s, "100");
                  world.trade_at(10s, "111");
                },
                told_of_every_order,
                [](const TradingWorld& world) { return is(world, 1, OrderStatus::filled); }});
}

TEST_CASE("S34 the stream lives, one push is lost: the periodic check finds it, once") {
  run_scenario({"S34", "one push lost", 75s,
                [](TradingWorld& world) {
                  quiet_market(world, 4);
                  place_on_row(world, 2, limit(Side::buy, "10", "90"));
                  world.trade_at(5s, "89", "4");
                  for (int i = 10; i < 75; i += 10) world.trade_at(std::chrono::seconds(i), "100");
                  world.faults.fill_push = [](const FillPush&) { return PushFate{1, 70s}; };
                },
                told_of_every_order,
                [](const TradingWorld& world) {
                  return is(world, 0, OrderStatus::partially_filled) + filled(world, 0, "4");
                }});
}

TEST_CASE("S35 frozen data: no order leaves on a price that has stood still") {
  run_scenario({"S35", "frozen data", 200s,
                [](TradingWorld& world) {
                  quiet_market(world, 190);
                  world.at(3s, [&world] { world.faults.data_frozen = true; });
                  world.at(150s, [&world] {
                    world.faults.data_frozen = false;
                    if (world.engine().trading() == TradingMode::active) world.finds("active on frozen data");
                  });
                  place_on_row(world, 195, limit(Side::buy, "1", "90"));
                },
                told_of_every_order, trades, false});
}

TEST_CASE("S43 all orders are cancelled by the venue, and it says nothing: recognised as its cancels") {
  run_scenario({"S43", "everything cancelled by the venue", 75s,
                [](TradingWorld& world) {
                  quiet_market(world, 4);
                  place_on_row(world, 2, limit(Side::buy, "1", "90"));
                  place_on_row(world, 2, limit(Side::buy, "1", "91"));
                  world.faults.order_push = [](const OrderPush&) { return PushFate{0}; };
                  world.at(5s, [&world] { world.cancel_everything_at_exchange(); });
                  for (int i = 10; i < 75; i += 10) world.trade_at(std::chrono::seconds(i), "100");
                },
                told_of_every_order,
                [](const TradingWorld& world) {
                  return is(world, 0, OrderStatus::cancelled) + is(world, 1, OrderStatus::cancelled);
                }});
}

}  // namespace
}  // namespace s1mple
