// The supervisor as a whole: what main runs once configuration and home are in order.
//
// Start: takes over what an earlier supervisor left (setup.inherited), else starts afresh.
// Leaving without stopping: hand_over() ends this process for systemd to start the next one; replace() becomes the
//        program that is in place now. Both leave the orchestrator running.
// Reload: the configuration is read again; what may change at once does, and the rest is named (core/reload.h).
// Owns the loop's users and ties them together: the runner, control.sock, alerts, reports, supervisor.json, signals
// and systemd. Thread: main's. Failure: run() returns the exit code; what keeps it from starting is told on stderr.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/random.h"
#include "common/contract/exit_code.h"
#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/inherited.h"
#include "common/os/lock_file.h"
#include "common/os/loop.h"
#include "common/os/orphan_reaper.h"
#include "common/os/signals.h"
#include "common/os/timer.h"
#include "common/os/worker.h"
#include "supervisor/core/inheritance.h"
#include "supervisor/core/saved_state.h"
#include "supervisor/core/settings.h"
#include "supervisor/shell/alert_delivery.h"
#include "supervisor/shell/control_server.h"
#include "supervisor/shell/crash_reports.h"
#include "supervisor/shell/descriptor_store.h"
#include "supervisor/shell/loaded_config.h"
#include "supervisor/shell/log_sink.h"
#include "supervisor/shell/reloader.h"
#include "supervisor/shell/runner.h"
#include "supervisor/shell/service_notify.h"
#include "supervisor/shell/state_keeper.h"

namespace s1mple {

struct SupervisorSetup {
  LoadedConfig config;
  std::string home;          // absolute, made, ours
  std::string socket_path;
  std::string own_program;   // absolute; another one may lie there by now
  Inherited inherited;
};

// Written by a hand-over, removed by the next start: who finds it knows that the orchestrator was left on purpose.
[[nodiscard]] std::string hand_over_marker(const std::string& home);

class Supervisor final : public RunnerHost {
 public:
  Supervisor(Loop& loop, SupervisorSetup setup);
  ~Supervisor() override;

  [[nodiscard]] ExitCode run();

  // RunnerHost
  void fill_attach(link::Attach& attach) override;
  void save(std::function<void(bool ok)> done) override;
  void raise(AlertLevel level, std::string code, std::string text) override;
  void told(link::ToSupervisor message) override;
  void announce(std::string_view kind, std::string params_json) override;
  void ended(ExitCode code) override;

 private:
  friend class ControlMethods;
  static constexpr Nanos kCheckTakes = 30s;     // of the program that is to replace this one
  static constexpr Nanos kQuietWait = 10s;      // for an alert that is being delivered, and for what is being written
  static constexpr Nanos kLookForQuiet = 20ms;
  static constexpr Nanos kStartTakes = 2s;      // what a start or a reload needed of memory is given back then
  using Replaced = std::function<void(const Result<void>& checked)>;
  struct Reload {
    ReloadPlan plan;
    std::vector<std::string> warnings;
  };
  using Reloaded = std::function<void(const Result<Reload>& done)>;

  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] Result<void> open_control();
  void load_state();
  void begin_orchestrator();
  void tell_taken_over();
  void refuse_state(const Error& error);
  void begin();
  void on_signal(int signal);
  void hand_over();
  void take_back_hand_over();
  // Checks the program in place first; `checked` is called before it takes this process.
  void replace(Replaced checked);
  void checked(const ChildExit& exit, const Replaced& told);
  void replace_when_quiet();
  void become_next_program();
  [[nodiscard]] bool is_leaving() const { return leaving_ || replacing_ || check_ || quiet_.active(); }
  // Answers later; refused: nothing was changed.
  void reload(const std::string& by, Reloaded told);
  void reload_for_signal();
  Reload take(LoadedConfig config, const std::string& by);
  void stop(std::string by, bool flatten);
  void set_halt(bool halted, std::string reason, std::string by, std::function<void(bool ok)> done);
  void take_latch(const link::Latch& latch);
  void take_epoch(std::uint64_t epoch);
  void start_watchdog();
  void tell_status(std::string_view text);
  void started_orchestrator();

  Loop& loop_;
  SupervisorSetup setup_;
  SystemClock clock_;
  Random random_;
  std::string instance_;
  LogSink log_;
  Worker worker_;
  ServiceNotify notify_;
  DescriptorStore store_;
  StateKeeper keeper_;
  AlertDelivery alerts_;
  CrashReports reports_;
  Runner runner_;
  std::unique_ptr<class ControlMethods> methods_;
  std::unique_ptr<ControlServer> server_;
  std::unique_ptr<SignalWatcher> signals_;
  std::unique_ptr<OrphanReaper> orphans_;  // in a container, where this is process 1
  Timer watchdog_;
  Timer memory_;
  Timer check_limit_;
  Timer quiet_;
  Instant quiet_by_{};
  std::unique_ptr<Child> check_;
  std::unique_ptr<Reloader> reloader_;
  StartedWith running_with_;      // what the orchestrator at hand was started with, as far as we know
  std::string next_key_;          // of the ladder, from the next start on; empty: as it is
  bool reload_again_ = false;
  SavedState state_;
  Instant started_;
  std::uint64_t last_alert_ = 0;
  bool has_terminal_ = false;
  Inheritance inheritance_;
  bool stable_before_ = false;    // the run that was taken over counts no death
  bool other_key_ = false;        // and was started by another program or configuration
  bool stopping_ = false;
  bool leaving_ = false;          // handed over: the socket stays for the next one
  bool replacing_ = false;
  ExitCode exit_code_ = ExitCode::done;
};

}  // namespace s1mple
