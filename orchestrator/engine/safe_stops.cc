#include "orchestrator/engine/safe_stops.h"

#include <algorithm>

namespace s1mple {

void SafeStops::advance(const std::function<bool(const StrategyName&)>& guarded) {
  next_try_.reset();
  std::vector<std::pair<PositionKey, Position>> exposed;
  for (const auto& [key, position] : recorder_.books().positions())
    if (position.quantity.is_positive() && position.protection.kind == ProtectionKind::stop && guarded(key.strategy))
      exposed.emplace_back(key, position);
  for (const auto& [key, position] : exposed) protect(key, position);
}

void SafeStops::protect(const PositionKey& key, const Position& position) {
  const Instrument* instrument = recorder_.index().instrument(key.symbol);
  if (instrument == nullptr) return;
  const Quantity missing = position.quantity - recorder_.index().group(key).sells;
  const Quantity quantity(missing.value.rounded_to(instrument->quantity_step.value, Rounding::floor));
  if (quantity < instrument->quantity_min || !quantity.is_positive()) return;
  const auto last = market_.last_price(key.symbol);
  if (!last) return;  // without a fresh price nobody knows whether it is crossed
  const Price stop = position.protection.stop_price;
  if (*last > stop) return place(key, stop, quantity);
  if (told_.insert(key).second)
    notices_.critical("stop_crossed", "the stop of " + key.strategy.text() + " on " + key.symbol.text() +
                                          " at " + stop.text() + " is missing and the price is already " +
                                          last->text() + ": no order was made, decide by hand (flatten)");
}

void SafeStops::place(const PositionKey& key, Price stop, Quantity quantity) {
  if (const auto before = tried_.find(key);
      before != tried_.end() && before->second + kRetry > recorder_.now()) {
    next_try_ = next_try_ ? std::min(*next_try_, before->second + kRetry) : before->second + kRetry;
    return;
  }
  tried_[key] = recorder_.now();
  OrderRequest request;
  request.symbol = key.symbol;
  request.side = Side::sell;
  request.type = OrderType::stop_loss;
  request.quantity = quantity;
  request.price = stop;
  request.protective = true;
  request.purpose = "no strategy may place it now: the stop of the position was missing";
  if (orders_.place(key.strategy, request, OrderOrigin::safe_stop))
    notices_.critical("stop_replaced", "the missing stop of " + key.strategy.text() + " on " +
                                           key.symbol.text() + " over " + quantity.text() + " at " +
                                           stop.text() + " is placed again");
}

}  // namespace s1mple
