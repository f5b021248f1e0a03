// The port between a strategy and the engine. To write one, start from orchestrator/strategy/README.md.
//
// A strategy is told what happened and answers through the context it is handed; it holds no clock, no socket, no
// file. Everything it decides in one call, and what it remembers (save), becomes durable in one record before any
// order leaves: after a crash it is given back its memory and exactly the reports that it had not seen.
// Determinism: same memory + same calls = same decisions. No ambient randomness, no addresses in ordered containers.
// Thread: loop. The context is valid during the call only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/json.h"
#include "orchestrator/domain/books.h"
#include "orchestrator/domain/event.h"
#include "orchestrator/domain/instrument.h"
#include "orchestrator/domain/order.h"

namespace s1mple {

struct OrderRequest {
  Symbol symbol;
  Side side = Side::buy;
  OrderType type = OrderType::limit;
  Quantity quantity;
  std::optional<Price> price;  // limit price, or trigger of a stop_loss
  bool post_only = false;
  bool protective = false;     // this order is the stop of the position
  Protection protection;       // how the position that this order opens is protected
  std::string purpose;         // for people, shown by `orders` and `explain`
};

struct ExecutionReport {
  ReportKind kind = ReportKind::accepted;
  const Order* order = nullptr;   // as it is now; never null
  const Fill* fill = nullptr;     // of kind filled
};

class StrategyContext {
 public:
  virtual ~StrategyContext() = default;

  // The order's id, or why it was refused (limits, gate, instrument rules); a refusal is recorded by the engine.
  virtual Result<ClientId> place(const OrderRequest& request) = 0;
  // Asks for a cancel of an own working order. Nothing is cancelled until a report says so.
  virtual void cancel(const ClientId& id) = 0;
  // Calls on_timer at that engine time (market time in a replay); replaces the earlier wish; nothing: no timer.
  virtual void wake_at(std::optional<WallTime> time) = 0;

  [[nodiscard]] virtual WallTime now() const = 0;
  [[nodiscard]] virtual const Instrument* instrument(const Symbol& symbol) const = 0;   // null: not configured
  [[nodiscard]] virtual std::optional<Price> last_price(const Symbol& symbol) const = 0;
  [[nodiscard]] virtual const Position& position(const Symbol& symbol) const = 0;       // this strategy's own
  [[nodiscard]] virtual std::vector<const Order*> working_orders() const = 0;           // this strategy's own, oldest first
  [[nodiscard]] virtual const Order* order(const ClientId& id) const = 0;               // this strategy's own, or null
  [[nodiscard]] virtual Money available(const Asset& asset) const = 0;                  // total less what orders hold
};

class Strategy {
 public:
  virtual ~Strategy() = default;

  virtual void on_market(const MarketTrade& trade, StrategyContext& context) = 0;
  virtual void on_execution(const ExecutionReport& report, StrategyContext& context) = 0;
  virtual void on_timer(StrategyContext& context) = 0;

  // Everything it must remember, as a JSON object, and back. restore() gets only what save() of the same kind wrote.
  virtual void save(JsonWriter& out) const = 0;
  virtual Result<void> restore(const JsonValue& saved) = 0;
};

}  // namespace s1mple
