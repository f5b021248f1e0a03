#include "common/os/child.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <vector>

#include "common/base/ensure.h"
#include "common/os/child_start.h"
#include "common/os/pidfd.h"
#include "common/os/poll_handle.h"
#include "common/os/signals.h"

namespace s1mple {
namespace {

constexpr std::int64_t kBytesPerKib = 1024;

Nanos span_of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

namespace {

// One thread spawns and waits, so this is its own.
std::vector<pid_t>& watched_children() {
  static std::vector<pid_t> pids;
  return pids;
}

}  // namespace

struct Child::Impl : PollHandle {
  Impl(Loop& loop, const ChildSpec& child_spec, std::function<void(const ChildExit&)> callback)
      : PollHandle(loop), spec(child_spec), on_exit(std::move(callback)) {}

  Result<void> start() {
    auto started = start_program(spec);
    if (!started) return std::move(started).error();
    pid = started->pid;
    failure = std::move(started->failure);
    if (auto attached = attach(std::move(started->pidfd)); !attached) {
      ::kill(pid, SIGKILL);  // a child that nobody can watch must not run
      ::waitpid(pid, nullptr, 0);
      return std::move(attached).error().during("start '" + spec.program + "'");
    }
    watch(true, false);
    watched_children().push_back(pid);
    return {};
  }

  // Nobody waits for it here from now on.
  void forget() { std::erase(watched_children(), pid); }

  Result<void> adopt(UniqueFd pidfd) {
    siginfo_t info{};
    const int waited = ::waitid(P_PIDFD, static_cast<id_t>(pidfd.get()), &info, WEXITED | WNOHANG | WNOWAIT);
    if (waited < 0 && errno != ECHILD) return os_error("adopt process " + std::to_string(pid), errno);
    is_foreign = waited < 0;
    spec.takes_group_along = !is_foreign;
    if (auto attached = attach(std::move(pidfd)); !attached)
      return std::move(attached).error().during("adopt process " + std::to_string(pid));
    watch(true, false);
    if (!is_foreign) watched_children().push_back(pid);
    return {};
  }

  // Somebody else's child: whoever reaps it keeps the status.
  void on_foreign_ready() {
    if (!has_ended(fd())) return watch(true, false);
    watch(false, false);
    reaped = true;
    ChildExit exit;
    exit.cause = ChildExit::Cause::unknown;
    on_exit(exit);
  }

  void on_ready(bool, bool) override {
    if (is_foreign) return on_foreign_ready();
    // The leader is dead but not reaped, so its group's number is still its own.
    if (spec.takes_group_along && spec.own_session) ::kill(-pid, SIGKILL);
    siginfo_t info{};
    rusage usage{};
    // The raw call: the library's does not give the usage.
    if (::syscall(SYS_waitid, P_PIDFD, fd(), &info, WEXITED | WNOHANG, &usage) < 0)
      ENSURE(errno == EINTR, "somebody else waited for our child");
    if (info.si_pid == 0) return watch(true, false);
    watch(false, false);
    reaped = true;
    forget();
    on_exit(exit_of(info, usage));
  }

  ChildExit exit_of(const siginfo_t& info, const rusage& usage) {
    ChildExit exit;
    exit.user_time = span_of(usage.ru_utime);
    exit.system_time = span_of(usage.ru_stime);
    exit.max_rss_bytes = usage.ru_maxrss * kBytesPerKib;
    if (auto story = read_start_failure(failure.get(), spec)) {
      exit.cause = ChildExit::Cause::never_started;
      exit.story = *std::move(story);
    } else if (info.si_code == CLD_EXITED) {
      exit.code = info.si_status;
    } else {
      exit.cause = ChildExit::Cause::signalled;
      exit.signal = info.si_status;
      exit.core_dumped = info.si_code == CLD_DUMPED;
    }
    return exit;
  }

  [[nodiscard]] int watched_fd() const { return fd(); }

  ChildSpec spec;
  std::function<void(const ChildExit&)> on_exit;
  pid_t pid = 0;
  UniqueFd failure;
  bool reaped = false;
  bool is_foreign = false;
};

Result<std::unique_ptr<Child>> Child::spawn(Loop& loop, const ChildSpec& spec,
                                            std::function<void(const ChildExit&)> on_exit) {
  auto* impl = new Impl(loop, spec, std::move(on_exit));
  std::unique_ptr<Child> child(new Child(impl));
  if (auto started = impl->start(); !started) return std::move(started).error();
  return child;
}

Result<std::unique_ptr<Child>> Child::adopt(Loop& loop, UniqueFd pidfd, pid_t pid,
                                            std::function<void(const ChildExit&)> on_exit) {
  auto* impl = new Impl(loop, ChildSpec{}, std::move(on_exit));
  std::unique_ptr<Child> child(new Child(impl));
  impl->pid = pid;
  if (auto adopted = impl->adopt(std::move(pidfd)); !adopted) return std::move(adopted).error();
  return child;
}

Child::~Child() {
  impl_->forget();
  impl_->close();
}

pid_t Child::pid() const { return impl_->pid; }
bool Child::running() const { return !impl_->reaped; }
int Child::pidfd() const { return running() ? impl_->watched_fd() : -1; }

bool is_watched_child(pid_t pid) {
  const auto& pids = watched_children();
  return std::find(pids.begin(), pids.end(), pid) != pids.end();
}

Result<void> Child::signal(int signal_number) {
  const std::string what = "send " + signal_name(signal_number);
  if (!running()) return Error{Errc::not_found, what + ": the child has ended"};
  return signal_process(pidfd(), signal_number);
}

Result<void> Child::signal_group(int signal_number) {
  if (!running() || !impl_->spec.own_session) return signal(signal_number);
  // Once its parent has reaped it, its number may be another group's.
  if (impl_->is_foreign) return signal_group_of(pidfd(), signal_number);
  if (::kill(-impl_->pid, signal_number) == 0) return {};
  if (errno == ESRCH) return signal(signal_number);  // it has not reached setsid yet
  return os_error("send " + signal_name(signal_number) + " to the group", errno);
}

std::string describe(const ChildExit& exit) {
  switch (exit.cause) {
    case ChildExit::Cause::exited: return "exit " + std::to_string(exit.code);
    case ChildExit::Cause::signalled:
      return signal_name(exit.signal) + (exit.core_dumped ? " (core dumped)" : "");
    case ChildExit::Cause::never_started: return exit.story;
    case ChildExit::Cause::unknown: return "unknown end";
  }
  ENSURE(false, "cause of an exit out of range");
}

}  // namespace s1mple
