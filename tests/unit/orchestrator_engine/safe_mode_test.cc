// Safe mode: no strategy runs, stops are kept or placed again, what adds risk is cancelled.
#include "tests/support/catch.h"
#include "tests/support/engine/engine_rig.h"

namespace s1mple {
namespace {

// A position of 2 with a stop at 90 as its recorded rule.
struct Protected : EngineRig {
  ClientId entry;
  std::optional<ClientId> stop;
  explicit Protected(bool with_stop) {
    start();
    market("100");
    OrderRequest wanted = limit_order(Side::buy, "2", "99");
    wanted.protection = {ProtectionKind::stop, price("90")};
    entry = *request("alpha", wanted);
    settle();
    venue.fill(entry, "2", "99");
    settle();
    if (with_stop) stop = *request("alpha", stop_order("2", "90"));
    settle();
  }
};

}  // namespace

TEST_CASE("a stop that is gone is placed again for the confirmed quantity, once") {
  Protected rig(true);
  rig.crash();
  rig.venue.close(*rig.stop, VenueStatus::cancelled, false);
  rig.start(StartMode::safe);
  CHECK(rig.engine->trading() == TradingMode::reducing);
  CHECK(rig.facts<OrderIntended>().empty());  // whether it is crossed only a fresh price tells
  rig.market("95");
  REQUIRE(rig.facts<OrderIntended>().size() == 1);
  const Order& placed = rig.last_order();
  CHECK(placed.intent.protective);
  CHECK(placed.intent.quantity == quantity("2"));
  CHECK(placed.intent.price == price("90"));
  CHECK(placed.intent.strategy == StrategyName("alpha"));
  CHECK(rig.count_alerts("stop_replaced") == 1);
  for (int i = 0; i < 10; ++i) rig.market("95");
  rig.advance(120s);
  CHECK(rig.facts<OrderIntended>().size() == 1);
}

TEST_CASE("a stop that is there is kept, and none is added") {
  Protected rig(true);
  rig.crash();
  rig.start(StartMode::safe);
  rig.market("95");
  CHECK(rig.facts<OrderIntended>().empty());
  CHECK(rig.status(*rig.stop) == OrderStatus::open);
}

TEST_CASE("a stop that is crossed already is an alert, not an order") {
  Protected rig(false);
  rig.crash();
  rig.start(StartMode::safe);
  rig.market("89");
  rig.market("88");
  CHECK(rig.facts<OrderIntended>().empty());
  CHECK(rig.count_alerts("stop_crossed") == 1);
}

TEST_CASE("in a halt a strategy keeps its stop: it may not take it away where it cannot sell") {
  Protected rig(true);
  rig.script("alpha").on_market = [&](const MarketTrade&, StrategyContext& context) { context.cancel(*rig.stop); };
  REQUIRE(rig.command("halt", R"({"reason":"drill"})").ok);
  for (int i = 0; i < 3; ++i) rig.market("95");
  CHECK(rig.status(*rig.stop) == OrderStatus::open);
  REQUIRE(rig.command("resume", R"({"reason":"over"})").ok);
  rig.market("95");
  rig.settle();
  CHECK(rig.status(*rig.stop) == OrderStatus::cancelled);
}

TEST_CASE("in a halt a stop that is gone is placed again, and a flatten is not disturbed by that") {
  Protected rig(true);
  REQUIRE(rig.command("halt", R"({"reason":"drill"})").ok);
  rig.venue.close(*rig.stop, VenueStatus::cancelled, true);
  rig.settle();
  rig.market("95");
  CHECK(rig.count_alerts("stop_replaced") == 1);
  CHECK(rig.last_order().intent.price == price("90"));
  CHECK(rig.last_order().intent.quantity == quantity("2"));
  REQUIRE(rig.command("flatten", R"({"confirm":true})").ok);
  rig.settle();
  rig.market("95");
  CHECK(rig.count_alerts("stop_replaced") == 1);
  CHECK(rig.last_order().intent.type != OrderType::stop_loss);
}

TEST_CASE("also while halted, but not before the reconciliation") {
  Protected rig(false);
  rig.crash();
  rig.next_start.halted_by_supervisor = true;
  rig.venue.reads = false;
  rig.start(StartMode::safe);
  rig.market("95");
  CHECK(rig.facts<OrderIntended>().empty());
  rig.venue.reads = true;
  rig.advance(60s);
  rig.market("95");
  CHECK(rig.engine->trading() == TradingMode::halted);
  CHECK(rig.facts<OrderIntended>().size() == 1);
}

TEST_CASE("strategies do not run, their reports wait, and what adds risk is cancelled") {
  Protected rig(true);
  const ClientId resting = rig.buy("1", "98");
  rig.settle();
  rig.crash();
  rig.venue.fill(resting, "0.5", "98", false);
  const std::size_t told = rig.script().journal.size();
  rig.start(StartMode::safe);
  rig.market("99");
  CHECK(rig.status(resting) == OrderStatus::cancelled);
  CHECK(rig.script().journal.size() == told);
  rig.restart();
  rig.market("99");
  const auto& journal = rig.script().journal;
  REQUIRE(journal.size() >= told + 3);
  CHECK(journal[told] == "filled " + resting.text() + " 0.5");
  CHECK(journal[told + 1] == "closed " + resting.text() + " cancelled");
}

TEST_CASE("a strategy that cannot read its memory halts trading and does not run; its reports wait") {
  Protected rig(true);
  rig.advance(2s);
  rig.crash();
  rig.script().refuses_memory = true;
  const std::size_t told = rig.script().journal.size();
  rig.start(StartMode::recovery);
  rig.market("100");
  CHECK(rig.engine->trading() == TradingMode::halted);
  CHECK(rig.count_alerts("strategy_memory") == 1);
  CHECK(rig.script().journal.size() == told);
  CHECK(rig.status(*rig.stop) == OrderStatus::open);
}

}  // namespace s1mple
