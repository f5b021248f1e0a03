#include "orchestrator/strategy/close_out.h"

namespace s1mple {

bool CloseOut::cancel_all(StrategyContext& context, const OwnOrders& orders) {
  wake_at_.reset();
  if (orders.none()) return true;
  const WallTime now = context.now();
  if (!ask_again_at_ || now >= *ask_again_at_) {
    ask(context, orders.buys);
    ask(context, orders.stops);
    ask(context, orders.sells);
    ask_again_at_ = now + kAskAgain;
  }
  wake_at_ = ask_again_at_;
  return false;
}

bool CloseOut::step(StrategyContext& context, const Symbol& symbol, const OwnOrders& orders,
                    const std::string& purpose) {
  judge_exit(context);
  OwnOrders others = orders;
  std::erase_if(others.sells,
                [this](const Order* order) { return exit_ && order->intent.client_id == *exit_; });
  if (!cancel_all(context, others) || exit_) return false;
  const Instrument* instrument = context.instrument(symbol);
  const Quantity held = context.position(symbol).quantity;
  if (instrument == nullptr || held.is_zero()) return held.is_zero();
  const Quantity rest = sellable(*instrument, held, context.last_price(symbol));
  if (rest.is_zero()) return true;
  if (!retry_.ready(context.now())) {
    wake_at_ = retry_.at();
    return false;
  }
  OrderRequest request;
  request.symbol = symbol;
  request.side = Side::sell;
  request.type = OrderType::market;
  request.quantity = rest;
  request.purpose = purpose;
  auto placed = context.place(request);
  if (placed) {
    exit_ = std::move(placed).value();
  } else {
    retry_.fail(context.now());
    wake_at_ = retry_.at();
  }
  return false;
}

void CloseOut::save(JsonWriter& out) const {
  out.begin_object();
  if (ask_again_at_) out.number("ask_again_at", to_unix_nanos(*ask_again_at_));
  if (exit_) out.text("exit", exit_->text());
  retry_.save(out);
  out.end_object();
}

Result<CloseOut> CloseOut::restore(const JsonValue& object) {
  CloseOut restored;
  if (object.find("ask_again_at")) {
    const auto at = object.int_at("ask_again_at");
    if (!at) return at.error();
    restored.ask_again_at_ = from_unix_nanos(*at);
  }
  if (object.find("exit")) {
    const auto exit = object.text_at("exit");
    if (!exit) return exit.error();
    restored.exit_ = ClientId(*exit);
  }
  const auto retry = Retry::restore(object);
  if (!retry) return retry.error();
  restored.retry_ = *retry;
  return restored;
}

void CloseOut::ask(StrategyContext& context, const std::vector<const Order*>& orders) {
  for (const Order* order : orders)
    if (!is_cancelling(*order)) context.cancel(order->intent.client_id);
}

// A sale that ended without selling everything it was for counts as a failure: the next one waits.
void CloseOut::judge_exit(StrategyContext& context) {
  if (!exit_) return;
  const Order* order = context.order(*exit_);
  if (order != nullptr && !order->is_closed()) return;
  if (order != nullptr && order->outcome != Outcome::filled) retry_.fail(context.now());
  exit_.reset();
}

}  // namespace s1mple
