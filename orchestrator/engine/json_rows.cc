#include "orchestrator/engine/json_rows.h"

#include <algorithm>

namespace s1mple {
namespace {

struct Digits {
  int price = 0, quantity = 0, cost = 0;
};

Digits digits_of(const Symbol& symbol, const OrderIndex& index) {
  const Instrument* rules = index.instrument(symbol);
  return rules == nullptr ? Digits{}
                          : Digits{rules->price_digits, rules->quantity_digits, rules->cost_digits};
}

}  // namespace

int digits_of(const Asset& asset, const OrderIndex& index) {
  for (const Instrument& rules : index.instruments()) {
    if (rules.quote == asset) return rules.cost_digits;
    if (rules.base == asset) return rules.quantity_digits;
  }
  return 0;
}

std::optional<Price> average_price(const Position& position) {
  if (!position.quantity.is_positive()) return std::nullopt;
  const auto average = Decimal::checked_divide(position.cost.value, position.quantity.value);
  return average ? std::optional(Price(*average)) : std::nullopt;
}

void write_order_members(const Order& order, const OrderIndex& index, JsonWriter& out) {
  const OrderIntent& intent = order.intent;
  const Digits digits = digits_of(intent.symbol, index);
  out.text("client_id", intent.client_id.text())
      .text("order_id", order.venue_id.text())
      .text("strategy", intent.strategy.text());
  out.text("symbol", intent.symbol.text())
      .text("side", to_text(intent.side))
      .text("type", to_text(intent.type));
  if (intent.price)
    out.text("price", intent.price->text(digits.price));
  else
    out.null("price");
  out.text("quantity", intent.quantity.text(digits.quantity))
      .text("filled", order.filled.text(digits.quantity));
  out.text("status", to_text(status_of(order)));
  out.boolean("protective", intent.protective)
      .text("created_at", to_rfc3339(intent.created_at))
      .text("purpose", intent.purpose);
}

void write_fill_members(const Fill& fill, const OrderIndex& index, JsonWriter& out) {
  const Digits digits = digits_of(fill.symbol, index);
  out.text("exec_id", fill.execution_id.text())
      .text("order_id", fill.venue_id.text())
      .text("client_id", fill.client_id.text());
  out.text("strategy", fill.strategy.text())
      .text("symbol", fill.symbol.text())
      .text("side", to_text(fill.side));
  out.text("price", fill.price.text(digits.price)).text("quantity", fill.quantity.text(digits.quantity));
  out.text("fee", fill.fee.text(digits.cost))
      .text("fee_asset", fill.fee_asset.text())
      .boolean("maker", fill.maker);
  out.text("time", to_rfc3339(fill.time));
}

void write_position_members(const PositionKey& key, const Position& position, const OrderIndex& index,
                            JsonWriter& out) {
  const Digits digits = digits_of(key.symbol, index);
  out.text("strategy", key.strategy.text())
      .text("symbol", key.symbol.text())
      .text("quantity", position.quantity.text(digits.quantity));
  if (const auto average = average_price(position)) {
    const Decimal step = step_of_digits(std::min(digits.price + 2, Decimal::kDigits));
    out.text("average_price", average->value.rounded_to(step, Rounding::half_even).text(digits.price));
  } else {
    out.null("average_price");
  }
  out.text("realised", position.realised.text(digits.cost));
}

}  // namespace s1mple
