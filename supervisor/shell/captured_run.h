// One run of a program of ours beside everything else, with what it says: cancel-all, check-config.
//
// Its standard output and error come together, the end of them into the outcome; each line also goes to the log, if one
// is given. After the limit it is killed with its group.
// Owner: whoever began it; `done` is called once, from the loop, and may destroy it. Thread: the loop's, main (it
// spawns). Failure: a program that cannot be started is told through `done`, too.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/os/child.h"
#include "common/os/pipe_reader.h"
#include "common/os/timer.h"
#include "supervisor/shell/output_tail.h"

namespace s1mple {

class LogSink;

class CapturedRun {
 public:
  struct Outcome {
    bool ok = false;
    std::string how;   // "exit 64"
    std::string said;  // at most OutputTail::kTailBytes, without line ends behind it
  };
  using Done = std::function<void(const Outcome& outcome)>;

  // `log` may be null. Of `spec` everything but its output counts.
  CapturedRun(Loop& loop, const ChildSpec& spec, Nanos limit, LogSink* log, Done done);

 private:
  void start(Loop& loop, ChildSpec spec, Nanos limit);
  void finish();

  Done done_;
  OutputTail output_;
  std::string failure_;  // of starting it
  std::unique_ptr<Child> child_;
  std::unique_ptr<PipeReader> reader_;
  std::unique_ptr<ChildExit> exit_;
  Timer limit_;
  Timer ended_;
};

}  // namespace s1mple
