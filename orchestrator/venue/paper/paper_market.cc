// Rows of the market: which of our orders they reach, and what comes of it. ASSUMPTIONS.md says it in
// words.
#include <algorithm>

#include "orchestrator/venue/paper/paper_exchange.h"

namespace s1mple {

// A resting limit order gets of the row's volume what neither the queue ahead of it nor an earlier order of
// ours takes; a price that was traded through has no queue left.
void PaperExchange::plan_touch(std::uint64_t number, bool through, const Instrument& instrument,
                               Quantity& left) {
  const PaperOrder& order = books_.order(number);
  const Quantity before = through ? Quantity{} : ahead_of(order);
  Touch touch{number, {}, before > left ? before - left : Quantity{}};
  if (left > before && plan_.fills < kMaxFillsOfRow) {
    const Quantity offered((left - before).value.rounded_to(instrument.quantity_step.value, Rounding::floor));
    touch.fill = std::min(order.remaining(), offered);
    left -= touch.fill;
  }
  if (touch.fill.is_positive()) ++plan_.fills;
  if (touch.fill.is_positive() || touch.ahead != ahead_of(order)) plan_.touched.push_back(touch);
}

void PaperExchange::plan_row(const MarketTrade& trade, const Live& live) {
  const PaperResting& resting = live.pair->resting;
  const Instrument& instrument = *live.instrument;
  plan_.touched.clear();
  plan_.triggered.clear();
  plan_.fills = 0;
  Quantity left = trade.quantity;
  // A trade at our price was made with the other side of the book if its taker was on our side.
  const bool reaches_buys = trade.taker != Side::buy, reaches_sells = trade.taker != Side::sell;
  for (const auto& [price, number] : resting.buys) {
    if (price < trade.price) break;
    if (price > trade.price || reaches_buys) plan_touch(number, price > trade.price, instrument, left);
  }
  for (const auto& [price, number] : resting.sells) {
    if (price > trade.price) break;
    if (price < trade.price || reaches_sells) plan_touch(number, price < trade.price, instrument, left);
  }
  for (const auto& [trigger, number] : resting.sell_stops) {
    if (trigger < trade.price) break;
    plan_.triggered.push_back(number);
  }
  for (const auto& [trigger, number] : resting.buy_stops) {
    if (trigger > trade.price) break;
    plan_.triggered.push_back(number);
  }
}

bool PaperExchange::would_trade(const MarketTrade& trade) {
  const auto live = live_.find(trade.symbol);
  if (live == live_.end() || (trade.row != 0 && trade.row <= cursor_.row)) return false;
  plan_row(trade, live->second);
  return plan_.fills != 0 || !plan_.triggered.empty();
}

PaperStep PaperExchange::on_market(const MarketTrade& row, const MarketCursor& cursor) {
  ENSURE(books_.is_opened(), "the exchange is opened before the market");
  PaperStep step;
  if (cursor.row <= cursor_.row) return step;
  cursor_ = cursor;
  cursor_moved_ = true;
  row_time_ = market_time_ = now(row.time);
  const auto live = live_.find(row.symbol);
  if (live == live_.end()) return step;
  plan_row(row, live->second);
  live->second.last = row.price;
  live->second.moved = true;
  // Everything that the row changed is remembered before the first fact puts it all into one record.
  for (const Touch& touch : plan_.touched) ahead_[touch.order] = touch.ahead;
  for (const Touch& touch : plan_.touched)
    if (touch.fill.is_positive())
      trade(step, touch.order, *books_.order(touch.order).price, touch.fill, true);
  const std::size_t before_stops = step.facts.size();
  for (const std::uint64_t stop : plan_.triggered) {
    if (step.facts.size() - before_stops >= kMaxStopFactsOfRow) break;
    take(step, stop);
  }
  return step;
}

}  // namespace s1mple
