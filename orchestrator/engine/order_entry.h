// OrderEntry: the way of every new order through mode, doubt, rules and limits to its intent, and of strategies' cancels.
//
// A refusal is a fact with limit, value and bound; an order that passes is intended, durable before it
// leaves. Doubt closes the gate for its own strategy and symbol to all but what reduces (P6).
// Owner: the engine. Thread: loop.
#pragma once

#include "common/base/result.h"
#include "orchestrator/engine/notices.h"
#include "orchestrator/engine/risk_limits.h"
#include "orchestrator/engine/trading_gate.h"
#include "orchestrator/execution/execution_handler.h"

namespace s1mple {

// In whose hands the order is, and which restrictions do not hold for it.
enum class OrderOrigin : std::uint8_t {
  strategy = 1,
  operator_flatten,  // passes a halt, and the limits on size
  safe_stop,         // the re-placing of a recorded stop: passes a halt
};

class OrderEntry {
 public:
  OrderEntry(Recorder& recorder, ExecutionHandler& handler, const TradingGate& gate, Notices& notices,
             const MarketView& market, const EngineConfig& config)
      : recorder_(recorder),
        handler_(handler),
        gate_(gate),
        notices_(notices),
        market_(market),
        config_(config) {}

  void restart(std::string tag, std::uint64_t epoch) { ids_.restart(std::move(tag), epoch); }
  void close_for_good(std::string why) { closed_ = std::move(why); }  // draining

  Result<ClientId> place(const StrategyName& strategy, const OrderRequest& request, OrderOrigin origin);
  // A strategy's wish. Refused where the order is the stop of a position and nothing may be sold: then it is all that
  // protects. The strategy may ask again.
  void cancel(const StrategyName& strategy, const Order& order);
  [[nodiscard]] Money available(const Asset& asset) const;

 private:
  [[nodiscard]] std::optional<Refusal> judge(const StrategyName& strategy, const OrderRequest& request,
                                             OrderOrigin origin);
  [[nodiscard]] std::optional<Refusal> judge_mode(const StrategyName& strategy, const OrderRequest& request,
                                                  const RiskView& view) const;
  Result<ClientId> refuse(const StrategyName& strategy, const Symbol& symbol, const Refusal& refusal);

  Recorder& recorder_;
  ExecutionHandler& handler_;
  const TradingGate& gate_;
  Notices& notices_;
  const MarketView& market_;
  const EngineConfig& config_;
  OrderIds ids_;
  MessageThrottle throttle_;
  std::string closed_;
};

}  // namespace s1mple
