// Positions, orders, fills: the tables that the page, the list commands and the screen share.
//
// Columns that matter least are dropped first where the room is narrow. Thread: any; pure.
#pragma once

#include <vector>

#include "supervisor/client/status_model.h"
#include "supervisor/client/table.h"

namespace s1mple::client {

[[nodiscard]] Table positions_table(const std::vector<PositionView>& positions, const std::vector<SymbolView>& symbols);
[[nodiscard]] Table orders_table(const std::vector<OrderView>& orders);
[[nodiscard]] Table fills_table(const std::vector<FillView>& fills, WallTime now);
[[nodiscard]] Table strategies_table(const std::vector<StrategyView>& strategies);

}  // namespace s1mple::client
