// Loop: the event loop of a program; everything of common/os that waits belongs to one.
//
// Order:   a pass is timers, then I/O callbacks, then deferred functions, then the end-of-pass hook. Timers
//          come first: after a pause of the whole process a deadline fires although the answer lies in the
//          socket. What must not judge too early defers its decision: a deferred function runs after
//          waiting I/O was delivered.
// Owner:   Loop outlives every wrapper made on it (checked on destruction) and runs their closing to the
//          end.
// Thread:  everything is called on the thread that made the loop, except post.
// Errors:  a machine that refuses an event loop (no descriptors, no memory) aborts: nothing works without
//          one.
#pragma once

#include <functional>
#include <memory>

#include "common/base/time.h"

struct uv_loop_s;

namespace s1mple {

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Until stop(); one more call may follow.
  void run();
  // One pass; waits for an event only if told so. For tests and for programs that run a loop of their own.
  void run_once(bool wait);
  void stop();

  // Runs `function` on the loop's thread, in the order posted. Safe from any thread while the loop lives.
  void post(std::function<void()> function);
  // Runs `function` after the I/O that is ready now was delivered, in the order deferred. What a deferred
  // function defers runs one pass later.
  void defer(std::function<void()> function);
  // Looks for events without sleeping for so long from now: for an answer that is nearer than a sleeping processor's
  // wake-up (tens of microseconds in a virtual machine). Costs that much of a processor.
  void stay_awake(Nanos span);
  // Called at the end of every pass, when all its events were handled and before the loop sleeps; one hook.
  void at_pass_end(std::function<void()> hook);

  // How long the longest pass without sleeping took since the last call: the delay that an event may have
  // met. Measured from the first call on.
  [[nodiscard]] Nanos take_longest_pass();

  // For common/os only.
  [[nodiscard]] uv_loop_s* native();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace s1mple
