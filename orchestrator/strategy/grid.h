// grid: resting post-only limit orders on both sides of a reference price, in fixed steps.
//
// There are 2 * levels slots, one step apart. An empty slot rests a buy at its level while that lies below
// the price; a full one rests a sell one step higher; each holds at most `quantity`, so that the grid holds
// at most 2 * levels * quantity and never sells what it did not buy. When the price has left the grid, or the
// books hold something else than the slots add up to, all orders are cancelled and the grid is laid anew
// around the price with what is held in the slots above it, at most once in `recentre_after`.
// Protection: none, or with `stop_below` a watched stop under the lowest level: then everything is cancelled
// and sold. It is not an order at the exchange, because resting sells hold the coins back; it is recorded as
// the positions' rule.
// Owner: the engine. Thread: loop. Errors: restore() of a foreign memory.
#pragma once

#include <string>
#include <vector>

#include "orchestrator/engine/strategy_port.h"
#include "orchestrator/strategy/close_out.h"

namespace s1mple {

class ConfigFields;

enum class GridMode : std::uint8_t { idle = 1, running, clearing, stopping };
inline constexpr EnumTexts<GridMode, 4> kGridModeTexts{{{GridMode::idle, "idle"},
                                                        {GridMode::running, "running"},
                                                        {GridMode::clearing, "clearing"},
                                                        {GridMode::stopping, "stopping"}}};
constexpr const auto& enum_texts(GridMode) { return kGridModeTexts; }

class Grid final : public Strategy {
 public:
  static constexpr std::int64_t kMaxLevels = 20;

  struct Config {
    std::int64_t levels = 3;                        // on each side
    Decimal spacing = Decimal::from_scaled(1, 3);   // step, as a fraction of the reference price
    Quantity quantity{Decimal::from_scaled(1, 2)};  // of each level
    std::int64_t start_levels = 1;                  // bought at market at the start, to rest sells
    Decimal stop_below;                             // fraction below the lowest level; zero: no stop
    Nanos recentre_after = 60s;
    void declare(ConfigFields& fields, const Instrument* instrument);
  };

  Grid(Symbol symbol, const Config& config);

  void on_market(const MarketTrade& trade, StrategyContext& context) override;
  void on_execution(const ExecutionReport& report, StrategyContext& context) override;
  void on_timer(StrategyContext& context) override;
  void save(JsonWriter& out) const override;
  Result<void> restore(const JsonValue& saved) override;

 private:
  struct Slot {
    Quantity held;
    std::optional<ClientId> order;
    Retry retry;
  };
  // What a call looks at, once.
  struct Look {
    StrategyContext& context;
    const Instrument& instrument;
    const OwnOrders& orders;
    Price last;
    WallTime now;
  };

  void step(StrategyContext& context);
  void settle(const Look& look);
  void run(const Look& look);
  void clear(const Look& look);
  void stop_out(const Look& look);
  void lay(const Look& look);
  void deal_out(Quantity held);
  void rest_orders(const Look& look);
  [[nodiscard]] std::optional<OrderRequest> wish(const Slot& slot, std::int64_t number,
                                                 const Look& look) const;
  bool place(Slot& slot, const OrderRequest& request, const Look& look);
  [[nodiscard]] bool adds_up(const Look& look) const;
  [[nodiscard]] bool is_outside(Price last) const;
  [[nodiscard]] Decimal level(std::int64_t number) const;  // price of a slot's buy
  [[nodiscard]] std::optional<Price> stop_price(const Instrument& instrument) const;
  void save_slot(const Slot& slot, JsonWriter& out) const;
  [[nodiscard]] static Result<Slot> restore_slot(const JsonValue& json);
  Result<void> restore_slots(const JsonValue& list);

  Symbol symbol_;
  Config config_;
  GridMode mode_ = GridMode::idle;
  bool started_ = false;               // the start levels were bought, or tried
  Decimal reference_, step_;           // of a grid that is laid
  std::optional<WallTime> lay_after_;  // not laid anew before
  std::vector<Slot> slots_;            // from the lowest level up
  CloseOut close_out_;                 // of clearing and stopping
  std::optional<WallTime> wake_at_;    // made anew in each call
};

}  // namespace s1mple
