// Terminal: owns the terminal while the live screen is open, and gives it back whatever happens.
//
// While it lives: raw keys, alternate screen, no cursor, no automatic wrapping. Destruction restores all of it; so
// does a fatal signal (SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL), before it takes its course. Signals that ask for the
// end (SIGTERM, SIGHUP, ...) are the loop's business. Keys are read through a descriptor of its own on /dev/tty,
// so that the shell's descriptors never become non-blocking.
// Errors: no terminal. Thread: one; at most one Terminal at a time.
#pragma once

#include <string_view>

#include "common/base/result.h"
#include "common/os/unique_fd.h"
#include "supervisor/client/screen.h"

namespace s1mple::client {

class Terminal {
 public:
  [[nodiscard]] static Result<Terminal> open();
  Terminal(Terminal&& other) noexcept;
  Terminal& operator=(Terminal&&) = delete;
  ~Terminal();

  [[nodiscard]] Size size() const;
  // False: the terminal is gone.
  [[nodiscard]] bool write(std::string_view bytes) const;
  // A descriptor to read keys from; the caller owns it.
  [[nodiscard]] UniqueFd take_keys() { return std::move(keys_); }

  // Around a stop by job control: give the terminal back, then take it again.
  void leave();
  void enter();

 private:
  explicit Terminal(UniqueFd keys) : keys_(std::move(keys)) {}
  UniqueFd keys_;
  bool owns_ = false;
};

}  // namespace s1mple::client
