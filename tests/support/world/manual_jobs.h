// ManualJobs: the store's two JobRunners without threads. Jobs wait until the test lets one run.
//
// run_one() takes the next job of the writer or of the helper (by chance where both have one, so that a seed
// chooses the interleaving), runs it, and reports it. Thread: one.
#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "common/base/random.h"
#include "orchestrator/state/job_runner.h"

namespace s1mple {

class ManualJobs {
 public:
  explicit ManualJobs(Random random) : random_(std::move(random)) {}

  class Runner final : public JobRunner {
   public:
    void run(std::function<void()> job, std::function<void()> done) override {
      waiting.emplace_back(std::move(job), std::move(done));
    }
    std::deque<std::pair<std::function<void()>, std::function<void()>>> waiting;
  };

  // False when nothing waits.
  bool run_one() {
    if (writer.waiting.empty() && helper.waiting.empty()) return false;
    const bool choose_writer =
        helper.waiting.empty() || (!writer.waiting.empty() && random_.chance(1, 2));
    auto& queue = choose_writer ? writer.waiting : helper.waiting;
    auto [job, done] = std::move(queue.front());
    queue.pop_front();
    job();
    job = nullptr;
    done();
    return true;
  }
  void run_all() {
    while (run_one()) {
    }
  }

  Runner writer, helper;

 private:
  Random random_;
};

}  // namespace s1mple
