// Runs the life of the one orchestrator: start, liveness, end, what follows, and what operators ask.
// Pure: events in, actions out; no clock, no process, no log. DESIGN section 6.
//
// One funnel:  move_to alone changes the state; it checks that the move is legal and says why.
// One process: never more than one Spawn without an Exited between; none before the lock was seen free, none while an
//              adopted one lives.
// Go:          after hello, once the descriptors are kept for the next supervisor, or after kKeepWait at most.
// Parked:      with on_park = cancel, `cancel-all` runs; it holds the store's lock, and the first stop waits for its end.
// Waking:      wake_at() is the one timer; the shell sends Woke when it has come.
// Owner:       the runner. Loop thread only. Failure: none; a refused command is a Refusal with the command that helps.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/base/random.h"
#include "common/base/time.h"
#include "supervisor/core/liveness.h"
#include "supervisor/core/restart_policy.h"
#include "supervisor/core/service_events.h"
#include "supervisor/core/settings.h"
#include "supervisor/core/work_watch.h"

namespace s1mple {

struct Refusal {
  std::string reason;  // "parked: exit 65 (state_damaged)"
  std::string help;    // "s1mple clear"
};

class ServiceMachine {
 public:
  static constexpr Nanos kSaveWait = 5s;        // safe mode and the end wait for the disk no longer
  static constexpr Nanos kKeepWait = 5s;        // the start waits for the descriptor store no longer
  static constexpr Nanos kLockPoll = 100ms;
  static constexpr Nanos kLockRetry = 1s;       // after an exit 68
  static constexpr Nanos kLockAlertAfter = 5s;
  static constexpr Nanos kLate = 1s;            // we ourselves came so late: deadlines of others are put off by it

  ServiceMachine(const SupervisorSettings& settings, std::string instance, Random& random);

  // Before Begin: what supervisor.json said.
  void restore(const RestartTally& tally, Nanos age, Instant now) { policy_.restore(tally, age, now); }

  [[nodiscard]] ServiceActions on(const ServiceEvent& event, Instant now);
  // Operators' commands: actions, or why not.
  [[nodiscard]] std::variant<ServiceActions, Refusal> restart(std::optional<StartMode> mode, Instant now);
  [[nodiscard]] std::variant<ServiceActions, Refusal> clear(Instant now);

  // A reload: what has begun (a wait, a phase of the end) goes on as it began.
  [[nodiscard]] ServiceActions take(const SupervisorSettings& settings, Instant now);

  [[nodiscard]] std::optional<Instant> wake_at() const;

  [[nodiscard]] ServiceState state() const { return state_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  [[nodiscard]] const RestartPolicy& policy() const { return policy_; }
  [[nodiscard]] std::uint32_t starts() const { return starts_; }
  [[nodiscard]] StartMode mode() const { return mode_; }
  [[nodiscard]] bool has_process() const { return process_; }
  [[nodiscard]] std::optional<int> bye_code() const { return bye_code_; }  // of the run at hand
  [[nodiscard]] bool is_ready() const { return ready_at_.has_value(); }
  [[nodiscard]] std::optional<Instant> next_start() const;
  [[nodiscard]] bool is_degraded(Standstill what) const { return work_ && work_->is_degraded(what); }
  [[nodiscard]] std::int64_t missed_pings() const { return liveness_ ? liveness_->missed() : 0; }

 private:
  enum class Then : std::uint8_t { decide, restart, stop, park };  // after the process has ended
  enum class Phase : std::uint8_t { none, asked, term, abort, kill, unkillable };

  void handle(const event::Begin& begin);
  void handle(const event::LockSeen& seen);
  void handle(const event::Spawned& spawned);
  void handle(const event::Kept& kept);
  void handle(const event::Adopted& adopted);
  void handle(const event::SpawnFailed& failed);
  void handle(const event::Hello& hello);
  void handle(const event::Progress& progress);
  void handle(const event::Ready& ready);
  void handle(const event::Pong& pong);
  void handle(const event::Bye& bye);
  void handle(const event::LinkLost& lost);
  void handle(const event::Exited& exited);
  void handle(const event::Inspected& seen);
  void handle(const event::Saved& saved);
  void handle(const event::CancelAllEnded& ended);
  void handle(const event::Woke& woke);
  void handle(const event::StopAsked& asked);

  void move_to(ServiceState next, std::string_view why);
  void begin_run();
  void let_go();
  void seek_start(StartCause cause);      // the lock first, then the spawn
  void follow(const Verdict& verdict);
  void stay_parked();
  void end_process(Phase phase, Then then, std::string why);
  void enter_phase(Phase phase);
  void phase_over();
  void end_hung(Phase phase, std::string why);
  void spare_traced();
  void beat();
  void watch_work(const event::Pong& pong);
  void forgive_lateness();
  void await_end();
  void wait_for_lock(const std::string& holder, Nanos next_check);
  void mark_stable();
  void after_exit(const Death& death);
  void take_asked_end(const Death& death);
  void report(const Death& death, bool counted);
  void raise_death(const Death& death);
  void finish();
  [[nodiscard]] StartCause cause_of(const ExitStatus& status) const;
  [[nodiscard]] Death death_of(const ExitStatus& status) const;
  template <class Action>
  void out(Action action) { out_.emplace_back(std::move(action)); }

  SupervisorSettings settings_;
  std::string instance_;
  Random& random_;
  RestartPolicy policy_;
  std::optional<Liveness> liveness_;
  std::optional<WorkWatch> work_;

  ServiceState state_ = ServiceState::stopped;
  std::string reason_;
  ServiceActions out_;
  Instant now_{};

  bool seeking_ = false;             // asked for the lock, to spawn
  ExitCode end_code_ = ExitCode::done;  // of the supervisor: not 0 if the orchestrator did not end as asked
  bool cancelling_ = false;          // `cancel-all` runs
  bool finish_after_ = false;        // a stop waits for its end
  bool finishing_ = false;           // stopped, but for the last save
  bool process_ = false;             // spawned, and its end was not seen
  bool stable_ = false;
  bool progressed_ = false;
  bool hung_ = false;
  bool link_lost_ = false;
  bool greeted_ = false;             // hello fits, and `go` was not sent
  bool adopted_ = false;
  std::optional<Instant> ready_at_;
  StartMode mode_ = StartMode::normal;
  StartCause cause_ = StartCause::start;
  std::uint32_t starts_ = 0;
  std::string end_why_;              // of the process that is being ended
  std::string hung_why_;
  std::string bye_;
  std::optional<int> bye_code_;

  Phase phase_ = Phase::none;
  Instant phase_until_{};
  Then then_ = Then::decide;
  bool flatten_ = false;
  std::string asked_by_;
  std::optional<Instant> start_at_;     // while backing off
  std::optional<Instant> saving_until_; // safe mode waits for the disk, so long at most
  std::optional<Instant> spared_until_; // traced
  std::optional<Instant> keep_until_;   // `go` waits for the descriptor store, so long at most
  std::optional<Instant> link_until_;   // the link is gone: so long for its end to be seen
  std::optional<Instant> lock_check_at_;
  std::optional<Instant> lock_since_;   // waiting for the lock, without a ready run in between
  bool lock_alerted_ = false;
};

}  // namespace s1mple
