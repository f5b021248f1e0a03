#include "orchestrator/engine/flatten.h"

#include <algorithm>

namespace s1mple {
namespace {

constexpr std::string_view kCode = "flatten";
constexpr std::string_view kPurpose = "flatten: ";

}  // namespace

bool is_flatten_sale(const Order& order) {
  return order.intent.side == Side::sell && order.intent.purpose.starts_with(kPurpose);
}

bool is_flattening(const Books& books) {
  return std::ranges::any_of(books.reasons(),
                             [](const Reason& reason) { return FlattenWish::from(reason).has_value(); });
}

std::string FlattenWish::code() const {
  std::string code(kCode);
  if (symbol) code += ":symbol=" + symbol->text();
  if (limit_price) code += ":limit_price=" + limit_price->text();
  if (allow_stale) code += ":allow_stale";
  return code;
}

std::string FlattenWish::text() const {
  std::string text = "sell " + (symbol ? "all " + symbol->text() : std::string("everything"));
  text += limit_price ? " at " + limit_price->text() + " or better" : " under the price collar";
  return allow_stale ? text + ", stale prices allowed" : text;
}

std::optional<FlattenWish> FlattenWish::from(const Reason& reason) {
  if (reason.source != ReasonSource::operator_halt || !reason.code.starts_with(kCode)) return std::nullopt;
  FlattenWish wish;
  std::string_view rest = std::string_view(reason.code).substr(kCode.size());
  while (!rest.empty()) {
    rest.remove_prefix(1);  // ':'
    const auto part = rest.substr(0, rest.find(':'));
    rest.remove_prefix(part.size());
    const auto value = part.substr(std::min(part.size(), part.find('=') + 1));
    if (part.starts_with("symbol=")) wish.symbol = Symbol(value);
    if (part.starts_with("limit_price="))
      if (const auto price = Decimal::parse(value)) wish.limit_price = Price(*price);
    if (part == "allow_stale") wish.allow_stale = true;
  }
  return wish;
}

void Flatten::advance(bool data_is_fresh) {
  if (next_try_ && *next_try_ <= recorder_.now()) next_try_.reset();
  const std::vector<Reason> reasons = recorder_.books().reasons();
  for (const Reason& reason : reasons) {
    const auto wish = FlattenWish::from(reason);
    if (!wish) continue;
    bool flat = true;
    for (const Instrument& instrument : recorder_.index().instruments())
      if (!wish->symbol || *wish->symbol == instrument.symbol)
        flat = advance(*wish, instrument.symbol, data_is_fresh) && flat;
    if (!flat) continue;
    recorder_.record(ReasonCleared{reason.source, reason.code, "everything is sold", recorder_.now()});
    notices_.alert("info", "flattened",
                   "flatten is done: " + wish->text() + "; trading stays halted until resume");
    tried_.clear();
    told_dust_.clear();
    next_try_.reset();
  }
}

bool Flatten::advance(const FlattenWish& wish, const Symbol& symbol, bool data_is_fresh) {
  if (!cancel_side(symbol, Side::buy) || !cancel_side(symbol, Side::sell)) return false;
  const Instrument& instrument = *recorder_.index().instrument(symbol);
  std::vector<std::pair<PositionKey, Quantity>> held;
  for (const auto& [key, position] : recorder_.books().positions())
    if (key.symbol == symbol && position.quantity.is_positive()) held.emplace_back(key, position.quantity);
  bool flat = true;
  for (const auto& [key, quantity] : held)
    flat = sell(wish, instrument, key, quantity, data_is_fresh) && flat;
  return flat;
}

// A sale of ours that rests is left alone for a while; everything else on that side has to go first.
bool Flatten::cancel_side(const Symbol& symbol, Side side) {
  bool none_left = true;
  std::vector<const Order*> doomed;
  for (const auto& [key, group] : recorder_.index().groups()) {
    if (key.symbol != symbol) continue;
    for (const auto& [order_key, entry] : group.working) {
      if (entry.order->intent.side != side) continue;
      none_left = false;
      const WallTime patience = entry.order->intent.created_at + kPatience;
      if (is_flatten_sale(*entry.order) && patience > recorder_.now())
        wait_until(patience);
      else if (entry.order->request != RequestKind::cancelling)
        doomed.push_back(entry.order);
    }
  }
  for (const Order* order : doomed) handler_.cancel(*order, "flatten");
  return none_left;
}

bool Flatten::sell(const FlattenWish& wish, const Instrument& instrument, const PositionKey& key,
                   Quantity quantity, bool data_is_fresh) {
  const Quantity rounded(quantity.value.rounded_to(instrument.quantity_step.value, Rounding::floor));
  const auto price = price_for(wish, instrument, data_is_fresh);
  const auto value = price ? cost_of(*price, rounded) : std::nullopt;
  if (rounded < instrument.quantity_min || (value && *value < instrument.cost_min)) {
    tell_dust(key, quantity);
    return true;
  }
  if (!price) return false;  // waits for a fresh price
  if (const auto before = tried_.find(key);
      before != tried_.end() && before->second + kPatience / 10 > recorder_.now()) {
    wait_until(before->second + kPatience / 10);
    return false;
  }
  tried_[key] = recorder_.now();
  OrderRequest request;
  request.symbol = key.symbol;
  request.side = Side::sell;
  request.type = OrderType::limit;
  request.quantity = rounded;
  request.price = price;
  request.purpose = std::string(kPurpose) + wish.text();
  const auto placed = orders_.place(key.strategy, request, OrderOrigin::operator_flatten);
  if (!placed) wait_until(recorder_.now() + kPatience / 10);
  return false;
}

std::optional<Price> Flatten::price_for(const FlattenWish& wish, const Instrument& instrument,
                                        bool data_is_fresh) const {
  if (wish.limit_price)
    return Price(wish.limit_price->value.rounded_to(instrument.price_step.value, Rounding::ceiling));
  const auto last = data_is_fresh      ? market_.last_price(instrument.symbol)
                    : wish.allow_stale ? market_.known_price(instrument.symbol)
                                       : std::nullopt;
  if (!last) return std::nullopt;
  const Price bound = collar_price(instrument, Side::sell, *last, config_.risk.price_collar);
  return bound.is_positive() ? bound : instrument.price_step;
}

void Flatten::wait_until(WallTime time) { next_try_ = next_try_ ? std::min(*next_try_, time) : time; }

void Flatten::tell_dust(const PositionKey& key, Quantity quantity) {
  if (!told_dust_.insert(key).second) return;
  notices_.warn("flatten_dust", "flatten leaves " + quantity.text() + " " + key.symbol.text() + " of " +
                                    key.strategy.text() + ": below the venue's minimum");
}

}  // namespace s1mple
