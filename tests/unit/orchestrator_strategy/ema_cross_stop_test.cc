// What protects the position of an ema_cross: its stops, and the sale that takes their place.

#include "orchestrator/strategy/ema_cross.h"

#include <algorithm>

#include "tests/support/catch.h"
#include "tests/support/fake_strategy_context.h"
#include "tests/unit/orchestrator_strategy/ema_cross_rig.h"

using namespace s1mple;
using namespace s1mple::literals;

TEST_CASE("ema_cross: every partial fill gets its stop at once") {
  auto s = rig(GENERATE(false, true));
  cross_above(s);
  const ClientId entry = entry_of(s);
  s.context.fill(entry, Quantity("0.004"_dec), kHigh);
  s.deliver();
  CHECK(s.context.decisions.back() == "sell stop_loss 0.004 at 49196 protective");
  s.context.fill(entry, Quantity("0.006"_dec), kHigh);
  s.deliver();
  CHECK(s.context.decisions.back() == "sell stop_loss 0.006 at 49196 protective");
  CHECK(s.context.working_sells() == kSize);
  CHECK(s.context.violations.empty());
}

TEST_CASE("ema_cross: a fill that is too small for an order waits for the next one") {
  auto s = rig(GENERATE(false, true));
  cross_above(s);
  s.context.fill(entry_of(s), Quantity("0.00005"_dec), kHigh);
  s.deliver();
  CHECK(s.context.decisions.size() == 1);
  s.context.fill(entry_of(s), Quantity("0.0002"_dec), kHigh);
  s.deliver();
  CHECK(s.context.decisions.back() == "sell stop_loss 0.00025 at 49196 protective");
}

TEST_CASE("ema_cross: many small fills end in few stops, all of it covered") {
  auto s = rig(GENERATE(false, true));
  cross_above(s);
  const ClientId entry = entry_of(s);
  for (int i = 0; i < 20; ++i) {
    s.context.fill(entry, Quantity("0.0005"_dec), kHigh);
    s.deliver();
    for (const auto& id : s.context.working(Side::sell, OrderType::stop_loss)) {
      if (s.context.at(id).request == RequestKind::cancelling) s.context.close(id, Outcome::cancelled);
    }
    s.deliver();
    CHECK(s.context.working_sells() == s.context.held.quantity);
    CHECK(s.context.working(Side::sell, OrderType::stop_loss).size() <= StopKeeper::kMaxStops + 1);
  }
  CHECK(s.context.held.quantity == kSize);
  CHECK(s.context.violations.empty());
}

TEST_CASE("ema_cross: is flat when the stop was filled, and waits for the next cross") {
  auto s = rig(GENERATE(false, true));
  hold(s);
  s.context.fill(stop_of(s), Price("49190"_dec));
  s.deliver();
  const auto before = s.context.decisions.size();
  s.trade(kHigh);
  s.trade(kHigh);
  CHECK(s.context.decisions.size() == before);
  cross_below(s);
  CHECK(s.context.decisions.size() == before);
  s.trade(kHigh);
  CHECK(s.context.decisions.back() == "buy market 0.01");
}

TEST_CASE("ema_cross: the stop is filled while its cancel is on the way") {
  auto s = rig(GENERATE(false, true));
  hold(s);
  const ClientId stop = stop_of(s);
  cross_below(s);
  const bool wholly = GENERATE(true, false);
  if (wholly) {
    s.context.fill(stop, kLow);
    s.deliver();
    CHECK(s.context.held.quantity.is_zero());
    CHECK(s.context.working().empty());
  } else {
    s.context.fill(stop, Quantity("0.007"_dec), kLow);
    s.context.close(stop, Outcome::cancelled);
    s.deliver();
    CHECK(s.context.decisions.back() == "sell market 0.003");
  }
  CHECK(s.context.violations.empty());
}

TEST_CASE("ema_cross: a stop that is refused is tried again on the timer, and then the position is sold") {
  auto s = rig(GENERATE(false, true));
  const bool at_once = GENERATE(true, false);
  cross_above(s);
  if (at_once) s.context.refuse = 1000;
  s.context.fill(entry_of(s), kHigh);
  s.deliver();
  for (int tries = 0; tries < 100; ++tries) {
    if (at_once) {
      if (s.context.decisions.back() == "refused sell market 0.01") break;
    } else {
      const auto stops = s.context.working(Side::sell, OrderType::stop_loss);
      if (stops.empty()) break;
      s.context.close(stops[0], GENERATE(Outcome::rejected, Outcome::abandoned));
      s.deliver();
    }
    const auto before = s.context.decisions.size();
    s.trade(kHigh, 1ms);  // a trade does not hasten it
    if (s.context.working().empty()) CHECK(s.context.decisions.size() == before);
    s.timer();
  }
  CHECK(
      std::count_if(s.context.decisions.begin(), s.context.decisions.end(), [](const std::string& decision) {
        return decision.find("stop_loss") != std::string::npos;
      }) == StopKeeper::kMaxFailures);
  s.context.refuse = 0;
  s.timer();
  CHECK(s.context.decisions.back() == "sell market 0.01");
  CHECK(s.context.violations.empty());
}

