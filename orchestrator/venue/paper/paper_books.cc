#include "orchestrator/venue/paper/paper_books.h"

#include <algorithm>

namespace s1mple {
namespace {

Error impossible(std::string story) { return Error{Errc::damaged, std::move(story)}; }

std::string name_of(std::uint64_t order) { return "order " + std::to_string(order); }

}  // namespace

Result<void> PaperBooks::apply(const PaperFact& fact) {
  if (!is_opened() && !std::holds_alternative<PaperOpened>(fact))
    return impossible("the first fact of the exchange's books must be opened");
  auto folded = std::visit([this](const auto& body) { return fold(body); }, fact);
  if (!folded) return std::move(folded).error().during(kPaperFactNames[fact.index()]);
  return {};
}

Result<void> PaperBooks::fold(const PaperOpened& fact) {
  if (is_opened()) return impossible("the books are open already");
  if (fact.tag.empty()) return impossible("without a tag");
  tag_ = fact.tag;
  note_time(fact.at);
  return {};
}

Result<void> PaperBooks::fold(const PaperListed& fact) {
  if (!pairs_.try_emplace(fact.symbol, Pair{fact.base, fact.quote, std::nullopt, {}}).second)
    return impossible(fact.symbol.text() + " is listed already");
  return {};
}

Result<void> PaperBooks::fold(const PaperDeposited& fact) {
  if (fact.amount.is_negative()) return impossible("a negative amount of " + fact.asset.text());
  PaperBalance& balance = balances_[fact.asset];
  balance.deposited += fact.amount;
  balance.total += fact.amount;
  note_time(fact.at);
  return {};
}

Result<void> PaperBooks::fold(const PaperEpochSeen& fact) {
  if (fact.epoch <= epoch_)
    return impossible("epoch " + std::to_string(fact.epoch) + " after " + std::to_string(epoch_));
  epoch_ = fact.epoch;
  note_time(fact.at);
  return {};
}

Result<void> PaperBooks::fold(const PaperPriceSeen& fact) {
  const auto pair = pairs_.find(fact.symbol);
  if (pair == pairs_.end()) return impossible(fact.symbol.text() + " is not listed");
  pair->second.last_price = fact.price;
  return {};
}

Result<void> PaperBooks::fold(const PaperMarketSeen& fact) {
  if (fact.row < market_.cursor.row)
    return impossible("row " + std::to_string(fact.row) + " after " + std::to_string(market_.cursor.row));
  market_.cursor.row = fact.row;
  market_.cursor.position = fact.position;
  market_.time = fact.time;
  note_time(fact.time);
  return {};
}

Result<void> PaperBooks::fold(const PaperQueueMoved& fact) {
  auto found = open_order(fact.order);
  if (!found) return std::move(found).error();
  if (fact.ahead.is_negative()) return impossible(name_of(fact.order) + ": a negative quantity ahead of it");
  (*found)->ahead = fact.ahead;
  return {};
}

Result<void> PaperBooks::fold(const PaperOrderPlaced& fact) {
  PaperOrder order;
  order.number = fact.order;
  order.client_id = fact.client_id;
  order.symbol = fact.symbol;
  order.side = fact.side;
  order.type = fact.type;
  order.quantity = fact.quantity;
  order.price = fact.price;
  order.post_only = fact.post_only;
  order.ahead = fact.ahead;
  order.reserved = fact.reserved;
  order.opened_at = fact.at;
  return add_order(std::move(order));
}

Result<void> PaperBooks::fold(const PaperOrderRefused& fact) {
  PaperOrder order;
  order.number = fact.order;
  order.client_id = fact.client_id;
  order.symbol = fact.symbol;
  order.side = fact.side;
  order.type = fact.type;
  order.quantity = fact.quantity;
  order.price = fact.price;
  order.status = VenueStatus::rejected;
  order.reason = fact.reason;
  order.opened_at = fact.at;
  order.closed_at = fact.at;
  return add_order(std::move(order));
}

Result<void> PaperBooks::fold(const PaperTraded& fact) {
  if (fact.trade != next_trade())
    return impossible("trade " + std::to_string(fact.trade) + " after " + std::to_string(next_trade() - 1));
  auto found = open_order(fact.order);
  if (!found) return std::move(found).error();
  PaperOrder& order = **found;
  if (!fact.quantity.is_positive() || fact.quantity > order.remaining())
    return impossible(name_of(order.number) + ": " + fact.quantity.text() + " traded of " +
                      order.remaining().text());
  if (fact.fee.is_negative() || !fact.price.is_positive())
    return impossible(name_of(order.number) + ": an impossible price or fee");
  const PaperTrade trade{fact.trade, fact.order, fact.price, fact.quantity,
                         fact.fee,   fact.maker, fact.row,   fact.at};
  if (auto settled = settle(order, trade); !settled) return settled;
  if (auto held = hold(order, order.reserved, fact.reserved); !held) return held;
  order.reserved = fact.reserved;
  order.filled += fact.quantity;
  trades_.push_back(trade);
  note_time(fact.at);
  if (order.remaining().is_zero()) return close(order, VenueStatus::filled, "", fact.at);
  return {};
}

Result<void> PaperBooks::fold(const PaperOrderEnded& fact) {
  if (fact.status != VenueStatus::cancelled && fact.status != VenueStatus::expired)
    return impossible(name_of(fact.order) + " ends as " + std::string(to_text(fact.status)));
  auto found = open_order(fact.order);
  if (!found) return std::move(found).error();
  note_time(fact.at);
  return close(**found, fact.status, fact.reason, fact.at);
}

// ---- parts of the above

Result<PaperOrder*> PaperBooks::open_order(std::uint64_t number) {
  PaperOrder* const order = row(number);
  if (order == nullptr) return impossible(name_of(number) + " does not exist");
  if (!order->is_open()) return impossible(name_of(number) + " is closed");
  return order;
}

Result<void> PaperBooks::add_order(PaperOrder order) {
  const bool is_early = order.number != 0 && order.number < first_order_;  // only in a snapshot
  if (is_early ? early_.contains(order.number) : order.number != next_order())
    return impossible(name_of(order.number) + " after " + std::to_string(next_order() - 1));
  if (!by_client_id_.try_emplace(order.client_id.text(), order.number).second)
    return impossible("client id " + order.client_id.text() + " a second time");
  if (order.is_open()) {
    if (!pairs_.contains(order.symbol)) return impossible(order.symbol.text() + " is not listed");
    if (order.type != OrderType::market && !order.price)
      return impossible(name_of(order.number) + " has no price");
    if (!order.quantity.is_positive() || order.filled.is_negative() || order.filled >= order.quantity)
      return impossible(name_of(order.number) + " has an impossible quantity");
    if (auto held = hold(order, Money{}, order.reserved); !held) return held;
    open_.insert(order.number);
    index(order, true);
  } else if (order.status == VenueStatus::rejected) {
    closed_.push_back(order.number);
  }
  note_time(order.opened_at);
  if (is_early)
    early_.emplace(order.number, std::move(order));
  else
    orders_.push_back(std::move(order));
  return {};
}

Result<void> PaperBooks::hold(const PaperOrder& order, Money before, Money after) {
  const Pair& pair = pairs_.at(order.symbol);
  const Asset& asset = order.side == Side::buy ? pair.quote : pair.base;
  PaperBalance& balance = balances_[asset];
  const Money reserved = balance.reserved - before + after;
  if (after.is_negative() || reserved > balance.total)
    return impossible(name_of(order.number) + ": " + reserved.text() + " " + asset.text() + " reserved of " +
                      balance.total.text());
  balance.reserved = reserved;
  return {};
}

// Moves the money only; what is reserved is compared with it by hold().
Result<void> PaperBooks::settle(const PaperOrder& order, const PaperTrade& trade) {
  const auto cost = cost_of(trade.price, trade.quantity);
  if (!cost)
    return impossible("trade " + std::to_string(trade.number) + " is worth more than can be counted");
  if (order.side == Side::sell && trade.fee > *cost)
    return impossible("trade " + std::to_string(trade.number) + " costs more than it brings");
  const Pair& pair = pairs_.at(order.symbol);
  PaperBalance& base = balances_[pair.base];
  PaperBalance& quote = balances_[pair.quote];
  const Money quantity(trade.quantity.value);
  const bool buys = order.side == Side::buy;
  const Money base_total = buys ? base.total + quantity : base.total - quantity;
  const Money quote_total = buys ? quote.total - *cost - trade.fee : quote.total + *cost - trade.fee;
  if (base_total.is_negative() || quote_total.is_negative())
    return impossible("trade " + std::to_string(trade.number) + " leaves " + base_total.text() + " " +
                      pair.base.text() + " and " + quote_total.text() + " " + pair.quote.text());
  base.total = base_total;
  quote.total = quote_total;
  return {};
}

void PaperBooks::index(const PaperOrder& order, bool insert) {
  const auto put = [&](auto& list) {
    const std::pair entry{*order.price, order.number};
    if (insert)
      list.insert(entry);
    else
      list.erase(entry);
  };
  PaperResting& resting = pairs_.at(order.symbol).resting;
  const bool buys = order.side == Side::buy;
  switch (order.type) {
    case OrderType::market: return;
    case OrderType::limit: return buys ? put(resting.buys) : put(resting.sells);
    case OrderType::stop_loss: return buys ? put(resting.buy_stops) : put(resting.sell_stops);
  }
  ENSURE(false, "OrderType out of range");
}

Result<void> PaperBooks::close(PaperOrder& order, VenueStatus status, std::string reason, WallTime at) {
  if (auto held = hold(order, order.reserved, Money{}); !held) return held;
  index(order, false);
  open_.erase(order.number);
  closed_.push_back(order.number);
  order.reserved = Money{};
  order.ahead = Quantity{};
  order.status = status;
  order.reason = std::move(reason);
  order.closed_at = at;
  return {};
}

void PaperBooks::note_time(WallTime at) { latest_ = std::max(latest_, at); }

}  // namespace s1mple
