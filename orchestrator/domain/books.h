// Books: all durable state of the orchestrator, and nothing else: facts folded in order.
//
// apply() is the only way in, at run time and in recovery, so that a recovered book is the same book. It checks
// every relation it can (a fill for an order that exists, a stage that only grows); a fact that cannot be true is an
// error at recovery (damage) and a bug at run time. Reading is by const reference. The snapshot of the books is JSON.
// forget() takes out what is old, when a snapshot is written; the archive holds it from then on (old_books.h).
// Owner:     the runtime; the engine borrows them. Thread: loop.
// Invariant: positions and balances equal the sum of the counted fills plus the balances taken over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/base/json.h"
#include "orchestrator/domain/fact.h"
#include "orchestrator/domain/instrument.h"
#include "orchestrator/domain/order_table.h"

namespace s1mple {

struct PositionKey {
  StrategyName strategy;
  Symbol symbol;
  friend auto operator<=>(const PositionKey&, const PositionKey&) = default;
};

// Long only (spot): what a strategy bought and did not sell. Fees in quote raise `cost` of a buy and lower the result.
struct Position {
  Quantity quantity;
  Money cost;              // what the held quantity cost, fees in quote included
  Money realised;          // result of what was sold, fees in quote included
  Protection protection;
};

struct Reason {
  ReasonSource source = ReasonSource::operator_halt;
  std::string code, text;
  WallTime since;
};

struct Breaker {
  BreakerState state = BreakerState::closed;
  std::uint32_t failed_probes = 0;
  WallTime since;
};

struct PendingAlert {
  std::string id, level, code, text;
  WallTime at;
};

struct QueuedReport {
  ReportKind kind = ReportKind::accepted;
  ClientId client_id;
  ExecutionId execution_id;
};

struct StrategyMemory {
  std::string memory;      // empty: never saved
  std::optional<WallTime> wake_at;
  std::deque<QueuedReport> reports;
};

struct SeenMarket {
  std::uint64_t row = 0;
  Price price;
  WallTime time;
  std::string position;
};

struct Discrepancy {
  DiscrepancyFound found;
  bool accepted = false;
};

class Books {
 public:
  // Limits of what is remembered; all else in the books is bounded by the number of open orders and by the horizon.
  static constexpr std::size_t kMaxHandledCommands = 1024;
  static constexpr std::size_t kMaxDiscrepancies = 1000;
  static constexpr std::size_t kMaxRefusals = 200;
  static constexpr std::size_t kMaxPendingAlerts = 1000;

  [[nodiscard]] Result<void> apply(const Fact& fact);

  // Orders that closed before `before`, and fills from before it, in the order of counting up to the first younger
  // one. No later fact needs them, but a fill that comes so late: it is settled by what it says itself.
  struct Forgotten {
    std::vector<Order> orders;
    std::vector<Fill> fills;
    bool more = false;       // there may be more of them: ask again
  };
  // Looks at and takes out at most about `limit` of each; the next call goes on where this one ended.
  [[nodiscard]] Forgotten forget(WallTime before, std::size_t limit = SIZE_MAX);

  void write_json(JsonWriter& out) const;                    // one object; also the "state" that `store inspect` prints
  [[nodiscard]] Result<void> read_json(const JsonValue& json);  // into empty books
  // The same of a text: ten times as fast where it is spelled as write_json() spells it.
  [[nodiscard]] Result<void> read_text(std::string_view text);