TEST_CASE("ema_cross: a stop that was refused once is back after the first delay") {
  auto s = rig(GENERATE(false, true));
  cross_above(s);
  s.context.fill(entry_of(s), kHigh);
  s.deliver();
  s.context.close(stop_of(s), Outcome::rejected);
  s.deliver();
  CHECK(s.context.working().empty());
  CHECK(s.context.wake == s.context.time + Retry::kBase);
  s.timer();
  CHECK(s.context.working_sells() == kSize);
}

TEST_CASE("ema_cross: a price that has passed the stop before it could be placed leads to a sale") {
  auto s = rig(GENERATE(false, true));
  cross_above(s);
  s.context.price = Price("49000"_dec);
  s.context.fill(entry_of(s), kHigh);
  s.deliver();
  CHECK(s.context.decisions.back() == "sell market 0.01");
}

TEST_CASE(
    "ema_cross: a sale that fails is tried again for as long as there is a position, ever more slowly") {
  auto s = rig(GENERATE(false, true));
  hold(s);
  const ClientId stop = stop_of(s);
  cross_below(s);
  s.context.close(stop, Outcome::cancelled);
  s.context.refuse = 20;
  s.deliver();
  const WallTime start = s.context.time;
  for (int i = 0; s.context.refuse > 0 && i < 100; ++i) s.timer();
  CHECK(s.context.refuse == 0);
  CHECK(s.context.time - start > 10min);
  CHECK(s.context.time - start < 20min);
  s.timer();
  const ClientId sale = only(s.context.working(Side::sell, OrderType::market));
  s.context.fill(sale, Quantity("0.004"_dec), kLow);
  s.context.close(sale, Outcome::cancelled);
  s.deliver();
  s.timer();
  CHECK(s.context.decisions.back() == "sell market 0.006");
}

TEST_CASE("ema_cross: a sale that the exchange rejects is not repeated at once") {
  auto s = rig(GENERATE(false, true));
  hold(s);
  const ClientId stop = stop_of(s);
  cross_below(s);
  s.context.close(stop, Outcome::cancelled);
  s.deliver();
  s.context.close(only(s.context.working(Side::sell, OrderType::market)), Outcome::rejected);
  s.deliver();
  s.trade(kLow, 1ms);
  CHECK(s.context.working().empty());
  CHECK(s.context.wake);
  s.timer();
  CHECK(s.context.decisions.back() == "sell market 0.01");
}

TEST_CASE("ema_cross: a late fill of an order that counted as abandoned gets its stop") {
  auto s = rig(GENERATE(false, true));
  cross_above(s);
  const ClientId entry = entry_of(s);
  s.context.close(entry, Outcome::abandoned);
  s.deliver();
  s.context.fill(entry, Quantity("0.003"_dec), kHigh);
  s.deliver();
  CHECK(s.context.decisions.back() == "sell stop_loss 0.003 at 49196 protective");
}

TEST_CASE("ema_cross: a position without memory is protected by its recorded rule, or from its cost") {
  auto s = rig(GENERATE(false, true));
  const bool recorded = GENERATE(true, false);
  s.context.held.quantity = kSize;
  s.context.held.cost = Money("500"_dec);
  if (recorded) s.context.held.protection = {ProtectionKind::stop, Price("48000"_dec)};
  s.trade(kMid);
  CHECK(s.context.decisions.back() ==
        std::string("sell stop_loss 0.01 at ") + (recorded ? "48000" : "49000") + " protective");
}

TEST_CASE("ema_cross: a stop that safe mode placed counts") {
  auto s = rig(GENERATE(false, true));
  s.context.held.quantity = kSize;
  s.context.held.cost = Money("500"_dec);
  Order stop;
  stop.intent.client_id = ClientId("safe");
  stop.intent.symbol = Symbol("BTC/EUR");
  stop.intent.side = Side::sell;
  stop.intent.type = OrderType::stop_loss;
  stop.intent.quantity = kSize;
  stop.intent.protective = true;
  s.context.book.emplace(stop.intent.client_id, stop);
  s.trade(kMid);
  CHECK(s.context.decisions.empty());
}
