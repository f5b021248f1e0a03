// StrategyOrchestrator: the pure heart. Events go in, facts and actions come out; no clock, no I/O.
//
// Order of calls: start() once, then on() for every event, in the order in which they happened, `at` never
// running backwards. Each call returns one Step (execution/step.h): its facts are one record, its actions
// wait for it.
// Lazy facts: that the market was seen and what a strategy remembers of it are written with the next step
// that has any other fact, or after flush_interval. flush() writes them now. A replay calls flush() and waits
// for it before a row takes effect in the exchange's books, so that a strategy never hears of a fill before
// the rows that led to it.
// Lock-step: the runtime releases the next row when is_settled() and everything submitted is durable.
// Timers: the runtime sends Tick at wake_at(), the one earliest time of all machines inside.
// Owner: the runtime; borrows the books. Thread: loop. Errors: none; all that goes wrong is a fact.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/contract/health.h"
#include "common/contract/start_mode.h"
#include "orchestrator/domain/books.h"
#include "orchestrator/domain/old_books.h"
#include "orchestrator/engine/engine_config.h"
#include "orchestrator/engine/strategy_port.h"
#include "orchestrator/engine/trading_gate.h"
#include "orchestrator/execution/step.h"

namespace s1mple {

// starting and recovering are the runtime's; the engine begins in reconciling.
enum class Phase : std::uint8_t { starting = 1, recovering, reconciling, running, draining };
inline constexpr EnumTexts<Phase, 5> kPhaseTexts{{{Phase::starting, "starting"},
                                                  {Phase::recovering, "recovering"},
                                                  {Phase::reconciling, "reconciling"},
                                                  {Phase::running, "running"},
                                                  {Phase::draining, "draining"}}};
constexpr const auto& enum_texts(Phase) { return kPhaseTexts; }

struct ConfiguredStrategy {
  StrategyName name;
  std::unique_ptr<Strategy> strategy;
};

struct StartInfo {
  WallTime at;
  std::uint64_t epoch = 0;  // the store's; higher than any before
  StartMode mode = StartMode::normal;
  std::string cause;  // "start", "signal", "hang", ...: for people
  bool halted_by_supervisor = false;
  std::string halt_reason;
  bool after_store_failed = false;             // halted until resume
  bool fell_back_to_older_generation = false;  // alert; nothing was lost
  bool draw_new_tag = false;                   // salvaged store, or a mirror ahead by more than one epoch
  std::string new_tag;  // 4 characters, base 36: for books without identity and for draw_new_tag
  std::vector<std::string> earlier_tags;    // of this installation, beside those that the books know
  std::string environment, venue, account;  // must be those of the books, where the books have any
};

class StrategyOrchestrator {
 public:
  StrategyOrchestrator(EngineConfig config, Books& books, std::vector<ConfiguredStrategy> strategies);
  ~StrategyOrchestrator();

  // Before start(); `old` outlives the engine.
  void look_up_in(OldBooks& old);
  [[nodiscard]] Step start(const StartInfo& info);
  [[nodiscard]] Step on(const Event& event);
  [[nodiscard]] Step flush(WallTime at);

  [[nodiscard]] std::optional<WallTime> wake_at() const;
  // Running, no request unanswered, no query open, no report undelivered, no timer due.
  [[nodiscard]] bool is_settled() const;
  [[nodiscard]] Phase phase() const;
  [[nodiscard]] TradingMode trading() const;

  // The engine's members of status' `orchestrator` object; the runtime opens and closes the object.
  void write_status(JsonWriter& out) const;
  [[nodiscard]] HealthCounters counters() const;  // market and risk_ticks

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace s1mple
