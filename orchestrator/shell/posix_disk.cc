#include "orchestrator/shell/posix_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/os/files.h"

namespace s1mple {
namespace {

Error file_error(const std::string& what, int os_errno) {
  Error error = os_error(what, os_errno);
  if (os_errno == EFBIG) error.code = Errc::no_space;
  return error;
}

// Rule 9: whatever made a sync fail, a second one would lie.
Error sync_error(Error error) {
  error.code = Errc::io;
  return error;
}

class PosixFile final : public DiskFile {
 public:
  PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~PosixFile() override { ::close(descriptor_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const auto got = ::pread(descriptor_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      if (got == 0) break;
      if (got > 0)
        done += static_cast<std::size_t>(got);
      else if (errno != EINTR)
        return file_error("read " + path_, errno);
    }
    return done;
  }

  Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const auto put = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (put > 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(put));
        offset += static_cast<std::uint64_t>(put);
      } else if (put == 0 || errno != EINTR) {
        return file_error("write " + path_, put == 0 ? EIO : errno);
      }
    }
    return {};
  }

  // Not repeated on EINTR either: the kernel does not promise what a second call would cover.
  Result<void> sync() override {
    if (::fdatasync(descriptor_) == 0) return {};
    return sync_error(os_error("sync " + path_, errno));
  }

  Result<std::uint64_t> size() override {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) return file_error("stat " + path_, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

 private:
  int descriptor_;
  std::string path_;
};

int open_flags(OpenFor purpose) {
  switch (purpose) {
    case OpenFor::reading:
    case OpenFor::reading_back: return O_RDONLY | O_CLOEXEC;
    case OpenFor::writing: return O_RDWR | O_CLOEXEC;
    case OpenFor::creating: return O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC;
  }
  ENSURE(false, "OpenFor out of range");
}

constexpr mode_t kFileMode = 0600;

int open_retrying(const std::string& path, int flags) {
  for (;;) {
    const int descriptor = ::open(path.c_str(), flags, kFileMode);
    if (descriptor >= 0 || errno != EINTR) return descriptor;
  }
}

}  // namespace

Result<std::unique_ptr<DiskFile>> PosixDisk::open(std::string_view name, OpenFor purpose) {
  const std::string file = path(name);
  const int descriptor = open_retrying(file, open_flags(purpose));
  if (descriptor < 0) return file_error("open " + file, errno);
  // Advice only: where the kernel cannot follow it, the page cache answers.
  if (purpose == OpenFor::reading_back) ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
  return std::unique_ptr<DiskFile>(std::make_unique<PosixFile>(descriptor, file));
}

Result<std::vector<std::string>> PosixDisk::list() {
  DIR* handle = ::opendir(directory_.c_str());
  if (handle == nullptr) return os_error("list " + directory_, errno);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(handle)) {
    struct stat status {};
    const std::string name = entry->d_name;
    if (::lstat(path(name).c_str(), &status) == 0 && S_ISREG(status.st_mode)) names.push_back(name);
    errno = 0;
  }
  const int failed = errno;
  ::closedir(handle);
  if (failed != 0) return os_error("list " + directory_, failed);
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> PosixDisk::rename(std::string_view from, std::string_view to) {
  if (::rename(path(from).c_str(), path(to).c_str()) == 0) return {};
  return file_error("rename " + path(from), errno);
}

Result<void> PosixDisk::link(std::string_view from, std::string_view to) {
  if (::link(path(from).c_str(), path(to).c_str()) == 0) return {};
  return file_error("link " + path(from), errno);
}

Result<void> PosixDisk::remove(std::string_view name) {
  if (::unlink(path(name).c_str()) == 0) return {};
  return file_error("remove " + path(name), errno);
}

Result<void> PosixDisk::sync_directory() {
  auto synced = s1mple::sync_directory(directory_);
  if (synced.ok()) return synced;
  return sync_error(std::move(synced).error());
}

Result<std::uint64_t> PosixDisk::free_bytes() { return free_space(directory_); }

}  // namespace s1mple
