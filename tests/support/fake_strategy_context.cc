#include "tests/support/fake_strategy_context.h"

#include <functional>

#include "tests/support/catch.h"

namespace s1mple {

using namespace literals;

Instrument btc_eur() {
  return {Symbol("BTC/EUR"),
          Asset("BTC"),
          Asset("EUR"),
          Price("0.1"_dec),
          Quantity("0.00000001"_dec),
          Quantity("0.0001"_dec),
          Money("0.5"_dec),
          1,
          8,
          5};
}

FakeStrategyContext::FakeStrategyContext(Instrument instrument, Money money)
    : rules(std::move(instrument)), quote(money) {}

Result<ClientId> FakeStrategyContext::place(const OrderRequest& request) {
  check(request);
  std::string text = std::string(to_text(request.side)) + " " + std::string(to_text(request.type)) + " " +
                     request.quantity.text();
  if (request.price) text += " at " + request.price->text();
  if (request.protective) text += " protective";
  if (refuse > 0) {
    --refuse;
    decisions.push_back("refused " + text);
    return Error{Errc::refused, "the gate is closed"};
  }
  decisions.push_back(text);
  std::string number = std::to_string(++numbers_);
  Order order;
  order.intent.client_id = ClientId("s" + std::string(6 - number.size(), '0') + number);
  order.intent.symbol = request.symbol;
  order.intent.side = request.side;
  order.intent.type = request.type;
  order.intent.quantity = request.quantity;
  order.intent.price = request.price;
  order.intent.post_only = request.post_only;
  order.intent.protective = request.protective;
  order.intent.protection = request.protection;
  order.intent.purpose = request.purpose;
  placed_.push_back(order);
  if (at_once) end_call();
  return order.intent.client_id;
}

void FakeStrategyContext::check(const OrderRequest& request) {
  const auto wrong = [&](const char* what) {
    violations.push_back(std::string(what) + ": " + request.quantity.text());
  };
  if (!request.quantity.value.is_multiple_of(rules.quantity_step.value))
    wrong("no multiple of the quantity step");
  if (request.quantity < rules.quantity_min) wrong("below the smallest order");
  if (request.price && !request.price->value.is_multiple_of(rules.price_step.value))
    wrong("no multiple of the price step");
  if (request.price && !request.price->is_positive()) wrong("a price that is not positive");
  if (request.price.has_value() == (request.type == OrderType::market))
    wrong("a price where none belongs, or none");
  if (request.post_only && price && request.price) {
    if (request.side == Side::buy ? *request.price >= *price : *request.price <= *price) wrong("would take");
  }
  if (request.purpose.empty()) wrong("no purpose");
  if (request.side == Side::buy) return;
  Quantity asked = request.quantity;
  for (const auto& order : placed_)
    if (order.intent.side == Side::sell) asked += order.intent.quantity;
  if (asked + working_sells() > held.quantity) wrong("sells what it does not hold");
}

void FakeStrategyContext::cancel(const ClientId& id) {
  decisions.push_back("cancel " + id.text());
  const auto found = book.find(id);
  if (found == book.end() || found->second.is_closed())
    violations.push_back("cancels " + id.text() + ", which does not work");
  else
    cancels_.push_back(id);
  if (at_once) end_call();
}

const Instrument* FakeStrategyContext::instrument(const Symbol& symbol) const {
  return symbol == rules.symbol ? &rules : nullptr;
}

std::vector<const Order*> FakeStrategyContext::working_orders() const {
  std::vector<const Order*> orders;
  for (const auto& [id, order] : book)
    if (!order.is_closed()) orders.push_back(&order);
  return orders;
}

const Order* FakeStrategyContext::order(const ClientId& id) const {
  const auto found = book.find(id);
  return found == book.end() ? nullptr : &found->second;
}

Money FakeStrategyContext::available(const Asset& asset) const {
  if (asset == rules.base) return Money((held.quantity - working_sells()).value);
  Money free = quote;
  for (const auto& [id, order] : book)
    if (!order.is_closed() && order.intent.side == Side::buy)
      free -= *cost_of(order.intent.price.value_or(price.value_or(Price())), order.remaining());
  return free;
}

void FakeStrategyContext::end_call() {
  for (auto& order : placed_) book.emplace(order.intent.client_id, order);
  placed_.clear();
  for (const auto& id : cancels_) book.at(id).request = RequestKind::cancelling;
  cancels_.clear();
}

void FakeStrategyContext::accept(const ClientId& id) {
  Order& order = book.at(id);
  order.stage = Stage::live;
  order.venue_id = VenueOrderId("V" + id.text());
  if (order.request == RequestKind::adding) order.request = RequestKind::none;
}

void FakeStrategyContext::fill(const ClientId& id, Quantity quantity, Price at_price) {
  Order& order = book.at(id);
  ENSURE(quantity.is_positive() && quantity <= order.remaining(), "a fill of what is left");
  if (!order.is_closed()) accept(id);
  order.filled += quantity;
  const Money cost = *cost_of(at_price, quantity);
  order.cost += cost;
  if (order.intent.side == Side::buy) {
    held.quantity += quantity;
    held.cost += cost;
    held.protection = order.intent.protection;
    quote -= cost;
  } else {
    held.quantity -= quantity;
    quote += cost;
    if (held.quantity.is_zero()) held = Position{};
  }
  if (order.remaining().is_zero()) {
    order.stage = Stage::closed;
    order.outcome = Outcome::filled;
    order.request = RequestKind::none;
  }
  Fill made;
  made.client_id = id;
  made.symbol = rules.symbol;
  made.side = order.intent.side;
  made.price = at_price;
  made.quantity = quantity;
  made.time = time;
  reports.push_back({ReportKind::filled, id, made});
}

void FakeStrategyContext::close(const ClientId& id, Outcome outcome) {
  Order& order = book.at(id);
  order.stage = Stage::closed;
  order.outcome = outcome;
  order.request = RequestKind::none;
  reports.push_back({ReportKind::closed, id, std::nullopt});
}

void FakeStrategyContext::refuse_cancel(const ClientId& id) { book.at(id).request = RequestKind::none; }

std::vector<ClientId> FakeStrategyContext::working(Side side, OrderType type) const {
  std::vector<ClientId> ids;
  for (const auto& [id, order] : book)
    if (!order.is_closed() && order.intent.side == side && order.intent.type == type) ids.push_back(id);
  return ids;
}

std::vector<ClientId> FakeStrategyContext::working() const {
  std::vector<ClientId> ids;
  for (const auto& [id, order] : book)
    if (!order.is_closed()) ids.push_back(id);
  return ids;
}

Quantity FakeStrategyContext::working_sells() const {
  Quantity all;
  for (const auto& [id, order] : book)
    if (!order.is_closed() && order.intent.side == Side::sell) all += order.remaining();
  return all;
}

StrategyRig::StrategyRig(Maker maker, Instrument instrument, bool reborn, bool at_once)
    : context(std::move(instrument)), maker_(std::move(maker)), strategy_(maker_()), reborn_(reborn) {
  context.at_once = at_once;
}

template <class Call>
void StrategyRig::call(Call&& what) {
  what(*strategy_);
  context.end_call();
  if (!reborn_) return;
  const std::string memory = saved();
  strategy_ = maker_();
  const auto restored = strategy_->restore(JsonValue::parse(memory).value());
  if (!restored) FAIL(restored.error().story << " in " << memory);
  CHECK(saved() == memory);
}

void StrategyRig::trade(Price price, Nanos after) {
  context.time += after;
  context.price = price;
  const MarketTrade row{context.rules.symbol, price, Quantity("1"_dec), std::nullopt, context.time, 0, {}};
  call([&](Strategy& strategy) { strategy.on_market(row, context); });
}

void StrategyRig::deliver() {
  while (!context.reports.empty()) {
    const auto report = context.reports.front();
    context.reports.pop_front();
    const ExecutionReport told{report.kind, &context.book.at(report.id),
                               report.fill ? &*report.fill : nullptr};
    call([&](Strategy& strategy) { strategy.on_execution(told, context); });
  }
}

void StrategyRig::timer() {
  if (!context.wake) return;
  context.time = std::max(context.time, *context.wake);
  context.wake.reset();
  call([&](Strategy& strategy) { strategy.on_timer(context); });
}

void StrategyRig::wait(Nanos span) {
  const WallTime until = context.time + span;
  for (int timers = 0; context.wake && *context.wake <= until; ++timers) {
    REQUIRE(timers < 1000);  // a timer that always asks for the present
    timer();
  }
  context.time = until;
}

std::string StrategyRig::saved() const {
  JsonWriter out;
  strategy_->save(out);
  return out.take();
}

}  // namespace s1mple
