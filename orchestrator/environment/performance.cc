#include "orchestrator/environment/performance.h"

#include <algorithm>

namespace s1mple {

// What stands in the books is marked at the price that it was made at, then at the new one.
void Performance::on_row(const MarketTrade& trade) {
  if (rows_ > 0) mark();
  last_[trade.symbol] = trade.price;
  if (rows_++ == 0) first_ = highest_ = equity();
  else mark();
}

void Performance::mark() {
  const Money now = equity();
  highest_ = std::max(highest_, now);
  fall_ = std::max(fall_, highest_ - now);
}

Money Performance::equity() const {
  const auto cash = books_.balances().find(quote_);
  Money sum = cash == books_.balances().end() ? Money() : cash->second;
  for (const auto& [key, position] : books_.positions()) {
    const auto price = last_.find(key.symbol);
    if (price == last_.end() || !key.symbol.text().ends_with("/" + quote_.text())) continue;
    if (const auto value = cost_of(price->second, position.quantity)) sum += *value;
  }
  return sum;
}

std::vector<StrategyResult> Performance::by_strategy() const {
  std::map<PositionKey, StrategyResult> results;
  for (const Fill& fill : books_.fills()) {
    StrategyResult& result = results[{fill.strategy, fill.symbol}];
    ++result.fills;
    (fill.side == Side::buy ? result.bought : result.sold) += fill.quantity;
    result.fees += fill.fee;
  }
  std::vector<StrategyResult> list;
  for (auto& [key, result] : results) {
    const Position& position = books_.position(key);
    result.strategy = key.strategy;
    result.symbol = key.symbol;
    result.held = position.quantity;
    result.realised = position.realised;
    const auto price = last_.find(key.symbol);
    if (price != last_.end())
      if (const auto value = cost_of(price->second, position.quantity)) result.unrealised = *value - position.cost;
    list.push_back(std::move(result));
  }
  return list;
}

}  // namespace s1mple
