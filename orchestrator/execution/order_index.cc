#include "orchestrator/execution/order_index.h"

#include <algorithm>
#include <utility>

#include "orchestrator/domain/reserve.h"

namespace s1mple {

OrderIndex::OrderIndex(std::vector<Instrument> instruments, Decimal taker_fee_rate, const MarketView& market)
    : instruments_(std::move(instruments)), taker_fee_rate_(taker_fee_rate), market_(market) {}

void OrderIndex::rebuild(const Books& books, WallTime now) {
  groups_.clear();
  per_strategy_.clear();
  held_.clear();
  doubts_.clear();
  doubts_by_age_.clear();
  revenants_.clear();
  working_ = 0;
  for (const auto& [number, order] : books.orders().working()) refresh(*order, now);
}

void OrderIndex::refresh(const Order& order, WallTime now) {
  Group& group = groups_[{order.intent.strategy, order.intent.symbol}];
  const auto found = group.working.find({serial_of(order.intent.client_id), order.intent.client_id});
  const bool known = found != group.working.end();
  // What a limit order holds follows from what remains of it; a market order's follows the market.
  if (known && !order.is_closed() && order.intent.price && found->second.remaining == order.remaining()) {
    set_doubt(group, found->second, now);
  } else {
    if (known) remove(group, found);
    if (!order.is_closed()) add(group, order, now);
  }
  if (order.in_doubt()) return;
  if (const auto doubt = doubts_.find(order.intent.client_id); doubt != doubts_.end()) {
    doubts_by_age_.erase({doubt->second, doubt->first});
    doubts_.erase(doubt);
  }
}

void OrderIndex::add(Group& group, const Order& order, WallTime now) {
  const OrderIntent& intent = order.intent;
  Entry entry{&order, order.remaining(), false, {}, {}};
  hold(entry);
  (intent.side == Side::buy ? group.buys : group.sells) += entry.remaining;
  set_doubt(group, entry, now);
  ++working_;
  ++per_strategy_[intent.strategy];
  group.working.emplace(OrderKey{serial_of(intent.client_id), intent.client_id}, std::move(entry));
}

void OrderIndex::set_doubt(Group& group, Entry& entry, WallTime now) {
  const ClientId& id = entry.order->intent.client_id;
  const bool was = std::exchange(entry.in_doubt, entry.order->in_doubt());
  if (was && !entry.in_doubt) --group.in_doubt;
  if (was || !entry.in_doubt) return;
  ++group.in_doubt;
  if (doubts_.emplace(id, now).second) doubts_by_age_.emplace(now, id);
}

void OrderIndex::remove(Group& group, std::map<OrderKey, Entry>::iterator found) {
  const Entry& entry = found->second;
  const OrderIntent& intent = entry.order->intent;
  (intent.side == Side::buy ? group.buys : group.sells) -= entry.remaining;
  if (entry.in_doubt) --group.in_doubt;
  if (!entry.held_asset.empty()) held_[entry.held_asset] -= entry.held;
  --working_;
  --per_strategy_[intent.strategy];
  group.working.erase(found);
}

// What overflows holds nothing: the risk limits have refused such an order before.
void OrderIndex::hold(Entry& entry) {
  const OrderIntent& intent = entry.order->intent;
  const Instrument* rules = instrument(intent.symbol);
  if (rules == nullptr) return;
  const Price reference = market_.known_price(intent.symbol).value_or(Price{});
  const auto held =
      reserve_of(*rules, intent.side, entry.remaining, intent.price, reference, taker_fee_rate_);
  if (!held) return;
  entry.held_asset = intent.side == Side::buy ? rules->quote : rules->base;
  entry.held = *held;
  held_[entry.held_asset] += *held;
}

void OrderIndex::set_revenant(const Order& order, Quantity remaining) {
  drop_revenant(order.intent.client_id);
  const PositionKey key{order.intent.strategy, order.intent.symbol};
  (order.intent.side == Side::buy ? groups_[key].buys : groups_[key].sells) += remaining;
  revenants_[order.intent.client_id] = {key, {order.intent.side, remaining}};
}

void OrderIndex::drop_revenant(const ClientId& id) {
  const auto found = revenants_.find(id);
  if (found == revenants_.end()) return;
  const auto& [key, what] = found->second;
  (what.first == Side::buy ? groups_[key].buys : groups_[key].sells) -= what.second;
  revenants_.erase(found);
}

const OrderIndex::Group& OrderIndex::group(const PositionKey& key) const {
  static const Group kNone;
  const auto found = groups_.find(key);
  return found == groups_.end() ? kNone : found->second;
}

std::size_t OrderIndex::working_of(const StrategyName& strategy) const {
  const auto found = per_strategy_.find(strategy);
  return found == per_strategy_.end() ? 0 : found->second;
}

std::optional<WallTime> OrderIndex::oldest_doubt() const {
  return doubts_by_age_.empty() ? std::nullopt : std::optional(doubts_by_age_.begin()->first);
}

Money OrderIndex::held(const Asset& asset) const {
  const auto found = held_.find(asset);
  return found == held_.end() ? Money{} : found->second;
}

const Instrument* OrderIndex::instrument(const Symbol& symbol) const {
  const auto found =
      std::ranges::find_if(instruments_, [&](const Instrument& i) { return i.symbol == symbol; });
  return found == instruments_.end() ? nullptr : &*found;
}

std::vector<const Order*> OrderIndex::all_working() const {
  std::vector<std::pair<const OrderKey*, const Order*>> keyed;
  keyed.reserve(working_);
  for (const auto& [key, group] : groups_)
    for (const auto& [order_key, entry] : group.working) keyed.emplace_back(&order_key, entry.order);
  const auto older = [](const auto& a, const auto& b) { return *a.first < *b.first; };
  if (!std::ranges::is_sorted(keyed, older)) std::ranges::sort(keyed, older);  // each group is
  std::vector<const Order*> orders;
  orders.reserve(keyed.size());
  for (const auto& [order_key, order] : keyed) orders.push_back(order);
  return orders;
}

}  // namespace s1mple
