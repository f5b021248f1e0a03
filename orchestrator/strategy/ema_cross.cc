#include "orchestrator/strategy/ema_cross.h"

#include "common/contract/config.h"
#include "orchestrator/strategy/keys.h"

namespace s1mple {

using namespace literals;

void EmaCross::Config::declare(ConfigFields& fields, const Instrument* instrument) {
  fields.whole("fast", fast, 1, 1000, "period of the fast average, in prices");
  fields.whole("slow", slow, 2, 2000, "period of the slow average, in prices");
  fields.span("bar", bar, 0ns, 24h,
              "a price is the last trade of each bar of this length; \"0s\": every trade");
  declare_quantity(fields, "quantity", quantity, instrument, "bought at each entry, in base");
  fields.amount("stop_distance", stop_distance, "0.0001"_dec, "0.5"_dec,
                "how far below the price of the decision the stop lies: \"0.02\" is 2 %");
  fields.choice("entry", entry, "how it buys; a limit order is put at the last price");
  fields.span("entry_timeout", entry_timeout, 1s, 24h, "what is not bought by then is cancelled");
  if (fast >= slow) fields.refuse("fast", "must be below `slow` (" + std::to_string(slow) + ")");
}

EmaCross::EmaCross(Symbol symbol, const Config& config)
    : symbol_(std::move(symbol)), config_(config), signal_(config.fast, config.slow, config.bar) {}

void EmaCross::on_market(const MarketTrade& trade, StrategyContext& context) {
  if (trade.symbol != symbol_) return;
  const bool crossed_above = signal_.on_trade(trade.price, trade.time);
  step(context, crossed_above);
}

void EmaCross::on_execution(const ExecutionReport&, StrategyContext& context) { step(context, false); }

void EmaCross::on_timer(StrategyContext& context) { step(context, false); }

void EmaCross::step(StrategyContext& context, bool crossed_above) {
  const Instrument* instrument = context.instrument(symbol_);
  if (instrument == nullptr) return;
  wake_at_.reset();
  const OwnOrders orders = own_orders(context, symbol_);
  const bool holds =
      !sellable(*instrument, context.position(symbol_).quantity, context.last_price(symbol_)).is_zero();
  if (orders.buys.empty()) entry_ends_at_.reset();
  if (leaving_.empty()) {
    if (signal_.side() == TrendSide::below && (holds || !orders.none()))
      begin_to_leave("the fast average lies below the slow one");
    else if (context.position(symbol_).quantity.is_zero() && orders.buys.empty() && !orders.none())
      begin_to_leave("orders are left of a position that is closed");
  }
  if (leaving_.empty()) hold(context, orders);
  if (!leaving_.empty())
    leave(context, orders);
  else if (crossed_above && !holds && orders.none())
    enter(context, *instrument);
  context.wake_at(wake_at_);
}

void EmaCross::enter(StrategyContext& context, const Instrument& instrument) {
  const auto last = context.last_price(symbol_);
  if (!last) return;
  const Price stop = below(instrument, *last, config_.stop_distance);
  if (stop >= *last) return;  // the price is too few steps for a stop below it
  OrderRequest request;
  request.symbol = symbol_;
  request.side = Side::buy;
  request.quantity = config_.quantity;
  request.protection = {ProtectionKind::stop, stop};
  request.purpose = "the fast average crossed above the slow one";
  switch (config_.entry) {
    case EntryType::market: request.type = OrderType::market; break;
    case EntryType::limit:
      request.type = OrderType::limit;
      request.price = Price(last->value.rounded_to(instrument.price_step.value, Rounding::floor));
      break;
  }
  if (!context.place(request)) return;
  stops_.reset();
  stop_price_ = stop;
  entry_ends_at_ = context.now() + config_.entry_timeout;
  wake_at_ = entry_ends_at_;
}

void EmaCross::hold(StrategyContext& context, const OwnOrders& orders) {
  const Instrument& instrument = *context.instrument(symbol_);
  const WallTime now = context.now();
  if (entry_ends_at_ && now >= *entry_ends_at_) {
    for (const Order* buy : orders.buys)
      if (!is_cancelling(*buy)) context.cancel(buy->intent.client_id);
    entry_ends_at_ = now + CloseOut::kAskAgain;
  }
  if (stops_.keep(context, symbol_, orders, stop_price(context, instrument)) == Cover::failed)
    begin_to_leave(stops_.why());
  wake_at_ = earlier(entry_ends_at_, stops_.wake_at());
}

void EmaCross::leave(StrategyContext& context, const OwnOrders& orders) {
  const bool done = close_out_.step(context, symbol_, orders, leaving_);
  wake_at_ = close_out_.wake_at();
  if (!done) return;
  leaving_.clear();
  close_out_.begin();
  stops_.reset();
}

void EmaCross::begin_to_leave(std::string why) {
  leaving_ = std::move(why);
  close_out_.begin();
  entry_ends_at_.reset();
}

// A position that this memory knows no entry of is protected by its recorded rule, or from what it cost.
Price EmaCross::stop_price(const StrategyContext& context, const Instrument& instrument) const {
  if (stop_price_) return *stop_price_;
  const Position& position = context.position(symbol_);
  if (position.protection.kind == ProtectionKind::stop) return position.protection.stop_price;
  const auto average = Decimal::checked_divide(position.cost.value, position.quantity.value);
  const Price reference =
      average ? Price(*average) : context.last_price(symbol_).value_or(instrument.price_step);
  return below(instrument, reference, config_.stop_distance);
}

void EmaCross::save(JsonWriter& out) const {
  out.begin_object().key("signal");
  signal_.save(out);
  out.key("stops");
  stops_.save(out);
  if (stop_price_) out.text("stop_price", stop_price_->text());
  if (entry_ends_at_) out.number("entry_ends_at", to_unix_nanos(*entry_ends_at_));
  if (!leaving_.empty()) {
    out.text("leaving", leaving_).key("close_out");
    close_out_.save(out);
  }
  out.end_object();
}

Result<void> EmaCross::restore(const JsonValue& saved) {
  EmaCross restored(symbol_, config_);
  const auto signal = saved.at("signal");
  if (!signal) return signal.error();
  if (auto read = restored.signal_.restore(*signal); !read) return std::move(read).error().during("signal");
  const auto stops_json = saved.at("stops");
  if (!stops_json) return stops_json.error();
  const auto stops = StopKeeper::restore(*stops_json);
  if (!stops) return Error(stops.error()).during("stops");
  restored.stops_ = *stops;
  if (saved.find("stop_price")) {
    const auto price = saved.decimal_at("stop_price");
    if (!price) return price.error();
    restored.stop_price_ = Price(*price);
  }
  if (saved.find("entry_ends_at")) {
    const auto at = saved.int_at("entry_ends_at");
    if (!at) return at.error();
    restored.entry_ends_at_ = from_unix_nanos(*at);
  }
  if (saved.find("leaving")) {
    const auto why = saved.text_at("leaving");
    if (!why) return why.error();
    const auto close_out_json = saved.at("close_out");
    if (!close_out_json) return close_out_json.error();
    const auto close_out = CloseOut::restore(*close_out_json);
    if (!close_out) return Error(close_out.error()).during("close_out");
    restored.leaving_ = *why;
    restored.close_out_ = *close_out;
  }
  *this = std::move(restored);
  return {};
}

}  // namespace s1mple
