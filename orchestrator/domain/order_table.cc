#include "orchestrator/domain/order_table.h"

#include "common/base/ensure.h"

namespace s1mple {

Order* OrderTable::insert(Order order) {
  if (index_.contains(order.intent.client_id.text())) return nullptr;
  const std::uint64_t number = ++last_number_;
  Order& row = rows_.emplace_hint(rows_.end(), number, std::move(order))->second;
  if (!row.is_closed()) working_.emplace_hint(working_.end(), number, &row);
  index_.emplace(row.intent.client_id.text(), Entry{number, &row});
  return &row;
}

Order* OrderTable::find(const ClientId& id) {
  const auto found = index_.find(id.text());
  if (found == index_.end()) return nullptr;
  const auto [number, order] = found->second;
  if (!is_frozen())
    reading_.reset();
  else if (number >= reading_->next && number <= reading_->last)
    reading_->before.try_emplace(number, *order);
  return order;
}

const Order* OrderTable::find(const ClientId& id) const {
  const auto found = index_.find(id.text());
  return found == index_.end() ? nullptr : found->second.order;
}

OrderTable::Frozen OrderTable::frozen() {
  ENSURE(!is_frozen(), "one reading of the orders at a time");
  reading_ = std::make_shared<Reading>();
  reading_->last = last_number_;
  return Frozen(rows_, reading_);
}

const Order* OrderTable::Frozen::next() {
  const auto row = rows_.lower_bound(reading_->next);
  if (row == rows_.end() || row->first > reading_->last) return nullptr;
  reading_->next = row->first + 1;
  auto before = reading_->before.extract(row->first);
  if (before.empty()) return &row->second;
  before_ = std::move(before.mapped());
  return &before_;
}

Order OrderTable::take(std::uint64_t number) {
  ENSURE(!is_frozen(), "an order leaves the table while its rows are read");
  const auto row = rows_.find(number);
  ENSURE(row != rows_.end() && row->second.is_closed(), "only a closed order leaves the table");
  index_.erase(row->second.intent.client_id.text());
  Order order = std::move(row->second);
  rows_.erase(row);
  return order;
}

void OrderTable::take_from_working(const Order& order) {
  ENSURE(order.is_closed(), "a working order stays in the list of working orders");
  working_.erase(number_of(order.intent.client_id));
}

std::uint64_t OrderTable::number_of(const ClientId& id) const {
  const auto found = index_.find(id.text());
  return found == index_.end() ? 0 : found->second.number;
}

}  // namespace s1mple
