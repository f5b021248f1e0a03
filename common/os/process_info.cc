#include "common/os/process_info.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>

#include "common/os/files.h"

namespace s1mple {
namespace {

constexpr std::size_t kMaxProcFile = 64 * 1024;

std::string read_or_empty(const std::string& path) {
  auto content = read_file(path, kMaxProcFile);
  return content ? *std::move(content) : std::string();
}

Nanos from_ticks(unsigned long ticks) {
  static const long kTicksPerSecond = ::sysconf(_SC_CLK_TCK);
  return Nanos(1s) * static_cast<std::int64_t>(ticks) / kTicksPerSecond;
}

// "pid (name) state ppid ...": the name may hold spaces and brackets, so everything counts from its last
// bracket.
void read_stat(const std::string& stat, ProcessInfo& info) {
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos || name_end + 2 > stat.size()) return;
  unsigned long user = 0, system = 0;
  unsigned long long started = 0;
  std::sscanf(stat.c_str() + name_end + 2,
              "%c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %d %*d %llu", &info.state,
              &info.parent, &user, &system, &info.threads, &started);
  info.user_time = from_ticks(user);
  info.system_time = from_ticks(system);
  timespec since_boot{};
  ::clock_gettime(CLOCK_BOOTTIME, &since_boot);
  const Nanos up = std::chrono::seconds(since_boot.tv_sec) + Nanos(since_boot.tv_nsec);
  info.age = std::max(Nanos{}, up - from_ticks(started));
}

std::int64_t number_after(const std::string& text, const char* label) {
  const std::size_t at = text.find(label);
  return at == std::string::npos
             ? 0
             : std::strtoll(text.c_str() + at + std::char_traits<char>::length(label), nullptr, 10);
}

int count_entries(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), &::closedir);
  if (!directory) return -1;
  int entries = 0;
  while (const dirent* entry = ::readdir(directory.get())) entries += entry->d_name[0] == '.' ? 0 : 1;
  return entries;
}

}  // namespace

Result<ProcessInfo> read_process_info(pid_t pid) {
  const std::string directory = "/proc/" + std::to_string(pid);
  const auto stat = read_file(directory + "/stat", kMaxProcFile);
  if (!stat)
    return Error{Errc::not_found, "there is no process " + std::to_string(pid), stat.error().os_errno};
  ProcessInfo info;
  read_stat(*stat, info);
  const std::string status = read_or_empty(directory + "/status");
  info.tracer = static_cast<pid_t>(number_after(status, "\nTracerPid:"));
  info.resident_bytes = number_after(status, "\nVmRSS:") * 1024;
  const std::string wait_channel = read_or_empty(directory + "/wchan");
  if (wait_channel != "0") info.wait_channel = wait_channel;
  const std::string schedule =
      read_or_empty(directory + "/schedstat");  // "on_processor waiting slices", nanoseconds
  info.run_delay = Nanos(number_after(schedule, " "));
  info.descriptors = count_entries(directory + "/fd");
  return info;
}

}  // namespace s1mple
