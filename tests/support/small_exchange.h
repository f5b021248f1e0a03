// SmallExchange: a cooperative exchange for FakeStrategyContext, for whole runs of a strategy over many
// prices.
//
// At each price it accepts what is new (a post-only order that would take is rejected), does what was asked
// to be cancelled, triggers stops, and fills market orders, stops and crossed limits wholly. No queue, no
// volume: the paper exchange has those. Then it tells the strategy. Owner: a test.
#pragma once

#include "tests/support/fake_strategy_context.h"

namespace s1mple {

class SmallExchange {
 public:
  explicit SmallExchange(StrategyRig& rig) : rig_(rig) {}

  void trade(Price price, Nanos after) {
    rig_.context.time += after;
    work(price);  // the exchange first: orders rest there
    rig_.deliver();
    rig_.trade(price, Nanos(0));
    settle();
  }
  // Everything that needs no new price.
  void settle() {
    while (work(*rig_.context.price)) rig_.deliver();
  }
  [[nodiscard]] int fills() const { return fills_; }

 private:
  bool work(Price price) {
    bool worked = false;
    for (const auto& id : rig_.context.working()) worked = work_on(id, price) || worked;
    return worked;
  }
  bool work_on(const ClientId& id, Price price) {
    const Order& order = rig_.context.at(id);
    const auto& intent = order.intent;
    if (order.request == RequestKind::cancelling) return close(id, Outcome::cancelled);
    const bool buys = intent.side == Side::buy;
    const bool crossed = !intent.price || (buys ? price < *intent.price : price > *intent.price);
    switch (intent.type) {
      case OrderType::market: return fill(id, price);
      case OrderType::stop_loss:
        if (price <= *intent.price) return fill(id, price);
        break;
      case OrderType::limit:
        if (order.stage == Stage::intended && intent.post_only && crossed)
          return close(id, Outcome::rejected);
        if (crossed) return fill(id, *intent.price);
        break;
    }
    rig_.context.accept(id);
    return false;
  }
  bool fill(const ClientId& id, Price price) {
    rig_.context.fill(id, price);
    ++fills_;
    return true;
  }
  bool close(const ClientId& id, Outcome outcome) {
    rig_.context.close(id, outcome);
    return true;
  }
  StrategyRig& rig_;
  int fills_ = 0;
};

}  // namespace s1mple
