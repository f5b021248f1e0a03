// What leaves the exchange's books for its archive.
#include "orchestrator/venue/paper/paper_saved.h"

namespace s1mple {

void PaperBooks::forget_order(const PaperOrder& order, Forgotten& forgotten) {
  by_client_id_.erase(order.client_id.text());
  forgotten.orders.push_back(saved_order(*this, order));
}

// Trades first: their rows need their orders. Numbers, opening, closing and trading times never go backwards.
PaperBooks::Forgotten PaperBooks::forget(WallTime before) {
  Forgotten forgotten;
  for (; !trades_.empty() && trades_.front().time < before; trades_.pop_front(), ++first_trade_) {
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
  const auto is_old = [before](const PaperOrder& each) { return !each.is_open() && each.closed_at < before; };
  for (auto early = early_.begin(); early != early_.end();) {
    const auto next = std::next(early);
    if (is_old(early->second)) {
      forget_order(early->second, forgotten);
      early_.erase(early);
    }
    early = next;
  }
  for (; !orders_.empty() && orders_.front().opened_at < before; orders_.pop_front(), ++first_order_) {
    PaperOrder& front = orders_.front();
    if (is_old(front))
      forget_order(front, forgotten);
    else
      early_.emplace_hint(early_.end(), front.number, std::move(front));
  }
  while (!closed_.empty() && find_number(closed_.front()) == nullptr) closed_.pop_front();
  return forgotten;
}

}  // namespace s1mple
