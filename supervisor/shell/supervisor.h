// The supervisor as a whole: what main runs once configuration and home are in order.
//
// Owns the loop's users and ties them together: the runner, control.sock, alerts, reports, supervisor.json, signals
// and systemd. Thread: main's. Failure: run() returns the exit code; what keeps it from starting is told on stderr.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/random.h"
#include "common/contract/exit_code.h"
#include "common/os/clock.h"
#include "common/os/lock_file.h"
#include "common/os/loop.h"
#include "common/os/signals.h"
#include "common/os/timer.h"
#include "common/os/worker.h"
#include "supervisor/core/saved_state.h"
#include "supervisor/core/settings.h"
#include "supervisor/shell/alert_delivery.h"
#include "supervisor/shell/control_server.h"
#include "supervisor/shell/crash_reports.h"
#include "supervisor/shell/log_sink.h"
#include "supervisor/shell/runner.h"
#include "supervisor/shell/service_notify.h"
#include "supervisor/shell/state_keeper.h"

namespace s1mple {

struct SupervisorSetup {
  SupervisorSettings settings;
  std::string config_path;   // absolute
  std::string home;          // absolute, made, ours
  std::string socket_path;
  std::string program;       // the orchestrator
  std::string tally_key;     // program and configuration
};

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
  [[nodiscard]] Result<void> prepare();
  void load_state();
  void refuse_state(const Error& error);
  void begin();
  void on_signal(int signal);
  void stop(std::string by, bool flatten);
  void set_halt(bool halted, std::string reason, std::string by, std::function<void(bool ok)> done);
  void take_latch(const link::Latch& latch);
  void take_epoch(std::uint64_t epoch);
  void start_watchdog();
  void tell_status(std::string_view text);

  Loop& loop_;
  SupervisorSetup setup_;
  SystemClock clock_;
  Random random_;
  std::string instance_;
  LogSink log_;
  Worker worker_;
  ServiceNotify notify_;
  StateKeeper keeper_;
  AlertDelivery alerts_;
  CrashReports reports_;
  Runner runner_;
  std::unique_ptr<class ControlMethods> methods_;
  std::unique_ptr<ControlServer> server_;
  std::unique_ptr<SignalWatcher> signals_;
  Timer watchdog_;
  Timer memory_;
  SavedState state_;
  Instant started_;
  std::uint64_t last_alert_ = 0;
  bool has_terminal_ = false;
  ExitCode exit_code_ = ExitCode::done;
};

}  // namespace s1mple
