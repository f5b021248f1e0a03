// kill_at: a preloaded library that ends its process with SIGKILL at the N-th system call that changes something.
//
// KILL_AT=N       counts over all threads: write, pwrite, writev, fdatasync, fsync, rename, link, unlink, ftruncate, send,
//                 sendto, sendmsg; the N-th is not performed. 0: counts (for KILL_LOG) and kills nobody.
//                 Pipes and event descriptors are left out: what goes there is a log line, or stays in the process.
// KILL_PLAN=F     instead of KILL_AT: F holds numbers, one a line. A process takes the first and removes it, so that
//                 each start has its own; nothing is counted in one that finds none.
// KILL_PROGRAM=P  only in `P run ...`; every other process passes all of this on to its children.
// KILL_LOG=F      every call counted is a line "n name" appended to F; the last of one that was killed says so: "n name killed".
// STUCK_SYNC=F    fdatasync and fsync do not return while there is a file F; for the program that KILL_PROGRAM names, or all.
// Without KILL_PROGRAM one process only: KILL_AT is removed from the environment, so that children live.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

std::atomic<long> calls{0};
long kill_at = 0;
bool counting = false;
int log_fd = -1;
const char* stuck_file = nullptr;

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

ssize_t write_uncounted(int fd, const char* data, size_t size) { return ::syscall(SYS_write, fd, data, size); }

bool is_meant(int argc, char** argv) {
  const char* program = std::getenv("KILL_PROGRAM");
  if (program == nullptr) return true;
  if (argc < 2 || std::strcmp(argv[1], "run") != 0) return false;
  const char* slash = std::strrchr(argv[0], '/');
  return std::strcmp(slash == nullptr ? argv[0] : slash + 1, program) == 0;
}

// The first number of the plan, which is then shorter by it; nothing is left to count when it is empty.
bool take_from(const char* plan, long& number) {
  const int fd = ::open(plan, O_RDWR | O_CLOEXEC);
  if (fd < 0) return false;
  char text[256] = {};
  const ssize_t size = ::read(fd, text, sizeof text - 1);
  char* rest = nullptr;
  number = std::strtol(text, &rest, 10);
  const bool found = size > 0 && rest != text;
  if (found && *rest == '\n') ++rest;
  if (found && ::syscall(SYS_ftruncate, fd, 0) == 0 && ::lseek(fd, 0, SEEK_SET) == 0)
    (void)!write_uncounted(fd, rest, std::strlen(rest));
  ::close(fd);
  return found;
}

__attribute__((constructor)) void begin(int argc, char** argv, char**) {
  if (!is_meant(argc, argv)) return;
  stuck_file = std::getenv("STUCK_SYNC");
  if (const char* plan = std::getenv("KILL_PLAN")) {
    counting = take_from(plan, kill_at);
  } else if (const char* at = std::getenv("KILL_AT")) {
    kill_at = std::atol(at);
    counting = true;
  }
  const char* file = std::getenv("KILL_LOG");
  if (counting && file) log_fd = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (std::getenv("KILL_PROGRAM") == nullptr) ::unsetenv("KILL_AT");
}

void count(const char* name) {
  if (!counting) return;
  const long now = ++calls;
  if (log_fd >= 0) {
    char line[64];
    const int length = std::snprintf(line, sizeof line, "%ld %s%s\n", now, name, now == kill_at ? " killed" : "");
    (void)!write_uncounted(log_fd, line, static_cast<size_t>(length));
  }
  if (now == kill_at) ::kill(::getpid(), SIGKILL);
}

// As on a disk that does not answer: no signal that is handled ends the wait.
void wait_for_disk() {
  while (stuck_file != nullptr && ::access(stuck_file, F_OK) == 0) ::usleep(10'000);
}

void count_write(int fd, const char* name) {
  if (!counting || fd == STDERR_FILENO) return;
  struct stat info {};
  if (::fstat(fd, &info) != 0) return;
  if (S_ISREG(info.st_mode)) count(name);
  else if (S_ISSOCK(info.st_mode)) count("send");
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* data, size_t size) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  count_write(fd, "write");
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
  count_write(fd, "writev");
  return real(fd, parts, n);
}
int fdatasync(int fd) {
  static const auto real = next<int (*)(int)>("fdatasync");
  count("fdatasync");
  wait_for_disk();
  return real(fd);
}
int fsync(int fd) {
  static const auto real = next<int (*)(int)>("fsync");
  count("fsync");
  wait_for_disk();
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
int ftruncate(int fd, off_t size) noexcept {
  static const auto real = next<int (*)(int, off_t)>("ftruncate");
  count("ftruncate");
  return real(fd, size);
}
ssize_t sendto(int fd, const void* data, size_t size, int flags, const sockaddr* to, socklen_t length) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, int, const sockaddr*, socklen_t)>("sendto");
  count("send");
  return real(fd, data, size, flags, to, length);
}
ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  static const auto real = next<ssize_t (*)(int, const msghdr*, int)>("sendmsg");
  count("send");
  return real(fd, message, flags);
}
ssize_t send(int fd, const void* data, size_t size, int flags) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, int)>("send");
  count("send");
  return real(fd, data, size, flags);
}

}  // extern "C"
