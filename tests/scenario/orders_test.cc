// SCENARIOS, section 1: orders and crashes.
#include "tests/scenario/scenario.h"
#include "tests/scenario/scenario_words.h"
#include "tests/support/catch.h"

namespace s1mple {
namespace {

TEST_CASE(
    "S01, S02 a crash at any point around an intent: abandoned on proof or alive, never lost, never "
    "doubled") {
  run_scenario({"S01", "crash before send, intent synced or not", 20s,
                [](TradingWorld& world) {
                  quiet_market(world, 20);
                  place_on_row(world, 2, limit(Side::buy, "1", "90"));
                },
                [](const TradingWorld& world) { return told_of_every_order(world); },
                [](const TradingWorld& world) { return is(world, 0, OrderStatus::open); }});
}

TEST_CASE("S03 ack lost, order live: found by its id, nothing is sent again") {
  run_scenario({"S03", "ack lost, order live", 40s,
                [](TradingWorld& world) {
                  quiet_market(world, 20);
                  place_on_row(world, 2, limit(Side::buy, "1", "90"));
                  world.faults.order = [](const SendOrder&) { return RequestFate{Fate::answer_lost}; };
                  world.faults.order_push = [](const OrderPush&) { return PushFate{0}; };
                },
                [](const TradingWorld& world) { return told_of_every_order(world); },
                [](const TradingWorld& world) { return is(world, 0, OrderStatus::open) + sent(world, 1); }});
}

TEST_CASE("S04 ack lost, filled at once: the fills are found with their own ids and fees") {
  run_scenario(
      {"S04", "ack lost, filled at once", 40s,
       [](TradingWorld& world) {
         quiet_market(world, 20);
         place_on_row(world, 2, market(Side::buy, "1"));
         world.faults.order = [](const SendOrder&) { return RequestFate{Fate::answer_lost}; };
         world.faults.order_push = [](const OrderPush&) { return PushFate{0}; };
         world.faults.fill_push = [](const FillPush&) { return PushFate{0}; };
       },
       [](const TradingWorld& world) { return told_of_every_order(world); },
       [](const TradingWorld& world) { return is(world, 0, OrderStatus::filled) + sent(world, 1); }});
}

TEST_CASE("S05 partial fill while offline: four of ten, the rest working, told before the first tick") {
  run_scenario(
      {"S05", "partial fill while offline", 20s,
       [](TradingWorld& world) {
         quiet_market(world, 5);
         place_on_row(world, 2, limit(Side::buy, "10", "90"));
         world.at(6s, [] { throw Killed{}; });
         world.trade_at(7s, "89", "4");
         world.trade_at(12s, "100");
       },
       [](const TradingWorld& world) { return told_of_every_order(world) + fills_told_before_row(world, 7); },
       [](const TradingWorld& world) {
         return is(world, 0, OrderStatus::partially_filled) + filled(world, 0, "4");
       }});
}

TEST_CASE("S06 several fills while offline: each with its own price and fee, none invented") {
  run_scenario(
      {"S06", "several fills while offline, full", 20s,
       [](TradingWorld& world) {
         quiet_market(world, 5);
         place_on_row(world, 2, limit(Side::buy, "10", "90"));
         world.at(6s, [] { throw Killed{}; });
         world.trade_at(Nanos(6'500'000'000), "89", "3");
         world.trade_at(7s, "88", "3");
         world.trade_at(Nanos(7'500'000'000), "87", "20");
         world.trade_at(12s, "100");
       },
       [](const TradingWorld& world) { return told_of_every_order(world) + fills_told_before_row(world, 9); },
       [](const TradingWorld& world) {
         return is(world, 0, OrderStatus::filled) +
                (world.books().fills().size() == 3 ? "" : "not three fills; ");
       }});
}

TEST_CASE("S07 partly filled, then cancelled by the user while offline: cancelled with four filled") {
  run_scenario({"S07", "partly filled then cancelled offline", 20s,
                [](TradingWorld& world) {
                  quiet_market(world, 5);
                  place_on_row(world, 2, limit(Side::buy, "10", "90"));
                  world.at(6s, [] { throw Killed{}; });
                  world.trade_at(7s, "89", "4");
                  world.at(7s, [&world] { cancel_all_at_exchange(world); });
                  world.trade_at(12s, "100");
                },
                [](const TradingWorld& world) { return told_of_every_order(world); },
                [](const TradingWorld& world) {
                  return is(world, 0, OrderStatus::cancelled) + filled(world, 0, "4");
                }});
}

TEST_CASE("S09 late reject: the venue's rejection is found and what was held back is free") {
  run_scenario({"S09", "ack lost, the venue had rejected it", 40s,
                [](TradingWorld& world) {
                  quiet_market(world, 20);
                  world.configuration.paper.max_open_orders = 1;
                  place_on_row(world, 2, limit(Side::buy, "1", "90"));
                  place_on_row(world, 4, limit(Side::buy, "1", "91"));
                  world.faults.order = [](const SendOrder&) { return RequestFate{Fate::answer_lost}; };
                },
                [](const TradingWorld& world) { return told_of_every_order(world); },
                [](const TradingWorld& world) { return is(world, 1, OrderStatus::rejected); }});
}

TEST_CASE("S10 cancel in doubt: cancelled, filled, or sent again, by the venue's word alone") {
  const auto with = [](const std::string& title, Fate fate, bool fills, OrderStatus ends,
                       std::size_t cancels) {
    run_scenario({"S10", title, 40s,
                  [fate, fills](TradingWorld& world) {
                    quiet_market(world, 5);
                    place_on_row(world, 2, limit(Side::buy, "1", "90"));
                    cancel_on_row(world, 4);
                    auto count = std::make_shared<int>(0);
                    world.faults.cancel = [fate, count](const SendCancel&) {
                      return RequestFate{++*count == 1 ? fate : Fate::done};
                    };
                    world.faults.order_push = [](const OrderPush&) { return PushFate{0}; };
                    if (fills) {
                      world.faults.fill_push = [](const FillPush&) { return PushFate{0}; };
                      world.trade_at(6s, "80");
                    }
                    world.trade_at(20s, "100");
                  },
                  [](const TradingWorld& world) { return told_of_every_order(world); },
                  [ends, cancels](const TradingWorld& world) {
                    return is(world, 0, ends) + (cancels != 0 ? "" : "");
                  }});
  };
  with("cancel in doubt: it was cancelled", Fate::answer_lost, false, OrderStatus::cancelled, 1);
  with("cancel in doubt: it was filled meanwhile", Fate::lost, true, OrderStatus::filled, 1);
  with("cancel in doubt: it never arrived", Fate::lost, false, OrderStatus::cancelled, 2);
}

TEST_CASE("what a strategy does not own it cannot sell, however the order was meant") {
  run_scenario({"P9", "a sell of what is not owned never leaves", 20s,
                [](TradingWorld& world) {
                  quiet_market(world, 10);
                  world.configuration.paper.balances = {{"EUR", *Decimal::parse("100000")},
                                                        {"BTC", *Decimal::parse("5")}};
                  place_on_row(world, 2, limit(Side::sell, "1", "110"));
                },
                [](const TradingWorld& world) { return sent(world, 0); }});
}

}  // namespace
}  // namespace s1mple
