#include "common/os/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>

namespace s1mple {
namespace {

constexpr std::size_t kReadChunk = 64 * 1024;

std::string named(std::string_view verb, const std::string& path) {
  return std::string(verb) + " '" + path + "'";
}

// "/a/b/c" -> "/a/b", "c" -> ".", "/c" -> "/".
std::string parent_of(const std::string& path) {
  const std::size_t end = path.find_last_not_of('/');
  const std::size_t slash = end == std::string::npos ? end : path.rfind('/', end);
  if (slash == std::string::npos) return path.starts_with('/') ? "/" : ".";
  const std::size_t last = path.find_last_not_of('/', slash);
  return last == std::string::npos ? "/" : path.substr(0, last + 1);
}

Result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(fd, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return os_error(named("write", path), errno);
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return {};
}

Result<void> write_new_file(const std::string& path, std::string_view content, mode_t mode) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!fd) return os_error(named("create", path), errno);
  if (auto written = write_all(fd.get(), content, path); !written) return written;
  if (::fsync(fd.get()) < 0) return os_error(named("sync", path), errno);
  return {};
}

Result<void> check_directory(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) < 0) return os_error(named("look at", path), errno);
  if (!S_ISDIR(status.st_mode)) return Error{Errc::refused, "'" + path + "' is no directory"};
  if (status.st_uid != ::geteuid() && status.st_uid != 0)
    return Error{Errc::refused,
                 "'" + path + "' belongs to another user (uid " + std::to_string(status.st_uid) + ")"};
  if ((status.st_mode & S_IWOTH) != 0)
    return Error{Errc::refused, "'" + path + "' can be written by everybody"};
  return {};
}

// Creates `path` and what is missing above it.
Result<void> make_directories(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) < 0) {
    if (errno == EEXIST) return {};
    if (errno != ENOENT) return os_error(named("create", path), errno);
    const std::string parent = parent_of(path);
    if (parent == path) return os_error(named("create", path), ENOENT);
    if (auto made = make_directories(parent, mode); !made) return made;
    if (::mkdir(path.c_str(), mode) < 0 && errno != EEXIST) return os_error(named("create", path), errno);
  }
  return sync_directory(parent_of(path));
}

}  // namespace

Result<std::string> absolute_path(const std::string& path) {
  char resolved[PATH_MAX];
  if (::realpath(path.c_str(), resolved) == nullptr) return os_error(named("find", path), errno);
  return std::string(resolved);
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return os_error(named("open", path), errno);
  std::string content;
  while (true) {
    const std::size_t before = content.size();
    content.resize(before + kReadChunk);
    const ssize_t size = ::read(fd.get(), content.data() + before, kReadChunk);
    const int os_errno = errno;
    content.resize(before + static_cast<std::size_t>(size > 0 ? size : 0));
    if (size == 0) return content;
    if (size < 0 && os_errno != EINTR) return os_error(named("read", path), os_errno);
    if (content.size() > max_bytes)
      return Error{Errc::invalid,
                   named("read", path) + ": longer than " + std::to_string(max_bytes) + " bytes"};
  }
}

Result<void> replace_file(const std::string& path, std::string_view content, mode_t mode) {
  const std::string fresh = path + ".new";
  auto written = write_new_file(fresh, content, mode);
  if (written && ::rename(fresh.c_str(), path.c_str()) < 0)
    written = os_error(named("rename over", path), errno);
  if (!written) {
    ::unlink(fresh.c_str());
    return written;
  }
  return sync_directory(parent_of(path));
}

Result<void> sync_directory(const std::string& directory) {
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return os_error(named("open", directory), errno);
  if (::fsync(fd.get()) < 0) return os_error(named("sync", directory), errno);
  return {};
}

Result<void> ensure_directory(const std::string& path, mode_t mode) {
  if (path.empty()) return Error{Errc::invalid, "the path of a directory is empty"};
  if (auto made = make_directories(path, mode); !made) return made;
  return check_directory(path);
}

Result<std::uint64_t> free_space(const std::string& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) < 0) return os_error(named("ask for the free space of", path), errno);
  return std::uint64_t{status.f_bavail} * status.f_frsize;
}

Result<AppendFile> AppendFile::open(const std::string& path, mode_t mode) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!fd) return os_error(named("open", path), errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) < 0) return os_error(named("look at", path), errno);
  if (auto synced = sync_directory(parent_of(path)); !synced) return std::move(synced).error();
  return AppendFile(path, std::move(fd), static_cast<std::uint64_t>(status.st_size));
}

Result<void> AppendFile::append(std::string_view bytes) {
  auto written = write_all(fd_.get(), bytes, path_);
  if (written) size_ += bytes.size();
  return written;
}

Result<void> AppendFile::sync() {
  if (::fdatasync(fd_.get()) < 0) return os_error(named("sync", path_), errno);
  return {};
}

}  // namespace s1mple
