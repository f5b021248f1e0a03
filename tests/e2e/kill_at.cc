// kill_at: a preloaded library that ends its process with SIGKILL at the N-th system call that changes something.
//
// KILL_AT=N    counts over all threads: write, pwrite, writev, fdatasync, fsync, rename, link, unlink, ftruncate, send;
//              the N-th is not performed. Without it nothing is counted.
// KILL_LOG=F   every call counted is a line "n name" in F, so that a failure names its window.
// One process only: KILL_AT is removed from the environment, so that children live.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

std::atomic<long> calls{0};
long kill_at = 0;
int log_fd = -1;

__attribute__((constructor)) void begin() {
  if (const char* at = std::getenv("KILL_AT")) kill_at = std::atol(at);
  if (const char* file = std::getenv("KILL_LOG")) log_fd = ::open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  ::unsetenv("KILL_AT");
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

void count(const char* name) {
  if (kill_at == 0) return;
  const long now = ++calls;
  if (log_fd >= 0) {
    static const auto real_write = next<ssize_t (*)(int, const void*, size_t)>("write");
    char line[64];
    const int length = std::snprintf(line, sizeof line, "%ld %s\n", now, name);
    (void)!real_write(log_fd, line, static_cast<size_t>(length));
  }
  if (now == kill_at) ::kill(::getpid(), SIGKILL);
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* data, size_t size) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  if (fd != STDERR_FILENO) count("write");
  return real(fd, data, size);
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  count("pwrite");
  return real(fd, data, size, offset);
}
ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  count("pwrite");
  return real(fd, data, size, offset);
}
ssize_t writev(int fd, const iovec* parts, int n) {
  static const auto real = next<ssize_t (*)(int, const iovec*, int)>("writev");
  if (fd != STDERR_FILENO) count("writev");
  return real(fd, parts, n);
}
int fdatasync(int fd) {
  static const auto real = next<int (*)(int)>("fdatasync");
  count("fdatasync");
  return real(fd);
}
int fsync(int fd) {
  static const auto real = next<int (*)(int)>("fsync");
  count("fsync");
  return real(fd);
}
int rename(const char* from, const char* to) noexcept {
  static const auto real = next<int (*)(const char*, const char*)>("rename");
  count("rename");
  return real(from, to);
}
int renameat(int from_dir, const char* from, int to_dir, const char* to) noexcept {
  static const auto real = next<int (*)(int, const char*, int, const char*)>("renameat");
  count("rename");
  return real(from_dir, from, to_dir, to);
}
int link(const char* from, const char* to) noexcept {
  static const auto real = next<int (*)(const char*, const char*)>("link");
  count("link");
  return real(from, to);
}
int linkat(int from_dir, const char* from, int to_dir, const char* to, int flags) noexcept {
  static const auto real = next<int (*)(int, const char*, int, const char*, int)>("linkat");
  count("link");
  return real(from_dir, from, to_dir, to, flags);
}
int unlink(const char* path) noexcept {
  static const auto real = next<int (*)(const char*)>("unlink");
  count("unlink");
  return real(path);
}
int unlinkat(int dir, const char* path, int flags) noexcept {
  static const auto real = next<int (*)(int, const char*, int)>("unlinkat");
  count("unlink");
  return real(dir, path, flags);
}
ssize_t send(int fd, const void* data, size_t size, int flags) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, int)>("send");
  count("send");
  return real(fd, data, size, flags);
}

}  // extern "C"
