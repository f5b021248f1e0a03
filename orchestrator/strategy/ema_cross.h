// ema_cross: buys when a fast moving average crosses above a slow one, and leaves when it lies below it.
//
// One entry at a time, of a fixed quantity. What is bought is covered at once, every partial fill, by a
// stop_loss order at the exchange, `stop_distance` below the price of the decision, which is also recorded as
// the position's protective rule. It leaves by cancelling the stop, waiting for the evidence, and selling. A
// refused entry is not repeated: it waits for the next cross. A stop that cannot be placed leads to a sale.
// Restart:   decisions follow the books and this memory; every state can be left by any of the calls.
// Owner:     the engine. Thread: loop. Errors: restore() of a foreign memory.
#pragma once

#include <string>

#include "orchestrator/engine/strategy_port.h"
#include "orchestrator/strategy/close_out.h"
#include "orchestrator/strategy/stop_keeper.h"
#include "orchestrator/strategy/trend_signal.h"

namespace s1mple {

class ConfigFields;

enum class EntryType : std::uint8_t { market = 1, limit };
inline constexpr EnumTexts<EntryType, 2> kEntryTypeTexts{
    {{EntryType::market, "market"}, {EntryType::limit, "limit"}}};
constexpr const auto& enum_texts(EntryType) { return kEntryTypeTexts; }

class EmaCross final : public Strategy {
 public:
  struct Config {
    std::int64_t fast = 5;
    std::int64_t slow = 20;
    Nanos bar{};  // zero: every trade is a price
    Quantity quantity{Decimal::from_scaled(1, 2)};
    Decimal stop_distance = Decimal::from_scaled(2, 2);  // fraction of the price
    EntryType entry = EntryType::market;
    Nanos entry_timeout = 30s;
    void declare(ConfigFields& fields, const Instrument* instrument);
  };

  EmaCross(Symbol symbol, const Config& config);

  void on_market(const MarketTrade& trade, StrategyContext& context) override;
  void on_execution(const ExecutionReport& report, StrategyContext& context) override;
  void on_timer(StrategyContext& context) override;
  void save(JsonWriter& out) const override;
  Result<void> restore(const JsonValue& saved) override;

 private:
  void step(StrategyContext& context, bool crossed_above);
  void enter(StrategyContext& context, const Instrument& instrument);
  void hold(StrategyContext& context, const OwnOrders& orders);
  void leave(StrategyContext& context, const OwnOrders& orders);
  void begin_to_leave(std::string why);
  [[nodiscard]] Price stop_price(const StrategyContext& context, const Instrument& instrument) const;

  Symbol symbol_;
  Config config_;
  TrendSignal signal_;
  StopKeeper stops_;
  CloseOut close_out_;
  std::optional<Price> stop_price_;        // of the last entry
  std::optional<WallTime> entry_ends_at_;  // when what is left of the entry is cancelled
  std::string leaving_;                    // why; empty: not leaving
  std::optional<WallTime> wake_at_;        // made anew in each call
};

}  // namespace s1mple
