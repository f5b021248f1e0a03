#include "tests/scenario/scenario_words.h"

#include <algorithm>
#include <map>

namespace s1mple {
namespace {

const Order* order_at(const TradingWorld& world, std::size_t index) {
  for (const auto& [number, order] : world.books().orders().rows())
    if (!order.intent.strategy.empty() && index-- == 0) return &order;
  return nullptr;
}

// Place of the first line in the strategy's journal that reads so, or behind the last one.
std::size_t first_line(const TradingWorld& world, const std::string& line) {
  const auto& journal = world.plan->journal;
  return static_cast<std::size_t>(std::ranges::find(journal, line) - journal.begin());
}

}  // namespace

void quiet_market(TradingWorld& world, int rows) {
  for (int i = 1; i <= rows; ++i) world.trade_at(std::chrono::seconds(i), "100");
}

OrderRequest limit(Side side, const std::string& quantity, const std::string& price) {
  OrderRequest request;
  request.symbol = Symbol("BTC/EUR");
  request.side = side;
  request.type = OrderType::limit;
  request.quantity = Quantity(*Decimal::parse(quantity));
  request.price = Price(*Decimal::parse(price));
  return request;
}

OrderRequest market(Side side, const std::string& quantity) {
  OrderRequest request = limit(side, quantity, "1");
  request.type = OrderType::market;
  request.price.reset();
  return request;
}

void place_on_row(TradingWorld& world, std::uint64_t row, OrderRequest request) {
  world.plan->steps.push_back(
      {row, [request](StrategyContext& context) { return context.place(request).ok(); }});
}

void cancel_on_row(TradingWorld& world, std::uint64_t row) {
  world.plan->steps.push_back({row, [](StrategyContext& context) {
                                 for (const Order* order : context.working_orders())
                                   context.cancel(order->intent.client_id);
                                 return true;
                               }});
}

void hold_with_stop(TradingWorld& world) {
  OrderRequest entry = market(Side::buy, "2");
  entry.protection = {ProtectionKind::stop, Price(*Decimal::parse("90"))};
  place_on_row(world, 2, entry);
  OrderRequest stop = limit(Side::sell, "2", "90");
  stop.type = OrderType::stop_loss;
  stop.protective = true;
  place_on_row(world, 4, stop);
}

void fills_at(TradingWorld& world, int second, int rows) {
  for (int i = 0; i < rows; ++i) world.trade_at(std::chrono::seconds(second + i), "89", "4");
}

OrderIntent stranger(Side side, const std::string& quantity, const std::string& price) {
  OrderIntent intent;
  intent.client_id = ClientId("by-hand");
  intent.symbol = Symbol("BTC/EUR");
  intent.side = side;
  intent.type = OrderType::limit;
  intent.quantity = Quantity(*Decimal::parse(quantity));
  intent.price = Price(*Decimal::parse(price));
  intent.deadline = from_unix_nanos(std::int64_t{4'000'000'000} * 1'000'000'000);
  return intent;
}

void outage(TradingWorld& world, Nanos from, Nanos until) {
  world.at(from, [&world] {
    world.faults.query = [](const AskVenue&) { return RequestFate{Fate::failed_before}; };
  });
  world.at(until, [&world] { world.faults.query = nullptr; });
}

std::string is(const TradingWorld& world, std::size_t order, OrderStatus status) {
  const Order* found = order_at(world, order);
  if (found == nullptr) return "order " + std::to_string(order) + " was never made; ";
  const OrderStatus now = status_of(*found);
  if (now == status) return {};
  return found->intent.client_id.text() + " is " + std::string(to_text(now)) + ", not " +
         std::string(to_text(status)) + "; ";
}

std::string filled(const TradingWorld& world, std::size_t order, const std::string& quantity) {
  const Order* found = order_at(world, order);
  if (found != nullptr && found->filled.text() == Quantity(*Decimal::parse(quantity)).text()) return {};
  return "order " + std::to_string(order) + " is filled " +
         (found == nullptr ? "never" : found->filled.text()) + ", not " + quantity + "; ";
}

std::string sent(const TradingWorld& world, std::size_t orders) {
  if (world.sent().size() == orders) return {};
  return std::to_string(world.sent().size()) + " orders were sent, not " + std::to_string(orders) + "; ";
}

std::string holds(const TradingWorld& world, const std::string& quantity) {
  const Position& position = world.books().position({StrategyName("alpha"), Symbol("BTC/EUR")});
  if (position.quantity.text() == Quantity(*Decimal::parse(quantity)).text()) return {};
  return "the strategy holds " + position.quantity.text() + ", not " + quantity + "; ";
}

std::string lists(const TradingWorld& world, const std::string& kind) {
  for (const Discrepancy& one : world.books().discrepancies())
    if (one.found.kind == kind) return {};
  return "no discrepancy of the kind " + kind + "; ";
}

std::string trades(const TradingWorld& world) {
  if (world.engine().trading() == TradingMode::active) return {};
  return "trading is " + std::string(to_text(world.engine().trading())) + "; ";
}

std::string alerts_once(const TradingWorld& world, const std::string& code) {
  const std::size_t count = world.count_alerts(code);
  return count == 1 ? "" : std::to_string(count) + " alerts '" + code + "', not one; ";
}

void cancel_all_at_exchange(TradingWorld& world) { world.cancel_everything_at_exchange(); }

std::string told_of_every_order(const TradingWorld& world) {
  std::size_t fills = 0, ends = 0;
  for (const Fill& fill : world.books().fills()) fills += fill.strategy.empty() ? 0U : 1U;
  for (const auto& [number, order] : world.books().orders().rows())
    ends += order.is_closed() && order.outcome != Outcome::filled && !order.intent.strategy.empty() ? 1U : 0U;
  const auto memory = world.books().strategies().find(StrategyName("alpha"));
  if (memory == world.books().strategies().end() || memory->second.memory.empty())
    return fills + ends == 0 ? "" : "the strategy remembers nothing; ";
  const auto saved = JsonValue::parse(memory->second.memory);
  const auto told_fills = saved.ok() ? saved->uint_at("told_fills") : Result<std::uint64_t>(saved.error());
  const auto told_ends = saved.ok() ? saved->uint_at("told_ends") : Result<std::uint64_t>(saved.error());
  if (!told_fills.ok() || !told_ends.ok()) return "the strategy's memory cannot be read; ";
  std::string story;
  if (*told_fills != fills)
    story += "told of " + std::to_string(*told_fills) + " fills of " + std::to_string(fills) + "; ";
  if (*told_ends != ends)
    story += "told of " + std::to_string(*told_ends) + " ends of " + std::to_string(ends) + "; ";
  return story;
}

std::string fills_told_before_row(const TradingWorld& world, std::uint64_t row) {
  const std::size_t shown = first_line(world, "market " + std::to_string(row));
  const auto& journal = world.plan->journal;
  for (std::size_t i = shown; i < journal.size(); ++i)
    if (journal[i].starts_with("filled") && first_line(world, journal[i]) > shown)
      return "'" + journal[i] + "' was told behind row " + std::to_string(row) + "; ";
  return {};
}

}  // namespace s1mple
