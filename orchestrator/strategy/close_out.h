// CloseOut: leaves a position the safe way: cancel everything, wait for the evidence, then sell what is held.
//
// A venue holds back what resting sells would deliver, so that nothing can be sold before they are gone. A
// cancel is asked for again after kAskAgain while the order still works; a refused sale is tried again at the
// pace of Retry for as long as there is a position, because giving up would leave it unprotected. Dust is
// left over and is no position.
// Owner: a strategy, which calls a step in each of its calls while leaving. Memory: save() and restore().
#pragma once

#include <optional>
#include <string>

#include "orchestrator/strategy/own_orders.h"
#include "orchestrator/strategy/retry.h"

namespace s1mple {

class CloseOut {
 public:
  static constexpr Nanos kAskAgain = 5s;

  // A new episode: nothing asked yet.
  void begin() { *this = CloseOut(); }
  // True once none of the orders works any more.
  bool cancel_all(StrategyContext& context, const OwnOrders& orders);
  // True once nothing works and nothing sellable is held.
  bool step(StrategyContext& context, const Symbol& symbol, const OwnOrders& orders,
            const std::string& purpose);
  // When the next step has something to do by itself.
  [[nodiscard]] std::optional<WallTime> wake_at() const { return wake_at_; }

  void save(JsonWriter& out) const;  // one object
  [[nodiscard]] static Result<CloseOut> restore(const JsonValue& object);

 private:
  void ask(StrategyContext& context, const std::vector<const Order*>& orders);
  void judge_exit(StrategyContext& context);

  std::optional<WallTime> ask_again_at_;
  std::optional<ClientId> exit_;     // the market sell, until its end was seen
  Retry retry_;                      // of the sale
  std::optional<WallTime> wake_at_;  // made anew in each step
};

}  // namespace s1mple
