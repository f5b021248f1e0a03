// The assumed book: what an order that takes would get, judged by the last trade price alone.
//
// Best prices lie half_spread_steps on either side of the last trade. From there on, every level_steps, a
// level holds level_value worth of the asset; after kMaxLevels levels, or where the price would reach zero,
// the book ends. The book is whole again for the next order: our orders leave no dent. Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "orchestrator/domain/instrument.h"
#include "orchestrator/domain/order.h"
#include "orchestrator/venue/paper/paper_config.h"

namespace s1mple {

struct Taking {
  Price price;
  Quantity quantity;
};

struct TakingPlan {
  static constexpr std::size_t kMaxLevels = 200;
  std::vector<Taking> takings;   // best price first
  Quantity left;                 // what the book could not serve (within the limit)
};

// The best price for a taker of that side; nothing where it would not be positive.
[[nodiscard]] std::optional<Price> best_price(const PaperConfig& config, const Instrument& instrument,
                                              Side taker, Price last);

// `limit`: no level beyond it is touched.
[[nodiscard]] TakingPlan plan_taking(const PaperConfig& config, const Instrument& instrument, Side taker,
                                     Quantity wanted, Price last, std::optional<Price> limit);

// How much `value` buys at `price`, in whole quantity_steps, at least one.
[[nodiscard]] Quantity quantity_worth(const Instrument& instrument, Decimal value, Price price);

// cost * rate, rounded up to the digits of the quote.
[[nodiscard]] Money fee_of(const Instrument& instrument, Money cost, Decimal rate);

}  // namespace s1mple
