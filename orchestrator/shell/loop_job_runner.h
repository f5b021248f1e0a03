// LoopJobRunner: the store's JobRunner port on a thread of common/os, completions on the loop.
//
// Owner: the shell; destroy it before the loop and after the store is closed or failed. The destructor waits for
// the job at hand: a disk that never answers therefore ends with _exit (exit 66). Thread: the loop thread.
#pragma once

#include <functional>
#include <utility>

#include "common/base/ensure.h"
#include "common/os/worker.h"
#include "orchestrator/state/job_runner.h"

namespace s1mple {

class LoopJobRunner final : public JobRunner {
 public:
  explicit LoopJobRunner(Loop& loop, Worker::Haste haste = Worker::Haste::none) : worker_(loop, haste) {}
  void run(std::function<void()> job, std::function<void()> done) override {
    // The store has at most a handful of jobs under way.
    ENSURE(worker_.submit(std::move(job), std::move(done)), "the store's worker is flooded");
  }

 private:
  Worker worker_;
};

}  // namespace s1mple
