// One run of `orchestrator cancel-all`: the last rung of the ladder, while nothing else of ours runs.
//
// Its words go to the log line by line, and their end into the story. After kLimit it is killed with its group.
// Owner: the runner; `done` is called once, from the loop, and may destroy it. Thread: the loop's, main (it spawns).
// Failure: a program that cannot be started is told through `done`, too.
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

class CancelAllRun {
 public:
  static constexpr Nanos kLimit = 60s;
  static constexpr std::size_t kStoryEnd = 1000;

  using Done = std::function<void(bool ok, std::string story)>;
  CancelAllRun(Loop& loop, const ChildSpec& program, LogSink& log, Done done);

 private:
  void start(Loop& loop, ChildSpec spec);
  void finish();

  Done done_;
  OutputTail output_;
  std::string story_;
  std::unique_ptr<Child> child_;
  std::unique_ptr<PipeReader> reader_;
  std::unique_ptr<ChildExit> exit_;
  Timer limit_;
  Timer ended_;
};

}  // namespace s1mple
