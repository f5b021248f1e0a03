// Worker: one thread that does blocking work (syncing a file, for instance) in order, and reports on the
//         loop.
//
// Haste:   a wake-up of a sleeping thread costs tens of microseconds in a virtual machine, twice for each piece. A
//          hasty worker's thread looks for more work for kLinger before it sleeps, and while a piece is under way the
//          loop stays awake where the last one took less than kSoon: it costs processor time only around work.
// Limits:  at most kMaxQueued pieces of work wait; one more is refused (false).
// Owner:   destroying it drops what waits and joins the thread, so it waits for the piece at hand.
// Thread:  submit on the loop's thread; `work` runs on the worker's, `done` on the loop's, in the order
//          submitted.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "common/base/time.h"

namespace s1mple {

class Loop;

class Worker {
 public:
  static constexpr std::size_t kMaxQueued = 1024;

  static constexpr Nanos kLinger = 100us;
  static constexpr Nanos kSoon = 1ms;
  enum class Haste { none, hasty };

  explicit Worker(Loop& loop, Haste haste = Haste::none);
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
