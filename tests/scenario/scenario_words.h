// The words that scenarios are written in: markets, plans of the strategy, and what must have come out.
//
// The last kind answers a sentence that ends in "; " where something does not hold, so that they can be added up.
// Thread: one.
#pragma once

#include <string>

#include "tests/support/world/trading_world.h"

namespace s1mple {

// A row each second from the first one on, all at 100.
void quiet_market(TradingWorld& world, int rows);
[[nodiscard]] OrderRequest limit(Side side, const std::string& quantity, const std::string& price);
[[nodiscard]] OrderRequest market(Side side, const std::string& quantity);
// What the strategy does from that row of the market on, once; refused: it tries again with the next row.
void place_on_row(TradingWorld& world, std::uint64_t row, OrderRequest request);
void cancel_on_row(TradingWorld& world, std::uint64_t row);  // all that work
// Buys 2 on the second row and lays their stop at 90 on the fourth.
void hold_with_stop(TradingWorld& world);
void cancel_all_at_exchange(TradingWorld& world);  // by the user's own hand
// Rows that fill what rests at 90 or above: so many, a second apart, four each.
void fills_at(TradingWorld& world, int second, int rows);
[[nodiscard]] OrderIntent stranger(Side side, const std::string& quantity, const std::string& price);
// No question is answered from then until then.
void outage(TradingWorld& world, Nanos from, Nanos until);

// Of the strategy's n-th order, from 0.
[[nodiscard]] std::string is(const TradingWorld& world, std::size_t order, OrderStatus status);
[[nodiscard]] std::string filled(const TradingWorld& world, std::size_t order, const std::string& quantity);
[[nodiscard]] std::string sent(const TradingWorld& world, std::size_t orders);
[[nodiscard]] std::string holds(const TradingWorld& world,
                                const std::string& quantity);  // the strategy's position
[[nodiscard]] std::string lists(const TradingWorld& world,
                                const std::string& kind);     // a discrepancy of that kind
[[nodiscard]] std::string trades(const TradingWorld& world);  // trading is active
[[nodiscard]] std::string alerts_once(const TradingWorld& world, const std::string& code);
// The strategy remembers each fill, and each end that is no last fill, exactly once.
[[nodiscard]] std::string told_of_every_order(const TradingWorld& world);
// No fill was told for the first time behind that row of the market.
[[nodiscard]] std::string fills_told_before_row(const TradingWorld& world, std::uint64_t row);

}  // namespace s1mple
