// StopKeeper: keeps what a strategy holds covered by protective stop_loss orders at the exchange.
//
// Each call covers at once whatever is held and not yet covered, so that every partial fill gets its stop. A
// stop that was refused or vanished is placed again at the pace of Retry; after kMaxFailures it gives up and
// the owner sells. More than kMaxStops small stops are folded: two are cancelled, and what they covered gets
// one. What the venue would not take as an order (dust) stays uncovered.
// Owner: a strategy that sells nothing else meanwhile. Memory: save() and restore().
#pragma once

#include <set>
#include <string>

#include "orchestrator/strategy/own_orders.h"
#include "orchestrator/strategy/retry.h"

namespace s1mple {

enum class Cover : std::uint8_t { covered, waiting, failed };

class StopKeeper {
 public:
  static constexpr std::int64_t kMaxFailures = 5;
  static constexpr std::size_t kMaxStops = 8;

  // failed: the stop cannot be placed, or its price has been crossed already. Sell instead.
  Cover keep(StrategyContext& context, const Symbol& symbol, const OwnOrders& orders, Price stop_price);
  void reset() { *this = StopKeeper(); }
  [[nodiscard]] std::optional<WallTime> wake_at() const { return wake_at_; }
  [[nodiscard]] const std::string& why() const { return why_; }  // of failed

  void save(JsonWriter& out) const;  // one object
  [[nodiscard]] static Result<StopKeeper> restore(const JsonValue& object);

 private:
  void judge(StrategyContext& context);
  void fold(StrategyContext& context, const OwnOrders& orders);
  bool place(StrategyContext& context, const Symbol& symbol, Quantity quantity, Price stop_price);

  std::set<ClientId> placed_;  // working, as far as was seen
  Retry retry_;
  std::optional<WallTime> wake_at_;  // made anew in each call
  std::string why_;                  // likewise
};

}  // namespace s1mple