  [[nodiscard]] const IdentitySet& identity() const { return identity_; }
  [[nodiscard]] const OrderTable& orders() const { return orders_; }
  [[nodiscard]] const Order* find_order(const ClientId& id) const { return orders_.find(id); }
  [[nodiscard]] const Order* find_order(const VenueOrderId& id) const;
  [[nodiscard]] const std::deque<Fill>& fills() const { return fills_; }                // in the order they were counted
  [[nodiscard]] std::uint64_t fills_counted() const { return forgotten_fills_ + fills_.size(); }   // ever
  [[nodiscard]] bool is_counted(const ExecutionId& id) const { return counted_.contains(id); }
  [[nodiscard]] const Fill* find_fill(const ExecutionId& id) const;
  [[nodiscard]] std::optional<std::size_t> fill_index(const ExecutionId& id) const;     // in fills()
  [[nodiscard]] const std::map<PositionKey, Position>& positions() const { return positions_; }
  [[nodiscard]] const Position& position(const PositionKey& key) const;                 // a flat one where there is none
  [[nodiscard]] const std::map<Asset, Money>& balances() const { return balances_; }
  [[nodiscard]] std::optional<WallTime> balances_since() const { return balances_since_; }   // first taken over; fills before are part of them
  [[nodiscard]] const std::vector<Reason>& reasons() const { return reasons_; }         // durable ones, oldest first
  [[nodiscard]] bool is_halted_by_operator() const;
  [[nodiscard]] const Breaker& breaker() const { return breaker_; }
  [[nodiscard]] const std::deque<PendingAlert>& alerts() const { return alerts_; }      // not handed over yet
  [[nodiscard]] std::uint64_t alerts_raised() const { return alerts_raised_; }          // ever: numbers alert ids
  [[nodiscard]] const std::map<StrategyName, StrategyMemory>& strategies() const { return strategies_; }
  [[nodiscard]] const std::map<Symbol, SeenMarket>& market() const { return market_; }
  [[nodiscard]] MarketCursor market_cursor() const;                                     // behind the furthest row seen
  [[nodiscard]] const std::vector<Discrepancy>& discrepancies() const { return discrepancies_; }
  [[nodiscard]] const std::optional<ReconciliationEnded>& reconciliation() const { return reconciliation_; }
  [[nodiscard]] const CommandHandled* find_command(const std::string& id) const;
  [[nodiscard]] const std::deque<Refused>& refusals() const { return refusals_; }       // the last ones
  [[nodiscard]] const std::optional<RunStarted>& run() const { return run_; }
  [[nodiscard]] WallTime latest() const { return latest_; }                             // no fact is younger

 private:
  friend class BooksSnapshot;
  struct Applier;
  void forget_orders(WallTime before, std::size_t limit, Forgotten& forgotten);
  void write_before_rows(JsonWriter& out) const;
  void write_behind_rows(JsonWriter& out) const;
  void close(Order& order, Outcome outcome, const std::string& reason, WallTime at);
  Result<void> count(const FillCounted& fact);
  void settle(const Fill& fill);
  bool read_as_written(std::string_view text);
  Result<void> read_members(const JsonValue& json);
  Result<void> read_rest(const JsonValue& json);
  Result<void> take_order(Order order);
  Result<void> take_fill(Fill fill);

  IdentitySet identity_;
  std::optional<RunStarted> run_;
  OrderTable orders_;
  std::unordered_map<VenueOrderId, const Order*> by_venue_id_;
  std::unordered_multimap<const Order*, VenueOrderId> earlier_venue_ids_;   // of an order that the venue named twice
  std::uint64_t forget_from_ = 0;                          // number of the order at which forget() goes on
  std::deque<Fill> fills_;
  std::unordered_map<ExecutionId, std::size_t> counted_;   // index in fills_, plus fills_gone_
  std::size_t fills_gone_ = 0;                             // by forget(), of these books in memory
  std::uint64_t forgotten_orders_ = 0, forgotten_fills_ = 0;   // ever
  std::map<PositionKey, Position> positions_;
  std::map<Asset, Money> balances_;
  std::optional<WallTime> balances_since_;
  std::vector<Reason> reasons_;
  Breaker breaker_;
  std::deque<PendingAlert> alerts_;
  std::uint64_t alerts_raised_ = 0;
  std::map<StrategyName, StrategyMemory> strategies_;
  std::map<Symbol, SeenMarket> market_;
  std::vector<Discrepancy> discrepancies_;
  std::optional<ReconciliationEnded> reconciliation_;
  std::deque<CommandHandled> commands_;
  std::deque<Refused> refusals_;
  WallTime latest_{};
};

// One order or fill as it stands in the snapshot, for the archive, and back.
[[nodiscard]] std::string row_of(const Order& order);
[[nodiscard]] std::string row_of(const Fill& fill);
[[nodiscard]] Result<Order> order_of_row(std::string_view row);
[[nodiscard]] Result<Fill> fill_of_row(std::string_view row);

}  // namespace s1mple
