// What a venue holds back for a working order, as the paper exchange does and as our exposure counts it.
//
// A buy holds its remaining quantity at its price (a market order or stop: at `reference`), plus the taker fee, rounded
// up to the quote's digits; a sell holds its remaining quantity of the base asset.
// Units: Money of instrument.quote for a buy, of instrument.base for a sell. Thread: pure function.
#pragma once

#include <optional>

#include "orchestrator/domain/instrument.h"
#include "orchestrator/domain/order.h"

namespace s1mple {

// Nothing on overflow. taker_fee_rate: 0.004 is 0.4 %.
[[nodiscard]] std::optional<Money> reserve_of(const Instrument& instrument, Side side, Quantity remaining,
                                              std::optional<Price> price, Price reference, Decimal taker_fee_rate);

}  // namespace s1mple
