#include "orchestrator/domain/books.h"

#include <algorithm>

namespace s1mple {
namespace {

Error impossible(std::string story) { return Error{Errc::damaged, std::move(story)}; }

void grow(Stage& stage, Stage to) { stage = std::max(stage, to); }

void bound(auto& queue, std::size_t limit) {
  while (queue.size() > limit) queue.pop_front();
}

// What a sold part of a position had cost, in proportion, rounded half even; all of it when all is sold.
Money cost_of_part(const Position& position, Quantity part) {
  if (part >= position.quantity) return position.cost;
  const auto scaled = Decimal::checked_multiply(position.cost.value, part.value);
  const auto share = scaled ? Decimal::checked_divide(*scaled, position.quantity.value) : std::nullopt;
  return share ? Money(*share) : position.cost;
}

std::pair<Asset, Asset> base_and_quote(const Symbol& symbol) {
  const auto slash = symbol.value.find('/');
  if (slash == std::string::npos) return {Asset(symbol.value), Asset()};
  return {Asset(symbol.value.substr(0, slash)), Asset(symbol.value.substr(slash + 1))};
}

}  // namespace

// One overload per fact: a new fact does not compile until its effect is decided.
struct Books::Applier {
  Books& books;

  Result<Order*> order(const ClientId& id) {
    Order* found = books.orders_.find(id);
    if (found == nullptr) return impossible("order " + id.text() + " is not in the books");
    return found;
  }
  void seen(WallTime at) { books.latest_ = std::max(books.latest_, at); }

