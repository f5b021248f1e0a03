// TradingWorld: one machine, one exchange and the production orchestrator on them, in one process.
//
// Runtime, engine, stores and paper exchange are the product's; clock, disks, market and the exchange's faults are
// simulated. The process can be killed at any of its crash points (before each operation of a disk, before and after
// each request that leaves, before each event that comes in), with the page cache kept or the power cut; the
// exchange's disk, which stands for the outside world, loses nothing. The market goes on meanwhile.
// The timeline is the test's: what happens at the exchange and to the faults, at its moment, once.
// Owner: a test. Thread: one. Errors: a start that is refused is kept in refusal().
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/environment/books_folding.h"
#include "orchestrator/environment/paper_world.h"
#include "orchestrator/venue/paper/paper_folding.h"
#include "tests/support/faults/faulty_environment.h"
#include "tests/support/world/listed_market.h"
#include "tests/support/world/manual_jobs.h"
#include "tests/support/world/planned_strategy.h"
#include "tests/support/world/sim_disk.h"
#include "tests/support/world/virtual_clock.h"

namespace s1mple {

struct Killed {};

// BTC/EUR at steps of 1 and 0.1, no fees' surprises, a queue of nothing, small stores; strategy "alpha".
[[nodiscard]] Configuration world_configuration();

class TradingWorld {
 public:
  // How the process ends at its crash point.
  enum class End : std::uint8_t { killed, power_lost, power_torn };

  TradingWorld();
  ~TradingWorld();

  Configuration configuration = world_configuration();
  VenueFaults faults;
  std::shared_ptr<Plan> plan = std::make_shared<Plan>();
  Nanos down_time = 2s;  // from a death to the next start

  // ---- before play()
  // A row of the market at so long after the beginning.
  void trade_at(Nanos at, const std::string& price, const std::string& volume = "1000");
  void at(Nanos moment, std::function<void()> act);
  // The process that comes to the n-th crash point dies there.
  void kill_at(std::uint64_t point, End end = End::killed);
  // And again, so many crash points later.
  void kill_again_at(std::uint64_t point) { kill_again_at_ = point; }

  // The n-th operation of the books' disk fails, and what follows lies as disks do (sim_disk.h).
  void fail_disk_at(std::uint64_t operation, Error error) { failing_ = {operation, std::move(error)}; }

  // ---- the run: starts the process, lets time pass, restarts it when it was killed
  void play(Nanos until);
  void restart(StartMode mode = StartMode::recovery);
  // The same key is the same command; nothing happens, and no answer is kept, while no process runs.
  void command(const std::string& key, const std::string& method, const std::string& params);
  [[nodiscard]] const Reply* reply(const std::string& key) const;
  // Something that the environment of the process tells it.
  void tell(EventBody event);

  // ---- other people at the exchange
  void order_by_another(OrderIntent intent);
  void cancel_everything_at_exchange();  // the user at the exchange's own page, or the exchange itself

  // Something that a moment of the timeline sees and that must not be.
  void finds(std::string story) { broken_.push_back(std::move(story)); }

  // ---- looking
  [[nodiscard]] bool was_killed() const { return was_killed_; }  // at the crash point that kill_at() named
  [[nodiscard]] int deaths() const { return deaths_; }
  [[nodiscard]] std::uint64_t points() const { return points_; }
  [[nodiscard]] const Books& books() const;
  [[nodiscard]] const PaperBooks& exchange() const;
  [[nodiscard]] StrategyOrchestrator& engine() const;
  [[nodiscard]] bool is_running() const { return process_ != nullptr; }
  [[nodiscard]] const std::vector<SendOrder>& sent() const { return sent_; }  // by all processes
  [[nodiscard]] std::size_t count_alerts(const std::string& code) const;
  [[nodiscard]] const std::vector<Stop>& stops() const {
    return stops_;
  }  // of processes that ended by themselves
  [[nodiscard]] bool after_store_failed() const {
    return !stops_.empty() && stops_.back().code == ExitCode::store_failed;
  }
  [[nodiscard]] const std::vector<SendAlert>& alerts() const { return alerts_; }
  [[nodiscard]] const std::optional<Error>& refusal() const { return refusal_; }
  [[nodiscard]] const std::vector<std::string>& broken() const { return broken_; }  // seen while it ran
  [[nodiscard]] WallTime begin() const { return begin_; }
  [[nodiscard]] SimDisk& books_disk() { return *books_disk_; }

 private:
  struct Process;
  struct Moment {
    Nanos at{};
    std::function<void()> act;
  };

  void run_until(Nanos until);
  void start(StartMode mode);
  void die();
  void end_of_process();
  void crash_point();
  void act_what_is_due();
  [[nodiscard]] Nanos since_begin() const { return clock_.wall() - begin_; }
  void note_sent(const SendOrder& request);

  VirtualClock clock_;
  WallTime begin_ = clock_.wall();
  Random random_{1};
  std::vector<MarketTrade> rows_;
  std::vector<Moment> timeline_;
  std::size_t next_moment_ = 0;
  std::unique_ptr<SimDisk> books_disk_ = std::make_unique<SimDisk>();
  std::unique_ptr<SimDisk> exchange_disk_ = std::make_unique<SimDisk>();
  std::unique_ptr<Process> process_;
  std::optional<std::pair<std::uint64_t, Error>> failing_;
  std::uint64_t points_ = 0, kill_at_ = 0, kill_again_at_ = 0;
  End end_ = End::killed;
  bool was_killed_ = false;
  int deaths_ = 0;
  std::vector<SendOrder> sent_;
  std::vector<SendAlert> alerts_;
  std::map<std::string, Reply> replies_;
  std::vector<Stop> stops_;
  std::vector<std::string> broken_;
  std::optional<Error> refusal_;
  std::vector<std::function<void()>> at_exchange_;  // while no process runs
};

}  // namespace s1mple
