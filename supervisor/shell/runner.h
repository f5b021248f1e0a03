// Performs what ServiceMachine decides: starts, asks, signals and reaps the orchestrator, and keeps its record.
//
// Events that arise while actions are performed wait until the list is done. The machine has one timer; when it
// fires, what lies in the sockets is read before the machine is asked (an answer must not be judged missing).
// Adoption: descriptors of the run at hand lie in the store, or are borrowed for the program that replaces us.
// Owner: the Supervisor, which is the RunnerHost. Thread: the loop's, main. Failure: goes to the machine as events.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/os/timer.h"
#include "supervisor/core/service_machine.h"
#include "supervisor/shell/orchestrator_process.h"
#include "supervisor/shell/output_tail.h"
#include "supervisor/shell/passed_commands.h"
#include "supervisor/shell/run_record.h"

namespace s1mple {

class CapturedRun;
class CrashReports;
class DescriptorStore;
class LogSink;

// What the runner needs of its surroundings.
class RunnerHost {
 public:
  virtual ~RunnerHost() = default;
  virtual void fill_attach(link::Attach& attach) = 0;             // latch and mirror
  virtual void save(std::function<void(bool ok)> done) = 0;       // supervisor.json; `done` may be empty
  virtual void raise(AlertLevel level, std::string code, std::string text) = 0;
  virtual void told(link::ToSupervisor message) = 0;              // alert, latch, epoch, event
  virtual void announce(std::string_view kind, std::string params_json) = 0;
  virtual void ended(ExitCode code) = 0;
};

class Runner {
 public:
  struct Program {
    std::string path;
    std::string config;
    std::string home;
    std::string lock_path;
    bool drain_on_eof = false;
  };
  struct LastDeath {
    WallTime at{};
    Instant seen{};
    StartCause cause = StartCause::unknown;
    ExitStatus status;
    std::uint64_t report = 0;
    std::optional<Nanos> downtime;  // until ready again
  };

  Runner(Loop& loop, const Clock& clock, const SupervisorSettings& settings, Program program, std::string instance,
         Random& random, RunnerHost& host, CrashReports& reports, DescriptorStore& store, LogSink& log);

  ~Runner();
  void restore(const RestartTally& tally, Nanos age) { machine_.restore(tally, age, clock_.now()); }
  void begin() { handle(event::Begin{}); }
  // Instead of begin: takes over what an earlier supervisor left. False: it cannot be, and begin is due.
  [[nodiscard]] bool adopt(OrchestratorProcess::Parts parts, bool stable);
  void stop(std::string by, bool flatten) { handle(event::StopAsked{std::move(by), flatten}); }
  [[nodiscard]] std::vector<BorrowedDescriptor> descriptors() const;
  // Nobody here will hear the answers that are still owed.
  void give_up_commands(const std::string& why) { passed_.give_up(why); }
  [[nodiscard]] std::optional<Refusal> restart(std::optional<StartMode> mode);
  [[nodiscard]] std::optional<Refusal> clear();
  // Passes a command on; false: no orchestrator runs. `done` is called once, later.
  [[nodiscard]] bool pass(link::Command command, PassedCommands::Done done);
  void send_alert_ok(const std::string& id);
  void take(const SupervisorSettings& settings);  // a reload

  [[nodiscard]] const ServiceMachine& machine() const { return machine_; }
  [[nodiscard]] const RunRecord* run() const { return process_ ? &run_ : nullptr; }
  [[nodiscard]] const std::string& environment() const { return run_.environment; }  // last heard; empty: never
  [[nodiscard]] const std::optional<LastDeath>& last_death() const { return last_death_; }
  [[nodiscard]] WallTime state_since() const { return state_since_; }

 private:
  void handle(ServiceEvent event);
  void settle();
  void perform_all(ServiceActions actions);
  void take(link::ToSupervisor message);
  void ended(const ChildExit& exit);
  void ended_without_status();
  void forget_descriptors(std::int64_t pid);

  void perform(const action::CheckLock&);
  void perform(const action::Spawn& spawn);
  void perform(const action::SendGo&);
  void perform(const action::SendPing& ping);
  void perform(const action::SendShutdown& shutdown);
  void perform(const action::Send& send);
  void perform(const action::Inspect& inspect);
  void perform(const action::Save& save);
  void perform(const action::LatchHalt& latch);
  void perform(const action::CancelAll&);
  void perform(const action::Moved& moved);
  void perform(const action::Raise& raise);
  void perform(const action::Report& report);
  void perform(const action::Note& note);
  void perform(const action::Ended& ended);

  [[nodiscard]] link::Attach attach_for(const action::Spawn& spawn);
  [[nodiscard]] OrchestratorProcess::Callbacks callbacks();

  Loop& loop_;
  const Clock& clock_;
  SupervisorSettings settings_;
  Program program_;
  std::string instance_;
  RunnerHost& host_;
  CrashReports& reports_;
  DescriptorStore& store_;
  LogSink& log_;
  ServiceMachine machine_;
  Timer timer_;
  std::optional<Instant> armed_;
  bool handling_ = false;
  bool adopted_ = false;  // the run at hand
  std::deque<ServiceEvent> events_;
  OrchestratorProcess::Command command_;
  std::unique_ptr<OrchestratorProcess> process_;
  OutputTail output_;
  PassedCommands passed_;
  std::unique_ptr<CapturedRun> cancel_all_;
  RunRecord run_;
  ChildExit exit_;
  std::optional<LastDeath> last_death_;
  std::optional<link::PreviousRun> previous_;
  WallTime state_since_{};
};

}  // namespace s1mple