  Result<void> operator()(const IdentitySet& fact) {
    books.identity_ = fact;
    return {};
  }
  Result<void> operator()(const RunStarted& fact) {
    books.run_ = fact;
    seen(fact.at);
    return {};
  }
  Result<void> operator()(const RunEnded& fact) {
    seen(fact.at);
    return {};
  }
  Result<void> operator()(const OrderIntended& fact) {
    Order fresh;
    fresh.intent = fact.intent;
    if (books.orders_.insert(std::move(fresh)) == nullptr)
      return impossible("order id " + fact.intent.client_id.text() + " was used twice");
    seen(fact.intent.created_at);
    return {};
  }
  Result<void> operator()(const OrderSent& fact) {
    auto found = order(fact.client_id);
    if (!found) return std::move(found).error();
    grow((*found)->stage, Stage::sent);
    (*found)->sent_at = fact.at;
    seen(fact.at);
    return {};
  }
  Result<void> operator()(const OrderAccepted& fact) {
    auto found = order(fact.client_id);
    if (!found) return std::move(found).error();
    Order& order = **found;
    if (!fact.venue_id.empty()) {
      const auto [entry, fresh] = books.by_venue_id_.emplace(fact.venue_id, &order);
      if (!fresh && entry->second != &order)
        return impossible("venue order " + fact.venue_id.text() + " belongs to two orders of ours");
      if (!order.venue_id.empty() && order.venue_id != fact.venue_id)
        books.earlier_venue_ids_.emplace(&order, order.venue_id);
      order.venue_id = fact.venue_id;
    }
    seen(fact.at);
    if (order.is_closed()) return {};
    grow(order.stage, Stage::live);
    if (order.request == RequestKind::adding) {
      order.request = RequestKind::none;
      order.certain = true;
    }
    return {};
  }
  Result<void> operator()(const OrderClosed& fact) {
    auto found = order(fact.client_id);
    if (!found) return std::move(found).error();
    Order& order = **found;
    if (fact.outcome == Outcome::none || fact.outcome == Outcome::filled)
      return impossible("order " + fact.client_id.text() + " closed as " + std::string(to_text(fact.outcome)));
    if (order.is_closed() && order.outcome != Outcome::abandoned)
      return impossible("order " + fact.client_id.text() + " closed twice");
    books.close(order, fact.outcome, fact.reason, fact.at);
    seen(fact.at);
    return {};
  }
  Result<void> operator()(const RequestChanged& fact) {
    auto found = order(fact.client_id);
    if (!found) return std::move(found).error();
    if ((*found)->is_closed()) return impossible("request about closed order " + fact.client_id.text());
    (*found)->request = fact.request;
    (*found)->certain = fact.certain;
    seen(fact.at);
    return {};
  }
  Result<void> operator()(const FillCounted& fact) {
    seen(fact.fill.time);
    return books.count(fact);
  }
  Result<void> operator()(const BalanceSet& fact) {
    books.balances_[fact.asset] = fact.total;
    if (!books.balances_since_) books.balances_since_ = fact.at;
    seen(fact.at);
    return {};
  }
  Result<void> operator()(const ProtectionSet& fact) {
    books.positions_[{fact.strategy, fact.symbol}].protection = fact.protection;
    return {};
  }
  Result<void> operator()(const ReasonRaised& fact) {
    std::erase_if(books.reasons_, [&](const Reason& r) { return r.source == fact.source && r.code == fact.code; });
    books.reasons_.push_back({fact.source, fact.code, fact.text, fact.at});
    seen(fact.at);
    return {};
  }
  Result<void> operator()(const ReasonCleared& fact) {
    std::erase_if(books.reasons_, [&](const Reason& r) { return r.source == fact.source && r.code == fact.code; });
    seen(fact.at);
    return {};
  }
  Result<void> operator()(const BreakerMoved& fact) {
    books.breaker_ = {fact.state, fact.failed_probes, fact.at};
    seen(fact.at);
    return {};
  }
  Result<void> operator()(const AlertRaised& fact) {
    ++books.alerts_raised_;
    books.alerts_.push_back({fact.id, fact.level, fact.code, fact.text, fact.at});
    bound(books.alerts_, kMaxPendingAlerts);
    seen(fact.at);
    return {};
  }
  Result<void> operator()(const AlertHandedOver& fact) {
    std::erase_if(books.alerts_, [&](const PendingAlert& alert) { return alert.id == fact.id; });
    return {};
  }
  Result<void> operator()(const StrategySaved& fact) {
    StrategyMemory& memory = books.strategies_[fact.strategy];
    memory.memory = fact.memory;
    memory.wake_at = fact.wake_at;
    return {};
  }
  Result<void> operator()(const ReportQueued& fact) {
    books.strategies_[fact.strategy].reports.push_back({fact.kind, fact.client_id, fact.execution_id});
    return {};
  }
  Result<void> operator()(const ReportDelivered& fact) {
    const auto found = books.strategies_.find(fact.strategy);
    if (found == books.strategies_.end() || found->second.reports.empty())
      return impossible("a report to " + fact.strategy.text() + " that was never queued");
    found->second.reports.pop_front();
    return {};
  }
  Result<void> operator()(const MarketSeen& fact) {
    books.market_[fact.symbol] = {fact.row, fact.price, fact.time, fact.position};
    seen(fact.time);
    return {};
  }
  Result<void> operator()(const DiscrepancyFound& fact) {
    auto& all = books.discrepancies_;
    const auto same = std::ranges::find_if(all, [&](const Discrepancy& d) { return d.found.id == fact.id; });
    if (same != all.end()) *same = {fact, false};
    else all.push_back({fact, false});
    if (all.size() > kMaxDiscrepancies)   // the oldest that no person has to decide any more
      if (const auto settled = std::ranges::find_if(all, [](const Discrepancy& d) { return d.accepted || !d.found.open; });
          settled != all.end())
        all.erase(settled);
    seen(fact.at);
    return {};
  }
  Result<void> operator()(const DiscrepancyAccepted& fact) {
    for (Discrepancy& discrepancy : books.discrepancies_)
      if (discrepancy.found.id == fact.id) discrepancy.accepted = true;
    seen(fact.at);
    return {};
  }
  Result<void> operator()(const ReconciliationEnded& fact) {
    books.reconciliation_ = fact;
    seen(fact.at);
    return {};
  }
  Result<void> operator()(const CommandHandled& fact) {
    books.commands_.push_back(fact);
    bound(books.commands_, kMaxHandledCommands);
    seen(fact.at);
    return {};
  }
  Result<void> operator()(const Refused& fact) {
    books.refusals_.push_back(fact);
    bound(books.refusals_, kMaxRefusals);
    seen(fact.at);
    return {};
  }
};

Result<void> Books::apply(const Fact& fact) {
  auto applied = std::visit(Applier{*this}, fact);
  return applied ? Result<void>() : Result<void>(std::move(applied).error().during(kFactNames[fact.index()]));
}

void Books::close(Order& order, Outcome outcome, const std::string& reason, WallTime at) {
  order.stage = Stage::closed;
  order.outcome = outcome;
  order.request = RequestKind::none;
  order.certain = true;
  order.reason = reason;
  order.closed_at = at;
  orders_.take_from_working(order);
}

Result<void> Books::count(const FillCounted& fact) {
  const Fill& fill = fact.fill;
  if (!cost_of(fill.price, fill.quantity) || !fill.quantity.is_positive())
    return impossible("fill " + fill.execution_id.text() + " has an impossible amount");
  if (!counted_.emplace(fill.execution_id, fills_gone_ + fills_.size()).second)
    return impossible("fill " + fill.execution_id.text() + " was counted before");
  fills_.push_back(fill);
  if (Order* found = orders_.find(fill.client_id)) {
    Order& order = *found;
    order.filled += fill.quantity;
    order.cost += *cost_of(fill.price, fill.quantity);
    if (fill.fee_asset == base_and_quote(fill.symbol).second) order.fees += fill.fee;
    if (!order.is_closed()) {
      grow(order.stage, Stage::live);
      if (order.request == RequestKind::adding) {
        order.request = RequestKind::none;
        order.certain = true;
      }
      if (order.filled >= order.intent.quantity) close(order, Outcome::filled, "", fill.time);
    } else if (order.outcome == Outcome::abandoned && order.filled >= order.intent.quantity) {
      close(order, Outcome::filled, "abandoned, but the venue had it", fill.time);
    }
  }
  settle(fill);
  return {};
}

// Positions and balances follow the fill. A fill that belongs to no strategy moves the balances alone.
void Books::settle(const Fill& fill) {
  const auto [base, quote] = base_and_quote(fill.symbol);
  const Money cost = *cost_of(fill.price, fill.quantity);
  const Money fee_in_quote = fill.fee_asset == quote ? fill.fee : Money{};
  const Money traded(fill.quantity.value);
  const bool buy = fill.side == Side::buy;
  balances_[base] += buy ? traded : -traded;
  balances_[quote] += buy ? -cost : cost;
  balances_[fill.fee_asset] -= fill.fee;
  if (fill.strategy.empty()) return;

  Position& position = positions_[{fill.strategy, fill.symbol}];
  if (buy) {
    position.quantity += fill.quantity;
    position.cost += cost + fee_in_quote;
    if (const Order* order = orders_.find(fill.client_id)) position.protection = order->intent.protection;
  } else {
    const Money part = cost_of_part(position, fill.quantity);
    position.quantity -= fill.quantity;
    position.cost -= part;
    position.realised += cost - fee_in_quote - part;
    if (!position.quantity.is_positive()) position.protection = {};
  }
}

const Order* Books::find_order(const VenueOrderId& id) const {
  const auto found = by_venue_id_.find(id);
  return found == by_venue_id_.end() ? nullptr : found->second;
}

const Fill* Books::find_fill(const ExecutionId& id) const {
  const auto index = fill_index(id);
  return index ? &fills_[*index] : nullptr;
}

std::optional<std::size_t> Books::fill_index(const ExecutionId& id) const {
  const auto found = counted_.find(id);
  return found == counted_.end() ? std::nullopt : std::optional(found->second - fills_gone_);
}

void Books::forget_orders(WallTime before, std::size_t limit, Forgotten& forgotten) {
  // A venue that tells no time of closing does not make an order older than it is.
  const auto age = [](const Order& order) { return std::max({order.closed_at, order.sent_at, order.intent.created_at}); };
  auto row = orders_.rows().lower_bound(forget_from_);
  for (std::size_t looked_at = 0; looked_at < limit && row != orders_.rows().end(); ++looked_at) {
    const auto& [number, order] = *row++;
    if (!order.is_closed() || age(order) >= before) continue;
    by_venue_id_.erase(order.venue_id);
    const auto [first, last] = earlier_venue_ids_.equal_range(&order);
    for (auto earlier = first; earlier != last; ++earlier) by_venue_id_.erase(earlier->second);
    earlier_venue_ids_.erase(first, last);
    forgotten.orders.push_back(orders_.take(number));
  }
  const bool all_seen = row == orders_.rows().end();
  forget_from_ = all_seen ? 0 : row->first;
  forgotten.more = !all_seen;
}

Books::Forgotten Books::forget(WallTime before, std::size_t limit) {
  ENSURE(!orders_.is_frozen(), "nothing leaves the books while a snapshot is made of them");
  Forgotten forgotten;
  forget_orders(before, limit, forgotten);
  while (!fills_.empty() && fills_.front().time < before && forgotten.fills.size() < limit) {
    counted_.erase(fills_.front().execution_id);
    forgotten.fills.push_back(std::move(fills_.front()));
    fills_.pop_front();
  }
  forgotten.more = forgotten.more || forgotten.fills.size() == limit;
  fills_gone_ += forgotten.fills.size();
  forgotten_orders_ += forgotten.orders.size();
  forgotten_fills_ += forgotten.fills.size();
  return forgotten;
}

const Position& Books::position(const PositionKey& key) const {
  static const Position kFlat;
  const auto found = positions_.find(key);
  return found == positions_.end() ? kFlat : found->second;
}

bool Books::is_halted_by_operator() const {
  return std::ranges::any_of(reasons_, [](const Reason& r) { return r.source == ReasonSource::operator_halt; });
}

MarketCursor Books::market_cursor() const {
  MarketCursor furthest;
  for (const auto& [symbol, seen] : market_)
    if (seen.row > furthest.row) furthest = {seen.row, seen.position};
  return furthest;
}

const CommandHandled* Books::find_command(const std::string& id) const {
  const auto found = std::ranges::find_if(commands_, [&](const CommandHandled& c) { return c.id == id; });
  return found == commands_.end() ? nullptr : &*found;
}

}  // namespace s1mple
