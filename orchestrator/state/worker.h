// Worker: runs jobs off the loop thread, one at a time and in order, and posts each completion to the loop.
//
// Implemented by ThreadWorker (orchestrator/shell, one thread) and by InlineWorker and ManualWorker of the tests.
// `done` runs on the loop thread after `job` has returned, never from inside run(), and not at all after the
// Worker was destroyed. The store uses two: one for commits, one for snapshots and the next segment.
#pragma once

#include <functional>

namespace s1mple {

class Worker {
 public:
  virtual ~Worker() = default;
  virtual void run(std::function<void()> job, std::function<void()> done) = 0;
};

}  // namespace s1mple
