// Runtime: carries events to the engine, its facts to the store, and its actions out when they may leave.
//
// The one rule it exists for (P1, P2): a step's facts are submitted as one record; every action of the step, and of
// all later ones, waits in one queue until that record is durable. A failed store drops what waits. An order whose
// deadline has less than kLeastTimeToSend left when its barrier falls is not sent; the engine is told so.
// In a lock-step world it releases the next row when everything before is durable on both sides and answered.
// No I/O, no threads: the shell and the tests hand in clock, storage, environment and outlet.
// Owner: the shell. Thread: loop. Errors: an impossible step aborts; the world's failures become events.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/engine/strategy_orchestrator.h"
#include "orchestrator/environment/execution_environment.h"
#include "orchestrator/state/storage.h"

namespace s1mple {

// Everything that leaves for somebody else than the venue: replies, notifications, alerts, log, the end.
class RuntimeOutlet {
 public:
  virtual ~RuntimeOutlet() = default;
  virtual void perform(const Action& action) = 0;
};

class Runtime final : public StorageListener, public EnvironmentListener {
 public:
  static constexpr Nanos kLeastTimeToSend = 3s;
  static constexpr int kRowsPerTurn = 64;       // of a lock-step world, before the loop gets a turn again
  static constexpr Nanos kDiskCheck = 250ms;
  static constexpr Nanos kDiskStep = 2 * kDiskCheck;   // what one look adds to a wait: who was suspended saw nothing

  struct DiskPatience {
    Nanos slow = 1s;        // an alert and a reason of the breaker
    Nanos deadline = 5s;    // a sync that has not returned is final (sync_deadline)
  };
  struct Parts {
    StrategyOrchestrator& engine;
    Books& books;
    Storage& storage;
    ExecutionEnvironment& environment;
    RuntimeOutlet& outlet;
    const Clock& clock;
    std::function<void(Error)> abandon_store;   // StateStore::abandon: nothing for a store that cannot hang
    DiskPatience patience;
  };

  explicit Runtime(Parts parts);

  void start(StartInfo info);
  // Something happened outside the environment: a command, a signal, the link.
  void post(EventBody event);
  // Time went on: timers, due rows, the disk's deadline. The shell calls it at wake_at() at the latest.
  void poll();
  [[nodiscard]] std::optional<Instant> wake_at();
  // The books are about to be closed: from here on nothing happens any more.
  void stop() { stopped_ = true; }

  // The `orchestrator` object of status, without pid and as_of: as it was at the last moment when all of it was
  // durable. Empty before the first.
  [[nodiscard]] const std::string& durable_status();
  [[nodiscard]] HealthCounters counters() const;
  void set_loop_lag(Nanos lag) { loop_lag_ = lag; }
  [[nodiscard]] bool is_settled();

  void on_durable(std::uint64_t seq) override;
  void on_store_failed(const Error& error) override;
  void on_space(Space space) override;
  void on_environment_event(EventBody event) override;
  void on_environment_warning(const std::string& text) override;
  void on_environment_failed(ExitCode code, const Error& error) override;

 private:
  struct KeepStatus { std::string json; };
  using Outward = std::variant<Action, KeepStatus>;
  struct Waiting {
    std::uint64_t barrier = 0;
    Outward outward;
  };
  struct Submitted {
    std::uint64_t seq = 0;
    std::uint64_t market = 0;   // market events taken in before it
  };

  void pump();
  void handle(EventBody event);
  void take(Step step);
  void submit(Record facts);
  bool release();
  void perform(const Action& action);
  void send(const SendOrder& request);
  bool play_row();
  void tick_if_due(WallTime until);
  void watch_disk();
  [[nodiscard]] std::string write_status() const;
  [[nodiscard]] WallTime now();

  Parts parts_;
  std::deque<EventBody> inbox_;
  std::deque<Waiting> waiting_;
  std::deque<Submitted> submitted_;
  std::string encoded_;
  std::string status_;
  WallTime latest_{};
  Nanos loop_lag_{};
  std::uint64_t epoch_ = 0;
  std::uint64_t market_durable_ = 0;
  std::uint64_t turns_ = 0;
  Instant looked_at_disk_{};
  std::optional<Instant> sync_since_;   // the one that is waited for
  Nanos sync_waited_{};
  bool pumping_ = false;
  bool started_ = false;
  bool failed_ = false;
  bool slow_told_ = false;
  bool more_rows_ = false;
  bool stopped_ = false;
};

}  // namespace s1mple
