// Orders, fills and positions as the members of a JSON object, the same in status, lists, notes and explain.
// Amounts are text with at least the instrument's digits, times RFC 3339. Thread: pure functions.
#pragma once

#include "common/base/json.h"
#include "orchestrator/domain/books.h"
#include "orchestrator/execution/order_index.h"

namespace s1mple {

void write_order_members(const Order& order, const OrderIndex& index, JsonWriter& out);
void write_fill_members(const Fill& fill, const OrderIndex& index, JsonWriter& out);
void write_position_members(const PositionKey& key, const Position& position, const OrderIndex& index,
                            JsonWriter& out);
// Digits that an asset is shown with: those of the first instrument that trades it; 0 where none does.
[[nodiscard]] int digits_of(const Asset& asset, const OrderIndex& index);
[[nodiscard]] std::optional<Price> average_price(const Position& position);

}  // namespace s1mple
