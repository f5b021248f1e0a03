// Worker: one thread that does blocking work (syncing a file, for instance) in order, and reports on the
//         loop.
//
// Limits:  at most kMaxQueued pieces of work wait; one more is refused (false).
// Owner:   destroying it drops what waits and joins the thread, so it waits for the piece at hand.
// Thread:  submit on the loop's thread; `work` runs on the worker's, `done` on the loop's, in the order
//          submitted.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace s1mple {

class Loop;

class Worker {
 public:
  static constexpr std::size_t kMaxQueued = 1024;

  explicit Worker(Loop& loop);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // `done` is not called after the Worker's destruction.
  [[nodiscard]] bool submit(std::function<void()> work, std::function<void()> done);
  [[nodiscard]] std::size_t pending() const;  // submitted and not reported

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace s1mple
