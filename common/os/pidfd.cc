#include "common/os/pidfd.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "common/os/files.h"
#include "common/os/signals.h"

namespace s1mple {
namespace {

constexpr std::size_t kMaxFdInfo = 4096;
constexpr unsigned kToGroup = 1U << 2;  // PIDFD_SIGNAL_PROCESS_GROUP, younger than the headers

Error process_error(const std::string& what, int os_errno) {
  if (os_errno == ESRCH) return Error{Errc::not_found, what + ": it has ended", os_errno};
  return os_error(what, os_errno);
}

Result<void> send_signal(int pidfd, int signal_number, unsigned flags) {
  if (::syscall(SYS_pidfd_send_signal, pidfd, signal_number, nullptr, flags) < 0)
    return process_error("send " + signal_name(signal_number), errno);
  return {};
}

}  // namespace

Result<UniqueFd> open_pidfd(pid_t pid) {
  UniqueFd fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));  // closed on exec, as all of them
  if (!fd) return process_error("open process " + std::to_string(pid), errno);
  return fd;
}

bool has_ended(int pidfd) { return wait_for_end(pidfd, Nanos{}); }

bool wait_for_end(int pidfd, Nanos limit) {
  pollfd poll{pidfd, POLLIN, 0};
  const timespec left{static_cast<time_t>(limit / 1s), static_cast<long>((limit % 1s).count())};
  int ready = 0;
  do ready = ::ppoll(&poll, 1, &left, nullptr);
  while (ready < 0 && errno == EINTR);
  return ready == 1;
}

std::optional<pid_t> pid_of(int pidfd) {
  constexpr std::string_view kLabel = "\nPid:";
  const auto info = read_file("/proc/self/fdinfo/" + std::to_string(pidfd), kMaxFdInfo);
  const std::size_t at = info ? info->find(kLabel) : std::string::npos;
  if (at == std::string::npos) return std::nullopt;
  const long pid = std::strtol(info->c_str() + at + kLabel.size(), nullptr, 10);
  if (pid <= 0) return std::nullopt;
  return static_cast<pid_t>(pid);
}

Result<void> signal_process(int pidfd, int signal_number) { return send_signal(pidfd, signal_number, 0); }

Result<void> signal_group_of(int pidfd, int signal_number) {
  auto sent = send_signal(pidfd, signal_number, kToGroup);
  return sent || sent.error().os_errno != EINVAL ? sent : signal_process(pidfd, signal_number);
}

}  // namespace s1mple
