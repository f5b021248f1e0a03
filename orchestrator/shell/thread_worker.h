// ThreadWorker: the Worker port on one thread of its own.
//
// `post` hands a completion to the loop and may be called from the worker's thread; the runtime passes the loop's
// wake-up, the store commands their own queue. All signals are blocked in the thread, so that the loop gets them.
// The destructor lets the running job end, drops jobs that have not begun, and joins. A disk that never answers
// therefore blocks it: the process then ends by _exit (exit 66). Thread: run() from the loop thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "orchestrator/state/worker.h"

namespace s1mple {

class ThreadWorker final : public Worker {
 public:
  using Post = std::function<void(std::function<void()>)>;
  // `name` is what top and gdb show: at most 15 characters.
  ThreadWorker(const std::string& name, Post post);
  ~ThreadWorker() override;
  ThreadWorker(const ThreadWorker&) = delete;
  ThreadWorker& operator=(const ThreadWorker&) = delete;

  void run(std::function<void()> job, std::function<void()> done) override;

 private:
  struct Task {
    std::function<void()> job, done;
  };
  void work();

  Post post_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace s1mple
