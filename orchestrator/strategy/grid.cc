#include "orchestrator/strategy/grid.h"

#include <algorithm>

#include "common/contract/config.h"
#include "orchestrator/strategy/keys.h"

namespace s1mple {

using namespace literals;

void Grid::Config::declare(ConfigFields& fields, const Instrument* instrument) {
  fields.whole("levels", levels, 1, kMaxLevels, "levels on each side of the reference price");
  fields.amount("spacing", spacing, "0.0001"_dec, "0.2"_dec,
                "from level to level, as a fraction of the reference price: \"0.001\" is 0.1 %");
  declare_quantity(fields, "quantity", quantity, instrument, "of each level, in base");
  fields.whole("start_levels", start_levels, 0, kMaxLevels,
               "levels bought at market at the very start, so that sells rest above the price, too");
  fields.amount("stop_below", stop_below, "0"_dec, "0.9"_dec,
                "sell everything when the price is this fraction below the lowest level; \"0\": never");
  fields.span("recentre_after", recentre_after, 1s, 24h, "the grid is laid anew at most once in this time");
  if (start_levels > levels)
    fields.refuse("start_levels", "must be at most `levels` (" + std::to_string(levels) + ")");
  if (Decimal::checked_multiply(spacing, Decimal::from_int(levels)).value() >= "0.9"_dec)
    fields.refuse("spacing", "levels times spacing must stay below \"0.9\"");
}

Grid::Grid(Symbol symbol, const Config& config) : symbol_(std::move(symbol)), config_(config) {}

void Grid::on_market(const MarketTrade& trade, StrategyContext& context) {
  if (trade.symbol == symbol_) step(context);
}

void Grid::on_execution(const ExecutionReport&, StrategyContext& context) { step(context); }

void Grid::on_timer(StrategyContext& context) { step(context); }

void Grid::step(StrategyContext& context) {
  const Instrument* instrument = context.instrument(symbol_);
  const auto last = context.last_price(symbol_);
  if (instrument == nullptr || !last) return;
  wake_at_.reset();
  const OwnOrders orders = own_orders(context, symbol_);
  const Look look{context, *instrument, orders, *last, context.now()};
  settle(look);
  if (mode_ == GridMode::running) run(look);
  switch (mode_) {
    case GridMode::idle:
      if (lay_after_ && look.now < *lay_after_)
        wake_at_ = lay_after_;
      else
        clear(look);
      break;
    case GridMode::running: break;
    case GridMode::clearing: clear(look); break;
    case GridMode::stopping: stop_out(look); break;
  }
  context.wake_at(wake_at_);
}

// An order that has ended becomes what its slot holds. One that ended without any fill makes its slot wait.
void Grid::settle(const Look& look) {
  for (auto& slot : slots_) {
    if (!slot.order) continue;
    const Order* order = look.context.order(*slot.order);
    if (order != nullptr && !order->is_closed()) continue;
    slot.order.reset();
    if (order == nullptr) continue;  // no longer in the books: adds_up() finds what it did
    if (order->intent.side == Side::buy)
      slot.held += order->filled;
    else
      slot.held -= order->filled;
    if (order->filled.is_zero())
      slot.retry.fail(look.now);
    else
      slot.retry.reset();
  }
}

void Grid::run(const Look& look) {
  const auto stop = stop_price(look.instrument);
  const bool sound = adds_up(look);
  if (stop && look.last <= *stop) {
    mode_ = GridMode::stopping;
    close_out_.begin();
    return;
  }
  if (!sound || is_outside(look.last)) {
    if (!lay_after_ || look.now >= *lay_after_) {
      mode_ = GridMode::clearing;
      close_out_.begin();
      return;
    }
    wake_at_ = lay_after_;
  }
  if (sound) rest_orders(look);
}

void Grid::clear(const Look& look) {
  if (mode_ == GridMode::idle) close_out_.begin();
  mode_ = GridMode::clearing;
  const bool done = close_out_.cancel_all(look.context, look.orders);
  wake_at_ = close_out_.wake_at();
  if (!done) return;
  lay(look);
  rest_orders(look);
}

void Grid::stop_out(const Look& look) {
  const bool done =
      close_out_.step(look.context, symbol_, look.orders, "the price fell below the grid's stop");
  wake_at_ = close_out_.wake_at();
  if (!done) return;
  mode_ = GridMode::idle;
  slots_.clear();
  lay_after_ = look.now + config_.recentre_after;
  wake_at_ = lay_after_;
}

void Grid::lay(const Look& look) {
  const Decimal price_step = look.instrument.price_step.value;
  reference_ = look.last.value.rounded_to(price_step, Rounding::floor);
  const auto step = Decimal::checked_multiply(reference_, config_.spacing);
  step_ = step ? std::max(step->rounded_to(price_step, Rounding::floor), price_step) : price_step;
  deal_out(look.context.position(symbol_).quantity);
  mode_ = GridMode::running;
  close_out_.begin();
  lay_after_ = look.now + config_.recentre_after;
  if (std::exchange(started_, true)) return;
  for (std::int64_t i = 0; i < config_.start_levels; ++i) {
    Slot& slot = slots_[static_cast<std::size_t>(config_.levels + i)];
    if (!slot.held.is_zero()) continue;
    OrderRequest request;
    request.symbol = symbol_;
    request.type = OrderType::market;
    request.quantity = config_.quantity;
    if (const auto stop = stop_price(look.instrument)) request.protection = {ProtectionKind::stop, *stop};
    request.purpose = "grid: start level " + std::to_string(i + 1);
    if (!place(slot, request, look)) return;
  }
}

// What is held goes to the slots above the reference first, from the nearest on, because these sell it.
void Grid::deal_out(Quantity held) {
  slots_.assign(static_cast<std::size_t>(2 * config_.levels), Slot{});
  const auto give = [&](Slot& slot) {
    slot.held = std::min(config_.quantity, held);
    held -= slot.held;
  };
  const auto middle = slots_.begin() + static_cast<std::ptrdiff_t>(config_.levels);
  std::for_each(middle, slots_.end(), give);
  std::for_each(std::make_reverse_iterator(middle), slots_.rend(), give);
  slots_.back().held += held;
}

void Grid::rest_orders(const Look& look) {
  Money free = look.context.available(look.instrument.quote);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.order) continue;
    if (!slot.retry.ready(look.now)) {
      wake_at_ = earlier(wake_at_, slot.retry.at());
      continue;
    }
    const auto request = wish(slot, static_cast<std::int64_t>(i), look);
    if (!request) continue;
    if (request->side == Side::buy) {
      const auto cost = cost_of(*request->price, request->quantity);
      if (!cost || *cost > free) continue;
      free -= *cost;
    }
    if (!place(slot, *request, look)) return;  // whatever refused it would refuse the next one
  }
}

