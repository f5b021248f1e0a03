#include "orchestrator/shell/store_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include "orchestrator/shell/posix_disk.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

constexpr mode_t kDirectoryMode = 0700;
constexpr mode_t kLockMode = 0600;

struct flock whole_file_lock() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::string lock_path(const std::string& path) { return path + "/" + std::string(kLockFile); }

long holder_of(int descriptor) {
  std::array<char, 24> text{};
  const auto got = ::pread(descriptor, text.data(), text.size(), 0);
  long pid = 0;
  if (got > 0) std::from_chars(text.data(), text.data() + got, pid);
  return pid;
}

Result<void> make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), kDirectoryMode) == 0 || errno == EEXIST) return {};
  return os_error("create " + path, errno);
}

Result<void> check_directory(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return os_error("store directory " + path, errno);
  if (!S_ISDIR(status.st_mode)) return Error{Errc::invalid, "store directory " + path + " is no directory"};
  return {};
}

Result<int> take_lock(const std::string& path) {
  const std::string file = lock_path(path);
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kLockMode);
  if (descriptor < 0) return os_error("open " + file, errno);
  struct flock lock = whole_file_lock();
  if (::fcntl(descriptor, F_OFD_SETLK, &lock) == 0) return descriptor;
  const int failed = errno;
  const long pid = holder_of(descriptor);
  ::close(descriptor);
  if (failed != EAGAIN && failed != EACCES) return os_error("lock " + file, failed);
  return Error{Errc::busy, path + " is in use by process " + std::to_string(pid)};
}

// For people only; a pid that cannot be written harms nothing.
void write_pid(int descriptor) {
  const std::string text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) == 0 && ::pwrite(descriptor, text.data(), text.size(), 0) < 0) errno = 0;
}

}  // namespace

Result<std::unique_ptr<StoreDirectory>> StoreDirectory::open(const std::string& path, Missing missing) {
  if (missing == Missing::create)
    if (auto made = make_directory(path); !made.ok()) return std::move(made).error();
  if (auto checked = check_directory(path); !checked.ok()) return std::move(checked).error();
  auto lock = take_lock(path);
  if (!lock.ok()) return std::move(lock).error();
  std::unique_ptr<StoreDirectory> directory(new StoreDirectory(path, *lock));
  write_pid(*lock);
  // Rule 4: the store's own name, whoever made it.
  const auto parent = std::filesystem::absolute(path).lexically_normal().parent_path();
  const auto above = path.ends_with('/') ? parent.parent_path() : parent;
  if (auto synced = sync_directory(above.empty() ? "/" : above.string()); !synced.ok()) return std::move(synced).error();
  return directory;
}

StoreDirectory::~StoreDirectory() { ::close(lock_); }

Result<std::optional<long>> store_locked_by(const std::string& path) {
  if (auto checked = check_directory(path); !checked.ok()) return std::move(checked).error();
  const int descriptor = ::open(lock_path(path).c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT || errno == EACCES || errno == EROFS) return std::optional<long>();
    return os_error("open " + lock_path(path), errno);
  }
  struct flock lock = whole_file_lock();
  const bool asked = ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0;
  const int failed = errno;
  const long pid = holder_of(descriptor);
  ::close(descriptor);
  if (!asked) return os_error("ask for the lock of " + path, failed);
  return lock.l_type == F_UNLCK ? std::optional<long>() : std::optional(pid);
}

}  // namespace s1mple
