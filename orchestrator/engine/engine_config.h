// EngineConfig: what the engine is told once, at its making. Sane defaults; the runtime maps the
// configuration's tables [risk], [breaker], [execution] and [reconciliation] onto it.
//
// Units: amounts as named; spans of engine time (market time in a replay). A limit that is nothing is not
// checked.
// Thread: plain values. Errors: an instrument twice or none at all aborts (the configuration check refuses
// it).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/domain/instrument.h"
#include "orchestrator/execution/execution_config.h"

namespace s1mple {

// Checked before every order. Names after RTS 6 article 15 and SEC rule 15c3-5.
struct RiskLimits {
  std::optional<Money> max_order_value = Money(Decimal::from_int(10'000));  // quote; one order
  std::optional<Quantity> max_order_quantity;                               // base; one order
  std::optional<Money> max_position =
      Money(Decimal::from_int(50'000));               // quote; strategy and symbol, working buys included
  std::uint32_t max_open_orders = 200;                // of one strategy, in doubt included
  Decimal price_collar = Decimal::from_scaled(5, 2);  // 0.05: at most 5 % through the last price
  std::uint32_t max_messages = 60;                    // orders in `message_window`; 0: not checked
  Nanos message_window = 1s;
};

struct BreakerConfig {
  std::uint32_t max_failures = 5;  // in a row: ambiguous answers, failed reads, rejections
  std::uint32_t max_in_doubt = 3;  // orders; one more opens the breaker (P6)
  Nanos max_doubt_age = 300s;      // P6
  Nanos clear_period = 10s;        // a condition must be gone for so long before the probe
  Nanos probe_period = 5s;         // fresh data for so long is part of a probe
  Nanos probe_interval = 5s;       // open -> half_open; doubled by each failed probe
  Nanos probe_interval_max = 300s;
};

struct EngineConfig {
  std::vector<Instrument> instruments;
  Decimal taker_fee_rate;  // 0.004 is 0.4 %; what a working buy holds back
  RiskLimits risk;
  BreakerConfig breaker;
  ExecutionConfig execution;

  bool lock_step =
      false;  // replay: reports are told one by one, each when the last one's effects are settled
  Nanos heartbeat_timeout = 5s;   // no frame for so long: the line is dead; 0: off (a replay)
  Nanos stale_after = 60s;        // no row of a symbol for so long: its data is stale; 0: off (a replay)
  Nanos flush_interval = 1s;      // lazy facts are written after this long at the latest; 0: by flush() alone
  Nanos alert_repeat = 30s;       // until AlertDelivered
  Nanos store_failed_grace = 3s;  // cancels without an intent, then the end
  Nanos slow_disk = 1s;           // a sync that waits this long is an alert and a breaker's reason
  std::uint64_t seed = 1;         // of jitter and of a new tag; different in every run of a live world
};

}  // namespace s1mple
