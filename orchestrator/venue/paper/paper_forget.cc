// What leaves the exchange's books for its archive.
#include "orchestrator/venue/paper/paper_saved.h"

namespace s1mple {

void PaperBooks::forget_order(const PaperOrder& order, Forgotten& forgotten) {
  by_client_id_.erase(order.client_id.text());
  forgotten.orders.push_back(saved_order(*this, order));
}

// Trades first, and all of them before the first order: their rows need their orders. Numbers, opening, closing and
// trading times never go backwards.
PaperBooks::Forgotten PaperBooks::forget(WallTime before, std::size_t limit) {
  Forgotten forgotten;
  const auto goes_on = [&](const auto& rows) { return !rows.empty() && forgotten.size() < limit; };
  for (; goes_on(trades_) && trades_.front().time < before; trades_.pop_front(), ++first_trade_) {
    const PaperTrade& trade = trades_.front();
    const PaperOrder& traded = order(trade.order);
    const Pair& pair = pairs_.at(traded.symbol);
    const Money cost = cost_of(trade.price, trade.quantity).value_or(Money{});
    const Money quantity(trade.quantity.value);
    const bool buys = traded.side == Side::buy;
    balances_[pair.base].archived += buys ? quantity : -quantity;
    balances_[pair.quote].archived += (buys ? -cost : cost) - trade.fee;
    forgotten.trades.push_back(saved_trade(*this, trade));
  }
  forgotten.more = !trades_.empty() && trades_.front().time < before;
  if (forgotten.more) return forgotten;
  const auto is_old = [before](const PaperOrder& each) { return !each.is_open() && each.closed_at < before; };
  for (auto early = early_.begin(); early != early_.end() && forgotten.size() < limit;) {
    const auto next = std::next(early);
    if (is_old(early->second)) {
      forget_order(early->second, forgotten);
      early_.erase(early);
    }
    early = next;
  }
  std::size_t moved = 0;  // a row that only moves is work, too
  for (; goes_on(orders_) && moved < limit && orders_.front().opened_at < before; orders_.pop_front(), ++first_order_) {
    PaperOrder& front = orders_.front();
    if (is_old(front))
      forget_order(front, forgotten);
    else
      early_.emplace_hint(early_.end(), front.number, std::move(front));
    ++moved;
  }
  forgotten.more = forgotten.size() >= limit || moved >= limit;
  while (!closed_.empty() && find_number(closed_.front()) == nullptr) closed_.pop_front();
  return forgotten;
}

}  // namespace s1mple
