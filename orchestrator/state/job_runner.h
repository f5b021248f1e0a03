// JobRunner: runs jobs off the loop thread, one at a time and in order, and reports each on the loop.
//
// Implemented by LoopJobRunner (orchestrator/shell, a thread of its own) and by the manual runner of the tests.
// `done` runs on the loop thread after `job` has returned, never from inside run(), and not at all after the
// runner was destroyed. The store uses two: one for commits, one for snapshots and the next segment.
#pragma once

#include <functional>

namespace s1mple {

class JobRunner {
 public:
  virtual ~JobRunner() = default;
  virtual void run(std::function<void()> job, std::function<void()> done) = 0;
};

}  // namespace s1mple
