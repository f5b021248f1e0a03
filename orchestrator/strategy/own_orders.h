// What a strategy has at the venue on one symbol, sorted by purpose, and what its position allows.
//
// Strategies decide from this picture of the books and not from reports in their memory: reports may be
// merged, repeated after a restart or late, the books are always whole. Orders placed in the current call are
// not in it yet.
// Units: Quantity in base. Thread: pure functions; pointers are valid during the call. Errors: none.
#pragma once

#include <optional>
#include <vector>

#include "orchestrator/engine/strategy_port.h"

namespace s1mple {

struct OwnOrders {
  std::vector<const Order*> buys;
  std::vector<const Order*> stops;  // protective sells
  std::vector<const Order*> sells;  // all other sells
  Quantity stopped;                 // what is left of the stops
  Quantity selling;                 // what is left of the other sells

  [[nodiscard]] bool none() const { return buys.empty() && stops.empty() && sells.empty(); }
};

[[nodiscard]] OwnOrders own_orders(const StrategyContext& context, const Symbol& symbol);

// A cancel has been asked for and is not answered yet.
[[nodiscard]] bool is_cancelling(const Order& order);

// The part of `quantity` that the venue would take as one sell at about `price` (unknown: any); zero: too
// little, dust.
[[nodiscard]] Quantity sellable(const Instrument& instrument, Quantity quantity, std::optional<Price> price);

// price * (1 - fraction) and price * (1 + fraction), rounded down to the instrument's price step; at least
// one step.
[[nodiscard]] Price below(const Instrument& instrument, Price price, Decimal fraction);
[[nodiscard]] Price above(const Instrument& instrument, Price price, Decimal fraction);

}  // namespace s1mple
