// PollHandle: the base of everything here that waits for a descriptor. For the .cc files of common/os only.
//
// Life:   made with new; close() ends it: nothing is called afterwards, the descriptor is closed at once,
//         and the object frees itself when libuv has let go of it. So a callback may destroy the wrapper
//         that it came from.
// Errors: a descriptor that cannot be polled (a regular file) is an Error of attach. A fault on the
//         descriptor shows as both events ready: the next read or write says what it is.
// Thread: the loop's.
#pragma once

#include <uv.h>

#include <functional>
#include <memory>

#include "common/base/result.h"
#include "common/os/loop.h"
#include "common/os/unique_fd.h"

namespace s1mple {

class PollHandle {
 public:
  PollHandle(const PollHandle&) = delete;
  PollHandle& operator=(const PollHandle&) = delete;

  // Takes the descriptor and makes it non-blocking. After an Error only close() may follow.
  [[nodiscard]] Result<void> attach(UniqueFd fd);
  void close();

 protected:
  explicit PollHandle(Loop& loop) : loop_(loop) {}
  virtual ~PollHandle() = default;
  virtual void on_ready(bool readable, bool writable) = 0;

  void watch(bool readable, bool writable);
  // Runs `function` as Loop::defer does, unless close() comes first.
  void defer(std::function<void()> function);
  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] bool closing() const { return life_ == nullptr; }
  [[nodiscard]] Loop& loop() const { return loop_; }

 private:
  Loop& loop_;
  UniqueFd fd_;
  uv_poll_t uv_{};
  int events_ = 0;
  bool attached_ = false;
  std::shared_ptr<char> life_ = std::make_shared<char>();  // null once closed
};

}  // namespace s1mple
