// Fill: one execution, as the venue reported it. Counted once, for ever, by its execution id (P5).
// cost is exact price * quantity; the fee is what the venue charged, in fee_asset, never computed from a table.
#pragma once

#include "orchestrator/domain/order.h"

namespace s1mple {

struct Fill {
  ExecutionId execution_id;
  VenueOrderId venue_id;
  ClientId client_id;      // empty: not one of our orders
  StrategyName strategy;   // filled in from the order when it is counted
  Symbol symbol;
  Side side = Side::buy;
  Price price;
  Quantity quantity;
  Money fee;
  Asset fee_asset;
  bool maker = false;
  WallTime time;           // venue or market time
  friend bool operator==(const Fill&, const Fill&) = default;
};

}  // namespace s1mple