// What the slot would rest now; nothing: its level lies on the wrong side of the price.
std::optional<OrderRequest> Grid::wish(const Slot& slot, std::int64_t number, const Look& look) const {
  OrderRequest request;
  request.symbol = symbol_;
  request.type = OrderType::limit;
  request.post_only = true;
  const Price tick = look.instrument.price_step;
  const Price sell_at = std::max(Price(level(number + 1)), look.last + tick);
  request.quantity = sellable(look.instrument, slot.held, sell_at);
  if (!request.quantity.is_zero()) {
    request.side = Side::sell;
    request.price = sell_at;
  } else {
    const Price buy_at(level(number));
    if (!buy_at.is_positive() || buy_at >= look.last) return std::nullopt;
    request.side = Side::buy;
    request.price = buy_at;
    request.quantity = config_.quantity;
    if (const auto stop = stop_price(look.instrument)) request.protection = {ProtectionKind::stop, *stop};
  }
  request.purpose = "grid: level " + std::to_string(number + 1) + " of " + std::to_string(slots_.size());
  return request;
}

bool Grid::place(Slot& slot, const OrderRequest& request, const Look& look) {
  auto placed = look.context.place(request);
  if (placed) {
    slot.order = std::move(placed).value();
    return true;
  }
  slot.retry.fail(look.now);
  wake_at_ = earlier(wake_at_, slot.retry.at());
  return false;
}

// Whether the slots and their orders explain the position and every order at the exchange.
bool Grid::adds_up(const Look& look) const {
  Quantity expected;
  std::size_t working = 0;
  for (const auto& slot : slots_) {
    expected += slot.held;
    if (!slot.order) continue;
    ++working;
    const Order& order = *look.context.order(*slot.order);  // settle() has left only those that work
    expected += order.intent.side == Side::buy ? order.filled : -order.filled;
  }
  const auto& orders = look.orders;
  return working == orders.buys.size() + orders.sells.size() + orders.stops.size() &&
         expected == look.context.position(symbol_).quantity;
}

bool Grid::is_outside(Price last) const {
  return last.value < level(-1) || last.value > level(2 * config_.levels + 1);
}

Decimal Grid::level(std::int64_t number) const {
  const auto distance = Decimal::checked_multiply(step_, Decimal::from_int(number - config_.levels));
  ENSURE(distance, "a level within a bounded grid");
  return reference_ + *distance;
}

std::optional<Price> Grid::stop_price(const Instrument& instrument) const {
  if (config_.stop_below.is_zero()) return std::nullopt;
  const Price lowest(level(0));
  return lowest.is_positive() ? below(instrument, lowest, config_.stop_below) : instrument.price_step;
}

}  // namespace s1mple
