// Carries out what AlertOutbox decides: the log, the configured command, the retries.
//
// Log:      alerts.log, append-only, synced off the loop; rewritten when it passes kMaxLogBytes. An alert's `logged`
//           is called when its line is durable or the disk has refused it: then the orchestrator may forget it.
// Command:  run with the alert as one line of JSON on standard input and a time limit, from memory; its standard
//           error's end is kept for the operator. One at a time; nothing waits for it. The second command alike.
// Owner: the Supervisor. Thread: the loop's (main, it spawns). Failure: logged once a try.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/random.h"
#include "common/os/timer.h"
#include "supervisor/core/alert_outbox.h"

namespace s1mple {

class AlertCommand;
class LogSink;
class Loop;
class Worker;

class AlertDelivery {
 public:
  static constexpr std::uint64_t kMaxLogBytes = 1024 * 1024;

  struct Outcome {
    bool taken = false;
    bool timed_out = false;
    std::string story;      // "exit 3"
    std::string error_end;  // of standard error
    Nanos took{};
    int exit_code = 0;
  };

  AlertDelivery(Loop& loop, const Clock& clock, const AlertSettings& settings, Random& random, Worker& worker,
                LogSink& log, std::string path);
  ~AlertDelivery();

  void load();
  void raise(link::Alert alert, std::function<void()> logged);
  [[nodiscard]] bool acknowledge(std::string_view id);
  void take(const AlertSettings& settings);  // a reload; a delivery that runs ends as it began
  // Sends one at once, outside of the outbox. Nothing: no command is configured, or one test runs already.
  [[nodiscard]] bool test(bool escalation, std::function<void(const Outcome&)> done);
  [[nodiscard]] const AlertOutbox& outbox() const { return outbox_; }
  [[nodiscard]] bool is_running() const { return delivering_ || testing_; }
  [[nodiscard]] bool configured(bool escalation) const { return !command(escalation).empty(); }

 private:
  void append(std::string line, std::function<void()> done);
  void deliver_next();
  void delivered(const Outcome& outcome);
  [[nodiscard]] const std::vector<std::string>& command(bool escalation) const {
    return escalation ? settings_.escalation_command : settings_.command;
  }
  [[nodiscard]] std::unique_ptr<AlertCommand> run(const AlertOutbox::Entry& entry, bool escalation,
                                                  std::function<void(const Outcome&)> done);

  struct LogFile;  // shared with the piece of work at hand
  Loop& loop_;
  const Clock& clock_;
  AlertSettings settings_;
  Worker& worker_;
  LogSink& log_;
  AlertOutbox outbox_;
  std::shared_ptr<LogFile> file_;
  std::uint64_t log_bytes_ = 0;
  Timer timer_;
  std::unique_ptr<AlertCommand> delivering_;
  std::unique_ptr<AlertCommand> testing_;
};

}  // namespace s1mple
