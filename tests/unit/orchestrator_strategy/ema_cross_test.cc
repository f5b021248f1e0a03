#include "orchestrator/strategy/ema_cross.h"

#include <algorithm>

#include "tests/support/catch.h"
#include "tests/support/fake_strategy_context.h"
#include "tests/unit/orchestrator_strategy/ema_cross_rig.h"

using namespace s1mple;
using namespace s1mple::literals;

TEST_CASE("ema_cross: buys once when the fast average crosses above, with the stop as its protective rule") {
  auto s = rig(GENERATE(false, true));
  cross_above(s);
  CHECK(s.context.decisions == std::vector<std::string>{"buy market 0.01"});
  const auto& intent = s.context.at(entry_of(s)).intent;
  CHECK(intent.protection.kind == ProtectionKind::stop);
  CHECK(intent.protection.stop_price.text() == "49196");
  for (int i = 0; i < 10; ++i) s.trade(kHigh);
  CHECK(s.context.decisions.size() == 1);
}

TEST_CASE("ema_cross: does nothing before it is warm, and the first side is no cross") {
  auto s = rig(GENERATE(false, true));
  for (int i = 0; i < 3; ++i) s.trade(kLow);
  for (int i = 0; i < 20; ++i) s.trade(kHigh);
  CHECK(s.context.decisions.empty());
}

TEST_CASE("ema_cross: leaves by cancelling the stop, waiting for the evidence, and selling") {
  auto s = rig(GENERATE(false, true));
  hold(s);
  const ClientId stop = stop_of(s);
  cross_below(s);
  CHECK(s.context.decisions.back() == "cancel " + stop.text());
  s.trade(kLow);
  CHECK(s.context.decisions.back() == "cancel " + stop.text());
  s.context.close(stop, Outcome::cancelled);
  s.deliver();
  CHECK(s.context.decisions.back() == "sell market 0.01");
  s.trade(kLow);
  CHECK(s.context.decisions.back() == "sell market 0.01");
  s.context.fill(only(s.context.working(Side::sell, OrderType::market)), kLow);
  s.deliver();
  CHECK(s.context.held.quantity.is_zero());
  CHECK(s.context.violations.empty());
  const auto before = s.context.decisions.size();
  for (int i = 0; i < 5; ++i) s.trade(kLow);
  CHECK(s.context.decisions.size() == before);
  s.trade(kHigh);
  CHECK(s.context.decisions.back() == "buy market 0.01");
}

TEST_CASE("ema_cross: a cross below while the entry works cancels what is left and sells what was bought") {
  auto s = rig(GENERATE(false, true));
  cross_above(s);
  const ClientId entry = entry_of(s);
  s.context.fill(entry, Quantity("0.004"_dec), kHigh);
  s.deliver();
  const ClientId stop = stop_of(s);
  cross_below(s);
  CHECK(s.context.at(entry).request == RequestKind::cancelling);
  CHECK(s.context.at(stop).request == RequestKind::cancelling);
  s.context.fill(entry, Quantity("0.001"_dec), kHigh);
  s.context.close(entry, Outcome::cancelled);
  s.deliver();
  s.context.close(stop, Outcome::cancelled);
  s.deliver();
  CHECK(s.context.decisions.back() == "sell market 0.005");
  CHECK(s.context.violations.empty());
}

TEST_CASE("ema_cross: a refused entry waits for the next cross") {
  auto s = rig(GENERATE(false, true));
  const bool at_once = GENERATE(true, false);
  const Outcome outcome =
      GENERATE(Outcome::rejected, Outcome::abandoned, Outcome::expired, Outcome::cancelled);
  if (at_once) s.context.refuse = 1;
  cross_above(s);
  if (!at_once) s.context.close(entry_of(s), outcome);
  s.deliver();
  for (int i = 0; i < 10; ++i) s.trade(kHigh);
  s.wait(10min);
  CHECK(s.context.decisions.size() == 1);
  cross_below(s);
  s.trade(kHigh);
  CHECK(s.context.decisions.size() == 2);
}

TEST_CASE("ema_cross: what is not bought in time is cancelled, and what was bought is kept with its stop") {
  auto s = rig(GENERATE(false, true));
  cross_above(s);
  const ClientId entry = entry_of(s);
  s.context.accept(entry);
  s.context.fill(entry, Quantity("0.004"_dec), kHigh);
  s.deliver();
  s.wait(29s);
  CHECK(s.context.at(entry).request == RequestKind::none);
  s.wait(1s);
  CHECK(s.context.at(entry).request == RequestKind::cancelling);
  s.context.refuse_cancel(entry);
  s.wait(CloseOut::kAskAgain);
  CHECK(s.context.at(entry).request == RequestKind::cancelling);
  s.context.close(entry, Outcome::cancelled);
  s.deliver();
  CHECK(s.context.working_sells() == Quantity("0.004"_dec));
  s.wait(10min);
  CHECK(s.context.working_sells() == Quantity("0.004"_dec));
}

