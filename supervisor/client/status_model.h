// What `status` says, decoded once and made fit for people. The decoder trusts nothing and needs nothing.
//
// Every member may be missing (an older or a younger supervisor, an orchestrator before its first answer): numbers
// are optional, texts empty. A member of the wrong type counts as missing. Texts are neutral (text.h), lists are cut at
// kListMax with the true count kept where the status has one. Amounts stay the text they came in.
// Failure: only when the result is no object at all. Thread: plain values. Source: PROTOCOL.md section 3.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/json.h"
#include "common/base/time.h"

namespace s1mple::client {

inline constexpr std::size_t kListMax = 200;

struct LastDeath {
  std::optional<WallTime> at;
  std::string cause, signal;
  std::optional<std::int64_t> exit_code, downtime_ms;
};

struct SupervisorView {
  std::optional<std::int64_t> pid;
  std::string version, state, mode, reason, home, halt_reason, environment;
  bool halted = false;
  std::optional<WallTime> since;
  std::optional<Nanos> uptime;
  std::optional<std::int64_t> restarts_total, restarts_in_window, next_start_in_ms, alerts_pending, output_dropped_bytes;
  std::optional<LastDeath> last_death;
  std::vector<std::string> degraded;  // "disk": what stands still although the orchestrator answers
};

struct Reason {
  std::string source, code, text;
  std::optional<WallTime> since;
};

struct PositionView {
  std::string strategy, symbol, quantity, average_price, realised;
};

struct OrderView {
  std::string client_id, order_id, strategy, symbol, side, type, price, quantity, filled, status;
};

struct FillView {
  std::string exec_id, client_id, strategy, symbol, side, price, quantity, fee, fee_asset;
  std::optional<WallTime> time;
};

struct SymbolView {
  std::string symbol, last_price;
};

struct StrategyView {
  std::string name, state, trading;
  std::optional<std::int64_t> open_orders;
};

// What ours and the venue's books do not agree about, until somebody accepts it or it goes away.
struct DiscrepancyView {
  std::string what, id, ours, theirs;
};

struct EventView {
  std::optional<WallTime> at;
  std::string kind, text, level;
};

struct OrchestratorView {
  std::optional<std::int64_t> pid, epoch;
  std::optional<WallTime> as_of;
  std::string mode, phase, trading, environment;
  std::optional<std::int64_t> progress_done, progress_total;
  std::vector<Reason> reasons;
  std::string data_state;
  std::optional<std::int64_t> data_age_ms, reconnects;
  std::string breaker_state;
  std::vector<Reason> breaker_reasons;
  std::optional<std::int64_t> seq, durable_seq, snapshot_seq, commit_p99_us;
  std::vector<std::pair<std::string, std::string>> cash;
  std::string equity, currency;
  std::vector<PositionView> positions;
  std::optional<std::int64_t> orders_open, orders_in_doubt, fills;
  std::optional<WallTime> reconciled_at;
  std::optional<std::int64_t> discrepancies;
  bool reconciling = false;
  std::vector<DiscrepancyView> open_discrepancies;
  std::string loop_lag_ms;
  std::vector<OrderView> open_orders;
  std::vector<FillView> last_fills;
  std::vector<SymbolView> symbols;
  std::vector<StrategyView> strategies;
  std::vector<EventView> events;
};

struct StatusModel {
  SupervisorView supervisor;
  std::optional<OrchestratorView> orchestrator;  // nothing: none runs
};

[[nodiscard]] Result<StatusModel> decode_status(const JsonValue& result);

// The items of the list methods have the same shapes.
[[nodiscard]] OrderView decode_order(const JsonValue& item);
[[nodiscard]] PositionView decode_position(const JsonValue& item);
[[nodiscard]] FillView decode_fill(const JsonValue& item);

}  // namespace s1mple::client
