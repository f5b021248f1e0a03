// Properties of the built-in strategies under an exchange that does whatever an exchange can do, in any
// order.

#include <functional>

#include "common/base/random.h"
#include "orchestrator/strategy/ema_cross.h"
#include "orchestrator/strategy/grid.h"
#include "tests/support/catch.h"
#include "tests/support/small_exchange.h"

using namespace s1mple;
using namespace s1mple::literals;

namespace {

const Quantity kSize("0.01"_dec);

StrategyRig::Maker ema_cross() {
  EmaCross::Config config;
  config.fast = 2;
  config.slow = 5;
  config.quantity = kSize;
  config.stop_distance = "0.004"_dec;
  return [config] { return std::make_unique<EmaCross>(Symbol("BTC/EUR"), config); };
}

StrategyRig::Maker grid(const char* stop_below) {
  Grid::Config config;
  config.levels = 3;
  config.quantity = kSize;
  config.stop_below = Decimal::parse(stop_below).value();
  config.recentre_after = 20s;
  return [config] { return std::make_unique<Grid>(Symbol("BTC/EUR"), config); };
}

// One thing that can happen: a price, time, or the exchange doing something to one of its orders.
class Disorder {
 public:
  Disorder(StrategyRig& rig, std::uint64_t seed) : rig_(rig), random_(seed) {}

  void once() {
    auto& context = rig_.context;
    if (context.refuse == 0 && random_.chance(1, 60))
      context.refuse = static_cast<int>(random_.between(1, 8));
    const auto ids = context.working();
    const auto what = random_.below(10);
    if (ids.empty() || what < 4 || !context.price) return price();
    if (what == 4) return rig_.wait(Nanos(random_.between(1, 20'000)) * 1'000'000);
    if (what == 5) return rig_.deliver();
    to_order(ids[random_.below(ids.size())]);
    if (random_.chance(2, 3)) rig_.deliver();
  }

 private:
  void price() {
    middle_ = std::clamp<std::int64_t>(middle_ + random_.between(-400, 400), 400'000, 600'000);
    rig_.trade(Price(Decimal::from_scaled(middle_, 1)), Nanos(random_.between(0, 3'000'000'000)));
  }
  void to_order(const ClientId& id) {
    auto& context = rig_.context;
    const Order order = context.at(id);
    const bool cancelling = order.request == RequestKind::cancelling;
    switch (random_.below(6)) {
      case 0: context.accept(id); break;
      case 1: context.fill(id, context.price.value()); break;
      case 2: {
        const auto steps = static_cast<std::int64_t>(order.remaining().value.units() /
                                                     context.rules.quantity_step.value.units());
        const Decimal part = Decimal::from_scaled(random_.between(1, steps), 8);
        context.fill(id, Quantity(part), context.price.value());
        break;
      }
      case 3:
        if (cancelling) context.close(id, Outcome::cancelled);
        break;
      case 4:
        if (cancelling) context.refuse_cancel(id);
        break;
      case 5:
        if (random_.chance(1, 3))
          context.close(id, random_.chance(1, 2) ? Outcome::rejected : Outcome::abandoned);
        break;
    }
  }
  StrategyRig& rig_;
  Random random_;
  std::int64_t middle_ = 500'000;
};

Quantity working_buys(const FakeStrategyContext& context) {
  Quantity all;
  for (const auto& id : context.working())
    if (context.at(id).intent.side == Side::buy) all += context.at(id).remaining();
  return all;
}

// Held, not covered by any sell, and large enough for one.
bool is_bare(const FakeStrategyContext& context, Quantity of_working_buys = {}) {
  const Quantity bare = context.held.quantity - context.working_sells() - of_working_buys;
  return !sellable(context.rules, bare, context.price).is_zero();
}

// A grid sells what a buy brought when the buy has ended.
Quantity filled_of_working_buys(const FakeStrategyContext& context) {
  Quantity all;
  for (const auto& id : context.working())
    if (context.at(id).intent.side == Side::buy) all += context.at(id).filled;
  return all;
}

// Plain conditions: a CHECK in every step would cost more than the steps.
void must(bool holds, const char* what) {
  if (!holds) FAIL(what);
}

void must_always(const FakeStrategyContext& context) {
  must(context.violations.empty(), "a rule was broken");
  must(!context.held.quantity.is_negative(), "more was sold than held");
  must(context.working_sells() <= context.held.quantity, "more is to be sold than is held");
}

}  // namespace

TEST_CASE(
    "ema_cross: in any disorder it has one entry, sells only what it holds, and bare positions have a way "
    "on") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 21));
  CAPTURE(seed);
  StrategyRig rig(ema_cross(), btc_eur(), false, seed % 2 == 0);
  Disorder disorder(rig, seed);
  int entries = 0;
  for (int i = 0; i < 1000; ++i) {
    disorder.once();
    must_always(rig.context);
    const auto buys = rig.context.working(Side::buy, OrderType::market).size();
    must(buys <= 1, "two entries");
    const Quantity at_most = rig.context.held.quantity + working_buys(rig.context);
    must(at_most < kSize + Quantity("0.0002"_dec), "more than one entry and dust");
    entries += static_cast<int>(buys);
    if (rig.context.reports.empty() && is_bare(rig.context)) {
      CAPTURE(rig.saved());
      // A stop or a sale was refused: the timer brings the next try.
      must(rig.context.wake && *rig.context.wake - rig.context.time <= Retry::kCap, "bare without a timer");
    }
  }
  CHECK(entries > 0);
}

TEST_CASE("grid: in any disorder it sells only what it holds, and holds no more than its slots") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 21));
  const char* const stop_below = GENERATE("0", "0.002");
  CAPTURE(seed);
  StrategyRig rig(grid(stop_below), btc_eur(), false, seed % 2 == 0);
  Disorder disorder(rig, seed);
  Quantity most;
  for (int i = 0; i < 1000; ++i) {
    disorder.once();
    must_always(rig.context);
    must(rig.context.working().size() <= 7, "more orders than six slots and a sale");
    most = std::max(most, rig.context.held.quantity + working_buys(rig.context));
  }
  CHECK(most <= Quantity("0.0606"_dec));  // dust of partial fills may stay in a slot
  CHECK(most >= kSize);
}

