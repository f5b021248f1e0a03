// SafeStops: in safe mode and in an operator's halt no strategy can keep its stops, so the recorded protective rule of
// each position is enforced.
//
// After a successful reconciliation, for the confirmed quantity only, and only where working sells (in doubt
// included) do not cover it already. A stop that is crossed by the first fresh price is an alert, not an
// order.
// Owner: the engine. Thread: loop.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>

#include "orchestrator/engine/order_entry.h"

namespace s1mple {

class SafeStops {
 public:
  static constexpr Nanos kRetry = 60s;  // after a refusal of the venue

  SafeStops(Recorder& recorder, OrderEntry& orders, Notices& notices, const MarketView& market)
      : recorder_(recorder), orders_(orders), notices_(notices), market_(market) {}

  // Only while reconciled. `guarded`: whose positions.
  void advance(const std::function<bool(const StrategyName&)>& guarded);
  [[nodiscard]] std::optional<WallTime> wake_at() const { return next_try_; }

 private:
  void protect(const PositionKey& key, const Position& position);
  void place(const PositionKey& key, Price stop, Quantity quantity);

  Recorder& recorder_;
  OrderEntry& orders_;
  Notices& notices_;
  const MarketView& market_;
  std::map<PositionKey, WallTime> tried_;
  std::set<PositionKey> told_;
  std::optional<WallTime> next_try_;
};

}  // namespace s1mple
