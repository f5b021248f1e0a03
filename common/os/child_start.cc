#include "common/os/child_start.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "common/base/ensure.h"
#include "common/os/own_limits.h"

namespace s1mple {
namespace {

constexpr int kStandardDescriptors = 3;
constexpr int kNotStarted = 127;  // as the shell says it

enum class Step : std::uint8_t { parent_gone, descriptors, directory, exec };

// At most PIPE_BUF bytes, so that it arrives whole or not at all.
struct Failure {
  Step step;
  int os_errno;
};

// Everything the child needs, made before clone3: another thread may have held the allocator's lock at that
// moment.
struct Plan {
  std::vector<char*> arguments, environment;
  const char* program = nullptr;
  const char* directory = nullptr;
  std::vector<ChildSpec::Descriptor> descriptors;
  std::vector<int> copies;                // scratch for the child, one per descriptor
  int first_free = kStandardDescriptors;  // above every number that the child's program will see
  pid_t parent = 0;
  int failure = -1;
  bool own_session = false;
  bool dies_with_parent = false;
};

// exec takes pointers to char, which it does not write through.
std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

Plan make_plan(const ChildSpec& spec, int failure) {
  Plan plan;
  plan.arguments = pointers_to(spec.arguments);
  plan.arguments.insert(plan.arguments.begin(), const_cast<char*>(spec.program.c_str()));
  plan.environment = pointers_to(spec.environment);
  plan.program = spec.program.c_str();
  plan.directory = spec.directory.empty() ? nullptr : spec.directory.c_str();
  plan.descriptors = spec.descriptors;
  plan.copies.resize(spec.descriptors.size());
  for (const auto& descriptor : spec.descriptors)
    plan.first_free = std::max(plan.first_free, descriptor.theirs + 1);
  plan.parent = ::getpid();
  plan.failure = failure;
  plan.own_session = spec.own_session;
  plan.dies_with_parent = spec.dies_with_parent;
  return plan;
}

// ---- In the child, where only plain system calls are allowed ----

[[noreturn]] void give_up(int failure_fd, Step step) {
  const Failure failure{step, errno};
  [[maybe_unused]] const ssize_t written = ::write(failure_fd, &failure, sizeof failure);
  ::_exit(kNotStarted);
}

// The kernel's own layout and call: sigaction of the library may take locks under a sanitizer.
void reset_signal_handlers() {
  struct {
    void (*handler)(int);
    unsigned long flags;
    void* restorer;
    unsigned long mask;
  } action{};
  for (int signal = 1; signal <= 64; ++signal)
    ::syscall(SYS_rt_sigaction, signal, &action, nullptr, sizeof action.mask);
}

void unblock_signals() {
  const unsigned long none = 0;
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof none);
}

// First all copies to free numbers, then each to its place, so that no place is overwritten before it was
// copied.
bool place_descriptors(Plan& plan) {
  for (std::size_t i = 0; i < plan.descriptors.size(); ++i) {
    plan.copies[i] = ::fcntl(plan.descriptors[i].ours, F_DUPFD_CLOEXEC, plan.first_free);
    if (plan.copies[i] < 0) return false;
  }
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) return false;
  const int high_nothing = ::fcntl(nothing, F_DUPFD_CLOEXEC, plan.first_free);
  if (high_nothing < 0 || ::close_range(kStandardDescriptors, ~0U, CLOSE_RANGE_CLOEXEC) < 0) return false;
  for (int standard = 0; standard < kStandardDescriptors; ++standard)
    if (::dup2(high_nothing, standard) < 0) return false;
  for (std::size_t i = 0; i < plan.descriptors.size(); ++i)
    if (::dup2(plan.copies[i], plan.descriptors[i].theirs) < 0) return false;
  return true;
}

[[noreturn]] void become_program(Plan& plan) {
  reset_signal_handlers();
  if (plan.own_session) ::setsid();  // cannot fail: a new process leads no group
  const int failure = ::fcntl(plan.failure, F_DUPFD_CLOEXEC, plan.first_free);
  if (failure < 0) give_up(plan.failure, Step::descriptors);
  if (plan.dies_with_parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    errno = 0;
    if (::getppid() != plan.parent) give_up(failure, Step::parent_gone);  // it ended before the line above
  }
  if (!place_descriptors(plan)) give_up(failure, Step::descriptors);
  if (plan.directory && ::chdir(plan.directory) < 0) give_up(failure, Step::directory);
  give_back_limits();
  unblock_signals();
  ::execve(plan.program, plan.arguments.data(), plan.environment.data());
  give_up(failure, Step::exec);
}

// ---- In the parent again ----

// clone3, or where it is refused as a whole (systemd's RestrictNamespaces= cannot look into its arguments) clone, whose
// flags a filter can read.
long clone_process(int& pidfd) {
  clone_args arguments{};
  arguments.flags = CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid >= 0 || errno != ENOSYS) return pid;
  return ::syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, nullptr, &pidfd, nullptr, nullptr);
}

// No handler of ours may run in the child before it has reset them.
pid_t clone_with_pidfd(Plan& plan, int& pidfd) {
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const long pid = clone_process(pidfd);
  const int os_errno = errno;
  if (pid == 0) become_program(plan);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = os_errno;
  return static_cast<pid_t>(pid);
}

}  // namespace

Result<StartedProgram> start_program(const ChildSpec& spec) {
  ENSURE(spec.descriptors.size() <= Child::kMaxDescriptors, "too many descriptors for a child");
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) return os_error("start '" + spec.program + "': pipe", errno);
  UniqueFd reading(ends[0]);
  const UniqueFd writing(ends[1]);
  Plan plan = make_plan(spec, writing.get());
  int pidfd = -1;
  const pid_t pid = clone_with_pidfd(plan, pidfd);
  if (pid < 0) return os_error("start '" + spec.program + "': clone", errno);
  return StartedProgram{pid, UniqueFd(pidfd), std::move(reading)};
}

std::optional<std::string> read_start_failure(int failure_fd, const ChildSpec& spec) {
  Failure failure{};
  if (::read(failure_fd, &failure, sizeof failure) != static_cast<ssize_t>(sizeof failure))
    return std::nullopt;
  switch (failure.step) {
    case Step::parent_gone: return "its parent ended while it started";
    case Step::descriptors:
      return os_error("place the descriptors of '" + spec.program + "'", failure.os_errno).story;
    case Step::directory: return os_error("enter '" + spec.directory + "'", failure.os_errno).story;
    case Step::exec: return os_error("exec '" + spec.program + "'", failure.os_errno).story;
  }
  ENSURE(false, "step out of range");
}

}  // namespace s1mple
