// One run of the configured alert command: JSON on standard input, a time limit, the end of its standard error.
//
// Success is exit 0. A command that cannot be started, ends otherwise or takes longer is a failed delivery; the one
// that takes longer is killed with its group. The JSON fits a pipe's buffer (checked), so writing never blocks.
// Owner: AlertDelivery; `done` is called once, from the loop, and may destroy it. Destroying it earlier kills
// nothing: the command has its own session and ends by itself. Thread: the loop's, main.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/os/child.h"
#include "common/os/pipe_reader.h"
#include "common/os/timer.h"
#include "supervisor/shell/alert_delivery.h"

namespace s1mple {

class AlertCommand {
 public:
  static constexpr std::size_t kMaxInput = 60 * 1024;  // below a pipe's 64 KiB
  static constexpr std::size_t kErrorEnd = 1024;
  static constexpr Nanos kDrain = 50ms;

  using Done = std::function<void(const AlertDelivery::Outcome&)>;

  AlertCommand(Loop& loop, const Clock& clock, const std::vector<std::string>& command, Nanos limit, std::string_view json,
               Done done);

 private:
  void start(Loop& loop, const std::vector<std::string>& command, Nanos limit, std::string_view json);
  void finish(AlertDelivery::Outcome outcome);
  void ended();

  const Clock& clock_;
  Done done_;
  Instant begun_;
  std::unique_ptr<Child> child_;
  std::unique_ptr<PipeReader> error_;
  std::unique_ptr<ChildExit> exit_;
  std::string error_end_;
  bool timed_out_ = false;
  Timer limit_;
  Timer failed_;   // a command that never started is told from the loop, not from the constructor
  Timer drained_;  // its last words may come a little after its end
};

}  // namespace s1mple