TEST_CASE("ema_cross: a position that appears together with the cross is covered, not doubled") {
  auto s = rig(GENERATE(false, true));
  for (int i = 0; i < 3; ++i) s.trade(kMid);
  for (int i = 0; i < 5; ++i) s.trade(kLow);
  s.context.held.quantity = kSize;
  s.context.held.cost = Money("500"_dec);
  s.trade(kHigh);
  CHECK(s.context.decisions == std::vector<std::string>{"sell stop_loss 0.01 at 49000 protective"});
}

TEST_CASE("ema_cross: an order left over of a position that somebody else closed is cancelled") {
  auto s = rig(GENERATE(false, true));
  hold(s);
  const ClientId stop = stop_of(s);
  s.context.held = Position{};  // an operator's flatten sold it
  s.trade(kHigh);
  CHECK(s.context.decisions.back() == "cancel " + stop.text());
  s.context.close(stop, Outcome::cancelled);
  s.deliver();
  CHECK(s.context.working().empty());
}

TEST_CASE("ema_cross: a limit entry rests at the last price") {
  auto with_limit = config();
  with_limit.entry = EntryType::limit;
  auto s = rig(GENERATE(false, true), with_limit);
  cross_above(s);
  CHECK(s.context.decisions == std::vector<std::string>{"buy limit 0.01 at 50200"});
}

TEST_CASE("ema_cross: with bars only the last trade of a bar counts, and empty bars count for nothing") {
  auto with_bars = config();
  with_bars.bar = 60s;
  auto s = rig(GENERATE(false, true), with_bars);
  const auto bar = [&](Price close) {
    s.trade(Price("1000"_dec), 30s);
    s.trade(close, 30s);
  };
  s.context.time = from_unix_nanos(1'700'000'000'000'000'000 / 60'000'000'000 * 60'000'000'000) - 1s;
  for (int i = 0; i < 4; ++i) bar(kMid);
  for (int i = 0; i < 5; ++i) bar(kLow);
  CHECK(s.context.decisions.empty());
  s.trade(kHigh, 30s);
  CHECK(s.context.decisions.empty());
  s.trade(kHigh, 24h);  // the bar is closed by the first trade after it, however late
  CHECK(s.context.decisions == std::vector<std::string>{"buy market 0.01"});
}

TEST_CASE("ema_cross: another symbol's trades are none of its business") {
  auto s = rig(false);
  EmaCross strategy(Symbol("ETH/EUR"), config());
  for (int i = 0; i < 50; ++i)
    strategy.on_market(
        {Symbol("BTC/EUR"), i % 10 < 5 ? kLow : kHigh, kSize, std::nullopt, s.context.time, 0, {}},
        s.context);
  CHECK(s.context.decisions.empty());
}

TEST_CASE("ema_cross: a price of a few steps leaves no room for a stop, so that it does not enter") {
  auto s = rig(GENERATE(false, true));
  s.context.rules.price_step = Price("10000"_dec);
  s.context.rules.cost_min = Money();
  for (int i = 0; i < 6; ++i) s.trade(Price("10000"_dec));
  s.trade(Price("9000"_dec));
  s.trade(Price("10000"_dec));
  s.trade(Price("10000"_dec));
  CHECK(s.context.decisions.empty());
}

TEST_CASE("ema_cross: a memory that is not its own is refused and nothing changes") {
  const char* const memory =
      GENERATE("{}", "7", R"({"signal":{}})",
               R"({"signal":{"seen":1,"fast":"1","slow":"x","side":"below"},"stops":{}})",
               R"({"signal":{"seen":1,"fast":"1","slow":"1","side":"up"},"stops":{}})",
               R"({"signal":{"seen":1,"fast":"1","slow":"1","side":"below"}})",
               R"({"signal":{"seen":1,"fast":"1","slow":"1","side":"below"},"stops":{},"leaving":"x"})",
               R"({"signal":{"seen":1,"fast":"1","slow":"1","side":"below"},"stops":{"placed":[7]}})");
  CAPTURE(memory);
  EmaCross strategy(Symbol("BTC/EUR"), config());
  JsonWriter before, after;
  strategy.save(before);
  CHECK_FALSE(strategy.restore(JsonValue::parse(memory).value()).ok());
  strategy.save(after);
  CHECK(before.str() == after.str());
}
