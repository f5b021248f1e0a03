// Instrument: one tradable pair and the venue's rules for its orders.
//
// price_step, quantity_step: orders must be multiples. quantity_min, cost_min: smallest order by quantity and by value.
// price_digits, quantity_digits, cost_digits: how amounts are shown and, for cost, rounded by the venue.
// Source: Kraken's instrument channel (price_increment, qty_increment, qty_min, cost_min, *_precision).
#pragma once

#include "orchestrator/domain/amounts.h"
#include "orchestrator/domain/names.h"

namespace s1mple {

struct Instrument {
  Symbol symbol;
  Asset base;
  Asset quote;
  Price price_step;
  Quantity quantity_step;
  Quantity quantity_min;
  Money cost_min;
  int price_digits = 0;
  int quantity_digits = 0;
  int cost_digits = 0;
};

}  // namespace s1mple
