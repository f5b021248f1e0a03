#include "supervisor/client/lists.h"

#include "supervisor/client/format.h"
#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

Tone tone_of_side(const std::string& side) {
  if (side == "buy") return Tone::good;
  return side == "sell" ? Tone::bad : Tone::plain;
}

Tone tone_of_status(const std::string& status) {
  if (status == "in_doubt") return Tone::bad;
  return status == "intended" || status == "sent" || status == "pending_cancel" ? Tone::caution : Tone::plain;
}

std::string price_of(const std::vector<SymbolView>& symbols, const std::string& symbol) {
  for (const auto& entry : symbols)
    if (entry.symbol == symbol) return entry.last_price;
  return {};
}

Piece gain(Decimal profit) {
  return {signed_amount(profit), profit.is_zero() ? Tone::plain : profit.is_negative() ? Tone::bad : Tone::good};
}

// quantity * (last - average), where all three are known.
Piece profit_of(const PositionView& position, const std::string& last) {
  const auto quantity = Decimal::parse(position.quantity);
  const auto average = Decimal::parse(position.average_price);
  const auto price = Decimal::parse(last);
  if (!quantity || !average || !price) return {};
  const auto profit = Decimal::checked_multiply(*quantity, *price - *average);
  if (!profit) return {};
  return gain(*profit);
}

Piece realised_of(const PositionView& position) {
  const auto profit = Decimal::parse(position.realised);
  return profit ? gain(*profit) : Piece{position.realised};
}

}  // namespace

Table positions_table(const std::vector<PositionView>& positions, const std::vector<SymbolView>& symbols) {
  Table table;
  table.columns = {{"symbol"}, {"strategy", Align::left, 3}, {"quantity", Align::point}, {"average", Align::point, 1},
                   {"last", Align::point, 4}, {"unrealised", Align::point, 2}, {"realised", Align::point, 5}};
  for (const auto& position : positions) {
    const std::string last = price_of(symbols, position.symbol);
    table.rows.push_back({{position.symbol, Tone::strong}, {position.strategy}, {trimmed(position.quantity)},
                          {trimmed(position.average_price)}, {last}, profit_of(position, last), realised_of(position)});
  }
  return table;
}

Table orders_table(const std::vector<OrderView>& orders) {
  Table table;
  table.columns = {{"side"}, {"symbol", Align::left, 1}, {"quantity", Align::point}, {"filled", Align::point, 4},
                   {"price", Align::point}, {"type", Align::left, 5}, {"status", Align::left, 2},
                   {"strategy", Align::left, 3}, {"id", Align::left, 6}};
  for (const auto& order : orders) {
    const std::string price = order.price.empty() ? "market" : order.price;
    table.rows.push_back({{order.side, tone_of_side(order.side)}, {order.symbol}, {trimmed(order.quantity)}, {trimmed(order.filled)},
                          {price}, {spaced(order.type)}, {spaced(order.status), tone_of_status(order.status)},
                          {order.strategy}, {order.client_id, Tone::dim}});
  }
  return table;
}

Table fills_table(const std::vector<FillView>& fills, WallTime now) {
  Table table;
  table.columns = {{"time", Align::left, 2}, {"side"}, {"symbol", Align::left, 1}, {"quantity", Align::point},
                   {"price", Align::point}, {"fee", Align::point, 4}, {"", Align::left, 4},
                   {"strategy", Align::left, 3}, {"id", Align::left, 5}};
  for (const auto& fill : fills) {
    const std::string time = fill.time ? stamp_text(*fill.time, now) : std::string();
    table.rows.push_back({{time, Tone::dim}, {fill.side, tone_of_side(fill.side)}, {fill.symbol}, {trimmed(fill.quantity)},
                          {fill.price}, {trimmed(fill.fee)}, {fill.fee_asset}, {fill.strategy}, {fill.exec_id, Tone::dim}});
  }
  return table;
}

Table strategies_table(const std::vector<StrategyView>& strategies) {
  Table table;
  table.columns = {{"name"}, {"state", Align::left, 1}, {"trading"}, {"open orders", Align::right, 2}};
  for (const auto& strategy : strategies) {
    const bool active = strategy.trading == "active";
    table.rows.push_back({{strategy.name, Tone::strong}, {spaced(strategy.state)},
                          {strategy.trading, active ? Tone::plain : Tone::caution},
                          {strategy.open_orders ? std::to_string(*strategy.open_orders) : ""}});
  }
  return table;
}

}  // namespace s1mple::client
