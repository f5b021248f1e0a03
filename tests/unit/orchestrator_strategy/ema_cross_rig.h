// What the tests of ema_cross share: a quick configuration, and the market that makes it enter and leave.
//
// kLow keeps the averages down, kMid is between, kHigh makes the fast one cross above. Thread: one.
#pragma once

#include "orchestrator/strategy/ema_cross.h"
#include "tests/support/catch.h"
#include "tests/support/fake_strategy_context.h"

namespace s1mple {

using namespace literals;

inline const Price kLow("49900"_dec);
inline const Price kMid("50000"_dec);
inline const Price kHigh("50200"_dec);
inline const Quantity kSize("0.01"_dec);

inline EmaCross::Config config() {
  EmaCross::Config made;
  made.fast = 2;
  made.slow = 4;
  made.quantity = kSize;
  made.stop_distance = "0.02"_dec;
  return made;
}

inline StrategyRig rig(bool reborn, const EmaCross::Config& given = config()) {
  return {[given] { return std::make_unique<EmaCross>(Symbol("BTC/EUR"), given); }, btc_eur(), reborn};
}

// Warm, on the lower side, then one trade that makes it cross above.
inline void cross_above(StrategyRig& s) {
  for (int i = 0; i < 3; ++i) s.trade(kMid);
  for (int i = 0; i < 5; ++i) s.trade(kLow);
  s.trade(kHigh);
}

inline void cross_below(StrategyRig& s) {
  for (int i = 0; i < 6; ++i) s.trade(kLow);
}

inline ClientId only(const std::vector<ClientId>& ids) {
  REQUIRE(ids.size() == 1);
  return ids[0];
}

inline ClientId entry_of(StrategyRig& s) { return only(s.context.working(Side::buy, OrderType::market)); }
inline ClientId stop_of(StrategyRig& s) { return only(s.context.working(Side::sell, OrderType::stop_loss)); }

// Entered, filled and covered.
inline void hold(StrategyRig& s) {
  cross_above(s);
  s.context.fill(entry_of(s), kHigh);
  s.deliver();
  s.context.accept(stop_of(s));
}

}  // namespace s1mple
