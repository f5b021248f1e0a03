// SignalWatcher: delivers signals as ordinary loop events (SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2,
//                SIGWINCH).
//
// While one exists the signals it names do not have their default effect. Several equal signals that arrive
// before the loop looks may be delivered as one. Fatal signals (SIGSEGV, SIGABRT, ...) and SIGCHLD are not
// for it.
// Owner: destroying it restores the default effect. Thread: the loop's. Errors: none from outside.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace s1mple {

class Loop;

class SignalWatcher {
 public:
  SignalWatcher(Loop& loop, std::span<const int> signals, std::function<void(int)> on_signal);
  ~SignalWatcher();
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;

 private:
  struct Impl;
  struct Handle;
  std::shared_ptr<Impl> impl_;
  std::vector<Handle*> handles_;
};

// A write to a closed pipe or socket is an error to handle, not a reason to die. Once, at program start.
void ignore_sigpipe();

// "SIGKILL"; "signal 63" for one without a name.
[[nodiscard]] std::string signal_name(int signal);

}  // namespace s1mple
