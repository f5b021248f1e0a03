// Risk limits and instrument rules: asked before every order, and every no says which limit, the value and
// the bound.
//
// Rules: tick, lot, minima, and that an order makes sense at all. Limits: RiskLimits of the configuration.
// "Reduces" (DESIGN section 4): a sell that, together with everything of that strategy and symbol that may
// still be sold, stays within the confirmed position. What is not owned is never sold, in any mode.
// Units: amounts of the instrument. Thread: pure functions; MessageThrottle belongs to the engine.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "orchestrator/engine/engine_config.h"
#include "orchestrator/engine/strategy_port.h"
#include "orchestrator/execution/order_index.h"

namespace s1mple {

struct Refusal {
  std::string code;  // "max_order_value"
  std::string text;  // "max_order_value: 12000 EUR is above 10000"
};

// What is known about the order's strategy and symbol when it is asked.
struct RiskView {
  const Instrument& instrument;
  const Position& position;
  const OrderIndex::Group& group;
  std::optional<Price> last_price;
  std::size_t open_orders = 0;  // of this strategy
  Money available;              // of quote
  Decimal taker_fee_rate;
};

[[nodiscard]] bool reduces(const OrderRequest& request, const RiskView& view);
[[nodiscard]] std::optional<Refusal> check_rules(const OrderRequest& request, const Instrument& instrument);
[[nodiscard]] std::optional<Refusal> check_ownership(const OrderRequest& request, const RiskView& view);
[[nodiscard]] std::optional<Refusal> check_limits(const OrderRequest& request, const RiskView& view,
                                                  const RiskLimits& limits);

// The worst price at which an order may trade under the collar: rounded to the instrument's step, inwards.
[[nodiscard]] Price collar_price(const Instrument& instrument, Side side, Price last, Decimal collar);

// At most max_messages orders in any message_window.
class MessageThrottle {
 public:
  [[nodiscard]] std::optional<Refusal> take(WallTime now, const RiskLimits& limits);

 private:
  std::deque<WallTime> sent_;
};

}  // namespace s1mple
