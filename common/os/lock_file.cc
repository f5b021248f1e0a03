#include "common/os/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <thread>

#include "common/os/files.h"

namespace s1mple {
namespace {

constexpr std::size_t kMaxPidText = 64;
constexpr std::size_t kMaxLockTable = 4 * 1024 * 1024;
constexpr int kMostTries = 50;
constexpr auto kBetweenTries = std::chrono::milliseconds(2);

// The pid a holder wrote; 0 if there is none.
pid_t written_pid(const std::string& path) {
  const auto text = read_file(path, kMaxPidText);
  pid_t pid = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), pid);
  return pid;
}

// A row of /proc/locks: "7: FLOCK  ADVISORY  WRITE 1234 08:01:131 0 EOF".
struct LockRow {
  char kind[16];
  char access[8];
  pid_t pid;
  unsigned major, minor;
  unsigned long inode;
};

std::optional<LockRow> read_row(const std::string& row) {
  LockRow lock{};
  const int fields = std::sscanf(row.c_str(), "%*u: %15s %*s %7s %d %x:%x:%lu", lock.kind, lock.access,
                                 &lock.pid, &lock.major, &lock.minor, &lock.inode);
  if (fields != 6 || std::string_view(lock.kind) != "FLOCK") return std::nullopt;
  if (std::string_view(lock.access) != "WRITE") return std::nullopt;  // another one who only looks
  return lock;
}

// True: nobody holds it at this moment. False: somebody does, or it cannot be told this way.
bool is_surely_free(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) == 0;
}

// True if it became ours. One who looks has it for a moment; one who holds it stands in the kernel's table.
Result<bool> lock(int fd, const std::string& path) {
  for (int tries = 1; ::flock(fd, LOCK_EX | LOCK_NB) < 0; ++tries) {
    if (errno != EWOULDBLOCK) return os_error("lock '" + path + "'", errno);
    const auto holder = lock_holder(path);
    if (!holder || *holder || tries == kMostTries) return false;
    std::this_thread::sleep_for(kBetweenTries);
  }
  return true;
}

}  // namespace

Result<LockFile> LockFile::take(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return os_error("open '" + path + "'", errno);
  const auto locked = lock(fd.get(), path);
  if (!locked) return locked.error();
  if (!*locked) {
    const pid_t holder = written_pid(path);
    return Error{Errc::busy, "'" + path + "' is held by " +
                                 (holder > 0 ? "process " + std::to_string(holder) : "another process")};
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  // The lock holds without the text, which is for people: a full disk must not keep anybody from starting.
  if (::ftruncate(fd.get(), 0) == 0) [[maybe_unused]]
    const ssize_t written = ::pwrite(fd.get(), pid.data(), pid.size(), 0);
  return LockFile(std::move(fd));
}

Result<std::optional<pid_t>> lock_holder(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) < 0) {
    if (errno == ENOENT) return std::optional<pid_t>();
    return os_error("look at '" + path + "'", errno);
  }
  if (is_surely_free(path)) return std::optional<pid_t>();
  // Only now: while it gives out this table the kernel waits until every processor has passed a quiet state (9 ms).
  const auto table = read_file("/proc/locks", kMaxLockTable);
  if (!table) return table.error();
  const pid_t written = written_pid(path);
  for (std::size_t at = 0; at < table->size();) {
    const std::size_t end = std::min(table->find('\n', at), table->size());
    const auto lock = read_row(table->substr(at, end - at));
    at = end + 1;
    if (!lock || lock->inode != status.st_ino) continue;
    // Some file systems show another device number in stat than in the table; then the pids must agree.
    const bool same_device = lock->major == major(status.st_dev) && lock->minor == minor(status.st_dev);
    if (same_device || lock->pid == written) return std::optional(lock->pid > 0 ? lock->pid : written);
  }
  return std::optional<pid_t>();
}

}  // namespace s1mple