TEST_CASE("strategies: when the exchange behaves again, everything is in order after a while") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 13));
  const int kind = GENERATE(0, 1, 2);
  CAPTURE(seed, kind);
  StrategyRig rig(kind == 0 ? ema_cross() : grid(kind == 1 ? "0" : "0.002"), btc_eur(), false, seed % 2 == 0);
  Disorder disorder(rig, seed);
  for (int i = 0; i < 600; ++i) disorder.once();
  rig.context.refuse = 0;
  rig.deliver();
  SmallExchange exchange(rig);
  const Price price = rig.context.price.value();
  for (int i = 0; i < 200; ++i) {
    exchange.trade(price + (i % 2 == 0 ? Price("0.1"_dec) : Price()), 100ms);
    rig.wait(1s);
    exchange.settle();
  }
  must_always(rig.context);
  CAPTURE(rig.saved());
  CHECK_FALSE(is_bare(rig.context, kind == 0 ? Quantity() : filled_of_working_buys(rig.context)));
  if (kind == 1) CHECK_FALSE(rig.context.working().empty());
}

TEST_CASE("strategies: thrown away and restored after every call, they decide the same") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 13));
  const int kind = GENERATE(0, 1, 2);
  CAPTURE(seed, kind);
  std::vector<std::string> decisions, memories;
  for (const bool reborn : {false, true}) {
    // Nor does it matter whether orders are in the books within the call or after it.
    StrategyRig rig(kind == 0 ? ema_cross() : grid(kind == 1 ? "0" : "0.002"), btc_eur(), reborn, !reborn);
    Disorder disorder(rig, seed);
    for (int i = 0; i < 800; ++i) disorder.once();
    memories.push_back(rig.saved());
    if (!reborn)
      decisions = rig.context.decisions;
    else
      CHECK(rig.context.decisions == decisions);
  }
  CHECK(memories[0] == memories[1]);
  CHECK(decisions.size() > 20);
}
