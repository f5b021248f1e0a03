#include "orchestrator/engine/risk_limits.h"

#include "orchestrator/domain/reserve.h"

namespace s1mple {
namespace {

Refusal refusal(std::string code, const std::string& story) {
  std::string text = code + ": " + story;
  return {std::move(code), std::move(text)};
}

std::string amount(const std::string& value, const Asset& asset) { return value + " " + asset.text(); }

const Decimal kOne = Decimal::from_int(1);

}  // namespace

bool reduces(const OrderRequest& request, const RiskView& view) {
  return request.side == Side::sell && request.quantity + view.group.sells <= view.position.quantity;
}

std::optional<Refusal> check_rules(const OrderRequest& request, const Instrument& instrument) {
  const bool needs_price = request.type != OrderType::market;
  if (needs_price != request.price.has_value())
    return refusal("price", needs_price ? "a " + std::string(to_text(request.type)) + " order needs one"
                                        : "a market order has none");
  if (request.price &&
      (!request.price->is_positive() || !request.price->value.is_multiple_of(instrument.price_step.value)))
    return refusal("price_step",
                   request.price->text() + " is no positive multiple of " + instrument.price_step.text());
  if (!request.quantity.is_positive() ||
      !request.quantity.value.is_multiple_of(instrument.quantity_step.value))
    return refusal("quantity_step", request.quantity.text() + " is no positive multiple of " +
                                        instrument.quantity_step.text());
  if (request.quantity < instrument.quantity_min)
    return refusal("quantity_min", request.quantity.text() + " is below " + instrument.quantity_min.text());
  if (request.post_only && request.type != OrderType::limit)
    return refusal("post_only", "only a limit order can be post-only");
  if (request.protective && (request.side != Side::sell || request.type != OrderType::stop_loss))
    return refusal("protective", "a protective order is a stop-loss that sells");
  if (request.side == Side::buy && request.protection.kind == ProtectionKind::stop &&
      !request.protection.stop_price.is_positive())
    return refusal("protection", "a stop needs its price");
  return std::nullopt;
}

std::optional<Refusal> check_ownership(const OrderRequest& request, const RiskView& view) {
  if (request.side == Side::buy || reduces(request, view)) return std::nullopt;
  return refusal("not_owned", request.quantity.text() + " and " + view.group.sells.text() +
                                  " in working sells are more than the position of " +
                                  view.position.quantity.text());
}

Price collar_price(const Instrument& instrument, Side side, Price last, Decimal collar) {
  const Decimal factor = side == Side::buy ? kOne + collar : kOne - collar;
  const auto bound = Decimal::checked_multiply(last.value, factor);
  const Rounding inwards = side == Side::buy ? Rounding::floor : Rounding::ceiling;
  return Price((bound ? *bound : last.value).rounded_to(instrument.price_step.value, inwards));
}

namespace {

std::optional<Refusal> check_collar(const OrderRequest& request, const RiskView& view,
                                    const RiskLimits& limits) {
  if (request.type == OrderType::stop_loss)
    return std::nullopt;  // its price is a trigger, and it may be the way out
  if (!view.last_price)
    return refusal("price_collar",
                   "no price of " + view.instrument.symbol.text() + " has been seen since the start");
  if (request.type == OrderType::market) return std::nullopt;
  const Price bound = collar_price(view.instrument, request.side, *view.last_price, limits.price_collar);
  const bool through = request.side == Side::buy ? *request.price > bound : *request.price < bound;
  if (!through) return std::nullopt;
  return refusal("price_collar", request.price->text() + " is beyond " + bound.text() + ", " +
                                     limits.price_collar.text() + " through the last price of " +
                                     view.last_price->text());
}

// Worst case of the position: what is held, what may still be bought, and this order.
std::optional<Refusal> check_position(const OrderRequest& request, const RiskView& view,
                                      const RiskLimits& limits, Price reference) {
  if (!limits.max_position || request.side == Side::sell) return std::nullopt;
  const auto worst = cost_of(reference, view.position.quantity + view.group.buys + request.quantity);
  if (worst && *worst <= *limits.max_position) return std::nullopt;
  return refusal("max_position", (worst ? amount(worst->text(), view.instrument.quote)
                                        : std::string("a value out of range")) +
                                     " with working orders is above " + limits.max_position->text());
}

std::optional<Refusal> check_funds(const OrderRequest& request, const RiskView& view, Price reference) {
  if (request.side == Side::sell) return std::nullopt;
  const auto needed = reserve_of(view.instrument, request.side, request.quantity, request.price, reference,
                                 view.taker_fee_rate);
  if (needed && *needed <= view.available) return std::nullopt;
  return refusal("insufficient_funds", (needed ? amount(needed->text(), view.instrument.quote)
                                               : std::string("a value out of range")) +
                                           " with fees is above the " + view.available.text() + " available");
}

}  // namespace

std::optional<Refusal> check_limits(const OrderRequest& request, const RiskView& view,
                                    const RiskLimits& limits) {
  if (auto no = check_collar(request, view, limits)) return no;
  const Price reference = request.price ? *request.price : view.last_price.value_or(Price{});
  const auto value = cost_of(reference, request.quantity);
  if (!value)
    return refusal("max_order_value", "the value of " + request.quantity.text() + " at " + reference.text() +
                                          " is out of range");
  if (*value < view.instrument.cost_min)
    return refusal("cost_min", amount(value->text(), view.instrument.quote) + " is below " +
                                   view.instrument.cost_min.text());
  if (limits.max_order_quantity && request.quantity > *limits.max_order_quantity && request.side == Side::buy)
    return refusal("max_order_quantity", amount(request.quantity.text(), view.instrument.base) +
                                             " is above " + limits.max_order_quantity->text());
  if (limits.max_order_value && *value > *limits.max_order_value && request.side == Side::buy)
    return refusal("max_order_value", amount(value->text(), view.instrument.quote) + " is above " +
                                          limits.max_order_value->text());
  if (limits.max_open_orders != 0 && view.open_orders >= limits.max_open_orders && !request.protective)
    return refusal("max_open_orders", std::to_string(view.open_orders) + " are open, allowed are " +
                                          std::to_string(limits.max_open_orders));
  if (auto no = check_position(request, view, limits, view.last_price.value_or(reference))) return no;
  return check_funds(request, view, reference);
}

std::optional<Refusal> MessageThrottle::take(WallTime now, const RiskLimits& limits) {
  if (limits.max_messages == 0) return std::nullopt;
  while (!sent_.empty() && sent_.front() + limits.message_window <= now) sent_.pop_front();
  if (sent_.size() >= limits.max_messages)
    return refusal("max_messages", std::to_string(sent_.size() + 1) + " orders in " +
                                       std::to_string(to_ms(limits.message_window)) + " ms, allowed are " +
                                       std::to_string(limits.max_messages));
  sent_.push_back(now);
  return std::nullopt;
}

}  // namespace s1mple
