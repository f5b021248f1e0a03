// PaperConfig: how the simulated exchange behaves. ASSUMPTIONS.md tells users what each figure means.
//
// Units:   fee rates are fractions (0.004 is 0.4 %); values are in the quote of the instrument that is
//          traded, so that one figure fits every price; steps are multiples of the instrument's price_step.
// Changes: fees, liquidity and instruments may change between two runs; initial balances count only when
//          the books are opened.
// Thread:  plain value. Source of the default fees: the first tier of Kraken's fee table.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/base/decimal.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "orchestrator/domain/instrument.h"

namespace s1mple {

struct PaperConfig {
  // What is remembered of so many orders fits into one record of the store beside a row's trades.
  static constexpr std::int64_t kMostOpenOrders = 20'000;
  // No balance, order or taking may be worth more: every sum stays far inside the range of Decimal.
  static constexpr Decimal kMostValue = Decimal::from_int(1'000'000'000'000'000);

  std::map<std::string, Decimal> balances{{"EUR", Decimal::from_int(10'000)}};  // initial, by asset
  Decimal maker_fee = Decimal::from_scaled(25, 4);
  Decimal taker_fee = Decimal::from_scaled(40, 4);
  std::int64_t half_spread_steps = 1;       // from the last trade to the best price on either side
  std::int64_t level_steps = 10;            // between one level of the assumed book and the next
  Decimal level_value = Decimal::from_int(5'000);         // what one level holds
  Decimal queue_ahead_value = Decimal::from_int(1'000);   // what waits at a limit price before our order
  std::int64_t page_size = 50;              // rows of one answer to a query
  std::int64_t max_open_orders = kMostOpenOrders;
  Nanos max_catch_up = 1h;                  // of missed market time, played at start-up by the environment
  std::vector<Instrument> instruments;      // from the [[instrument]] tables, not from [paper]
};

// What is impossible, as a sentence that names the key; nothing is silently corrected.
[[nodiscard]] Result<void> check(const PaperConfig& config);

}  // namespace s1mple
