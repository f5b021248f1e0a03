#include "orchestrator/strategy/own_orders.h"

#include <algorithm>

namespace s1mple {
namespace {

Price scaled(const Instrument& instrument, Price price, Decimal factor) {
  const Decimal step = instrument.price_step.value;
  const auto product = Decimal::checked_multiply(price.value, factor);
  return Price(product ? std::max(product->rounded_to(step, Rounding::floor), step) : step);
}

}  // namespace

OwnOrders own_orders(const StrategyContext& context, const Symbol& symbol) {
  OwnOrders own;
  for (const Order* order : context.working_orders()) {
    if (order->intent.symbol != symbol) continue;
    if (order->intent.side == Side::buy) {
      own.buys.push_back(order);
    } else if (order->intent.protective) {
      own.stops.push_back(order);
      own.stopped += order->remaining();
    } else {
      own.sells.push_back(order);
      own.selling += order->remaining();
    }
  }
  return own;
}

bool is_cancelling(const Order& order) { return order.request == RequestKind::cancelling; }

Quantity sellable(const Instrument& instrument, Quantity quantity, std::optional<Price> price) {
  if (!quantity.is_positive()) return {};
  const Quantity whole(quantity.value.rounded_to(instrument.quantity_step.value, Rounding::floor));
  if (whole < instrument.quantity_min || whole.is_zero()) return {};
  const auto cost = price ? cost_of(*price, whole) : std::nullopt;
  return cost && *cost < instrument.cost_min ? Quantity{} : whole;
}

Price below(const Instrument& instrument, Price price, Decimal fraction) {
  return scaled(instrument, price, Decimal::from_int(1) - fraction);
}

Price above(const Instrument& instrument, Price price, Decimal fraction) {
  return scaled(instrument, price, Decimal::from_int(1) + fraction);
}

}  // namespace s1mple
