#include "orchestrator/strategy/stop_keeper.h"

#include <algorithm>

namespace s1mple {

Cover StopKeeper::keep(StrategyContext& context, const Symbol& symbol, const OwnOrders& orders,
                       Price stop_price) {
  wake_at_.reset();
  why_.clear();
  judge(context);
  const Instrument* instrument = context.instrument(symbol);
  const Quantity held = context.position(symbol).quantity;
  const Quantity covered = orders.stopped + orders.selling;
  const Quantity bare =
      instrument == nullptr ? Quantity{} : sellable(*instrument, held - covered, stop_price);
  if (bare.is_zero()) {
    if (orders.stops.size() > kMaxStops) fold(context, orders);
    return Cover::covered;
  }
  const auto last = context.last_price(symbol);
  if (last && *last <= stop_price) {
    why_ = "the price has passed the stop already";
    return Cover::failed;
  }
  if (retry_.failures() < kMaxFailures && retry_.ready(context.now()) &&
      place(context, symbol, bare, stop_price)) {
    if (orders.stops.size() >= kMaxStops) fold(context, orders);
    return Cover::covered;
  }
  if (retry_.failures() >= kMaxFailures) {
    why_ = "the stop was refused " + std::to_string(retry_.failures()) + " times";
    return Cover::failed;
  }
  wake_at_ = retry_.at();
  return Cover::waiting;
}

// A stop that ended without being filled, and that nobody here cancelled, is a failure.
void StopKeeper::judge(StrategyContext& context) {
  bool failed = false;
  std::erase_if(placed_, [&](const ClientId& id) {
    const Order* order = context.order(id);
    if (order != nullptr && !order->is_closed()) return false;
    failed = failed || (order != nullptr && order->outcome != Outcome::filled);
    return true;
  });
  if (failed) retry_.fail(context.now());
}

// Everything is covered now, so that what two stops covered is bare for one exchange round trip only.
void StopKeeper::fold(StrategyContext& context, const OwnOrders& orders) {
  if (std::any_of(orders.stops.begin(), orders.stops.end(),
                  [](const Order* order) { return is_cancelling(*order); }))
    return;
  for (std::size_t i = 0; i < 2; ++i) {
    const ClientId& id = orders.stops[i]->intent.client_id;
    placed_.erase(id);
    context.cancel(id);
  }
}

bool StopKeeper::place(StrategyContext& context, const Symbol& symbol, Quantity quantity, Price stop_price) {
  OrderRequest request;
  request.symbol = symbol;
  request.side = Side::sell;
  request.type = OrderType::stop_loss;
  request.quantity = quantity;
  request.price = stop_price;
  request.protective = true;
  request.protection = {ProtectionKind::stop, stop_price};
  request.purpose = "protective stop";
  auto placed = context.place(request);
  if (placed) {
    placed_.insert(std::move(placed).value());
    return true;
  }
  retry_.fail(context.now());
  return false;
}

void StopKeeper::save(JsonWriter& out) const {
  out.begin_object();
  if (!placed_.empty()) {
    out.key("placed").begin_array();
    for (const auto& id : placed_) out.text(id.text());
    out.end_array();
  }
  retry_.save(out);
  out.end_object();
}

Result<StopKeeper> StopKeeper::restore(const JsonValue& object) {
  StopKeeper restored;
  if (const auto placed = object.find("placed")) {
    for (std::size_t i = 0; i < placed->size(); ++i) {
      const auto id = placed->item(i).as_text();
      if (!id) return id.error();
      restored.placed_.insert(ClientId(*id));
    }
  }
  const auto retry = Retry::restore(object);
  if (!retry) return retry.error();
  restored.retry_ = *retry;
  return restored;
}

}  // namespace s1mple
