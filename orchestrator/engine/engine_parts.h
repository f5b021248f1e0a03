// EngineParts: the machines of the engine, put together, and what they share. Inside of StrategyOrchestrator
// only.
//
// One event is one step: happen() lets the right machine know, settle() lets all of them draw their
// conclusions until nothing is left to conclude, finish() puts the lazy facts in and hands the step over.
// Owner: StrategyOrchestrator. Thread: loop.
#pragma once

#include <set>
#include <string>

#include "common/base/random.h"
#include "orchestrator/data/data_source.h"
#include "orchestrator/engine/circuit_breaker.h"
#include "orchestrator/engine/flatten.h"
#include "orchestrator/engine/resting_orders.h"
#include "orchestrator/engine/safe_stops.h"
#include "orchestrator/engine/strategy_desk.h"
#include "orchestrator/engine/strategy_orchestrator.h"
#include "orchestrator/execution/reconciliation.h"
#include "orchestrator/execution/rounds.h"

namespace s1mple {

struct EngineParts {
  EngineParts(EngineConfig configuration, Books& durable, std::vector<ConfiguredStrategy> strategies);

  // ---- one step
  void begin(WallTime at);
  void settle();
  [[nodiscard]] Step finish();
  void write_lazy_facts();

  // ---- events (engine_events.cc)
  void happen(const MarketTrade& trade);
  void happen(const DataConnected&);
  void happen(const DataHeartbeat&);
  void happen(const DataLost& lost);
  void happen(const DataEnded&);
  void happen(const OrderAnswer& answer) { handler.on(answer); }
  void happen(const CancelAnswer& answer) { handler.on(answer); }
  // Told when it has left: the order itself waits for nothing that is only told.
  void happen(const RequestSent& sent) {
    if (const Order* left = handler.on(sent)) notices.order(*left, "sent");
  }
  void happen(const OrderPush& push);
  void happen(const FillPush& push);
  void happen(const QueryAnswer& answer);
  void happen(const VenueConnected&);
  void happen(const VenueLost& lost);
  void happen(const Command& command);
  void happen(const AlertDelivered& delivered) { notices.delivered(delivered.id); }
  void happen(const Tick&);
  void happen(const ShutdownAsked& asked);
  void happen(const SupervisorLost& lost);
  void happen(const SupervisorBack&);
  void happen(const DiskSpaceChanged& changed);
  void happen(const DiskSlow& slow);
  void happen(const StoreFailed& failed);
  void after_store_failed(const Event& event);  // the only thing that counts then

  // ---- start (engine_start.cc)
  void start(const StartInfo& start_info);
  void take_identity();
  void take_halts();
  void take_strategies();

  // ---- conclusions (engine_settle.cc)
  void digest();
  void route(const Report& report);
  void take_trouble(const Trouble& trouble);
  void halt(const std::string& code, const std::string& text);
  void on_breaker(CircuitBreaker::Move move, const std::string& text);
  void on_data(const DataStep& step, bool silence);
  void deliver_reports();
  void run_timers();
  void advance_special_orders();
  [[nodiscard]] bool guards_stops() const;  // of positions whose strategy cannot
  void drain();
  void tell_mode();
  [[nodiscard]] bool may_tell_strategies() const;  // running, not in safe mode
  [[nodiscard]] bool reports_may_go() const;
  [[nodiscard]] bool data_is_fresh() const { return data.state() == DataState::live; }
  [[nodiscard]] CircuitBreaker::World breaker_world() const;

  // ---- rounds of reads (engine_rounds.cc)
  void tick_rounds();
  void take_outcome(RoundOutcome outcome);
  void judge_view();
  void open_gate();
  void round_failed();
  [[nodiscard]] bool may_resend(const Order& order) const;
  [[nodiscard]] bool lacks_evidence() const;

  [[nodiscard]] std::optional<WallTime> wake_at() const;
  [[nodiscard]] bool is_settled() const;

  static constexpr Nanos kReportPatience = 2s;  // reports wait so long for fresh data before they are told
  static constexpr int kReportsPerStep = 64;
  static constexpr int kMaxConclusions = 1000;  // rounds of settle(): more is a bug of ours

  const EngineConfig config;
  Books& books;
  Random random;
  MarketView market;
  Recorder recorder;
  ExecutionHandler handler;
  Reconciliation reconciliation;
  Rounds rounds;
  TradingGate gate;
  Notices notices;
  CircuitBreaker breaker;
  OrderEntry orders;
  StrategyDesk desk;
  DataSource data;
  RestingOrders resting;
  Flatten flatten;
  SafeStops safe_stops;

  StartInfo info;
  Phase phase = Phase::starting;
  WallTime now{};
  WallTime running_since{};
  bool reconciled = false;  // the last closing of the gate has been followed by a good round
  bool venue_up = true;
  bool data_ended = false;
  bool lock_step_turn = false;          // this step is a Tick: a report may be told
  std::optional<WallTime> dirty_since;  // of lazy facts
  std::optional<WallTime> drain_until;
  std::optional<WallTime> remind_at;  // of a venue that cannot be read
  bool latched_by_supervisor = false;  // at this start or an adoption; since then no halt, no resume
  bool slow_disk_told = false;
  bool ended = false;  // Stop was asked for
  std::optional<WallTime> store_failed_until;
  std::set<ClientId> last_cancels;  // sent after the store failed, not answered
  TradingMode told_mode = TradingMode::halted;
  std::uint64_t market_events = 0;
  std::uint64_t risk_ticks = 0;
};

struct StrategyOrchestrator::Parts : EngineParts {
  using EngineParts::EngineParts;
};

}  // namespace s1mple
