#include "common/os/stream_listener.h"

#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <vector>

#include "common/os/line_client.h"
#include "common/os/poll_handle.h"
#include "common/os/timer.h"
#include "common/os/unix_address.h"

namespace s1mple {
namespace {

constexpr int kAcceptsPerPass = 16;
constexpr std::size_t kGroupRecord = 64 * 1024;

// Leaves nothing at the path, or says who is there.
Result<void> clear_path(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) < 0) {
    if (errno == ENOENT) return {};
    return os_error("look at '" + path + "'", errno);
  }
  if (!S_ISSOCK(status.st_mode)) return Error{Errc::exists, "'" + path + "' exists and is no socket"};
  const auto connected = connect_stream(path);
  if (connected) return Error{Errc::busy, "another program serves '" + path + "'"};
  if (connected.error().code != Errc::refused) return connected.error();
  if (::unlink(path.c_str()) < 0 && errno != ENOENT)
    return os_error("remove the stale '" + path + "'", errno);
  return {};
}

// The rights that the file is to have in the end. A sandbox may forbid to change an owner, even to what it is.
bool set_rights(const ListenSpec& spec) {
  struct stat status {};
  if (::lstat(spec.path.c_str(), &status) < 0) return false;
  const bool has_group = !spec.group || status.st_gid == *spec.group ||
                         ::lchown(spec.path.c_str(), static_cast<uid_t>(-1), *spec.group) == 0;
  return has_group && ::chmod(spec.path.c_str(), spec.mode) == 0;
}

// The socket's own mode becomes the file's: it is private from its first moment, and widened last.
Result<void> bind_to_path(int fd, const ListenSpec& spec) {
  const auto address = unix_address(spec.path);
  if (!address) return address.error();
  const std::string what = "listen at '" + spec.path + "'";
  if (::fchmod(fd, 0600) < 0) return os_error(what, errno);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) < 0)
    return os_error(what, errno);
  const bool is_set_up = set_rights(spec) && ::listen(fd, StreamListener::kBacklog) == 0;
  if (is_set_up) return {};
  const int os_errno = errno;
  ::unlink(spec.path.c_str());
  return os_error(what, os_errno);
}

// It listens at this path, and whoever connects there reaches it.
bool is_served_by(int fd, const std::string& path) {
  int listening = 0;
  socklen_t size = sizeof listening;
  if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) < 0 || listening == 0) return false;
  sockaddr_un bound{};
  size = sizeof bound;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) < 0 || bound.sun_family != AF_UNIX) return false;
  struct stat status {};
  return path == bound.sun_path && ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

}  // namespace

struct StreamListener::Impl : PollHandle {
  Impl(Loop& loop, const ListenSpec& spec, std::function<void(UniqueFd)> callback)
      : PollHandle(loop),
        path(spec.path),
        pause_after_failure(spec.pause_after_failure),
        on_connection(std::move(callback)),
        pause(std::in_place, loop, [this] { watch(true, false); }) {}

  void start() { watch(true, false); }

  void on_ready(bool, bool) override {
    for (int i = 0; i < kAcceptsPerPass && !closing(); ++i) {
      UniqueFd connection(::accept4(fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (connection) {
        on_connection(std::move(connection));
      } else if (errno == EAGAIN) {
        break;
      } else if (errno != EINTR && errno != ECONNABORTED) {
        // The connection keeps waiting, so the socket stays readable: looking again at once would spin.
        watch(false, false);
        pause->start_after(pause_after_failure);
        return;
      }
    }
    watch(true, false);
  }

  void remember_file() {
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0) device = status.st_dev, inode = status.st_ino;
  }
  [[nodiscard]] int descriptor() const { return fd(); }

  void remove_file() const {
    struct stat status {};
    if (keeps_file) return;
    if (::lstat(path.c_str(), &status) == 0 && status.st_dev == device && status.st_ino == inode)
      ::unlink(path.c_str());
  }

  std::string path;
  Nanos pause_after_failure;
  std::function<void(UniqueFd)> on_connection;
  std::optional<Timer> pause;  // gone with the listener: this object may live until the loop ends
  dev_t device = 0;
  ino_t inode = 0;
  bool keeps_file = false;
};

Result<std::unique_ptr<StreamListener>> StreamListener::open(Loop& loop, const ListenSpec& spec,
                                                             std::function<void(UniqueFd)> on_connection) {
  if (auto address = unix_address(spec.path); !address) return std::move(address).error();
  if (auto cleared = clear_path(spec.path); !cleared) return std::move(cleared).error();
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return os_error("make a socket", errno);
  if (auto bound = bind_to_path(fd.get(), spec); !bound) return std::move(bound).error();
  auto* impl = new Impl(loop, spec, std::move(on_connection));
  std::unique_ptr<StreamListener> listener(new StreamListener(impl));
  impl->remember_file();
  if (auto attached = impl->attach(std::move(fd)); !attached) return std::move(attached).error();
  impl->start();
  return listener;
}

Result<std::unique_ptr<StreamListener>> StreamListener::adopt(Loop& loop, const ListenSpec& spec, UniqueFd fd,
                                                              std::function<void(UniqueFd)> on_connection) {
  const std::string what = "serve '" + spec.path + "' on";
  if (!is_served_by(fd.get(), spec.path)) return Error{Errc::invalid, what + ": the socket is another one"};
  if (!set_rights(spec)) return os_error(what, errno);
  auto* impl = new Impl(loop, spec, std::move(on_connection));
  std::unique_ptr<StreamListener> listener(new StreamListener(impl));
  impl->remember_file();
  if (auto attached = impl->attach(std::move(fd)); !attached) return std::move(attached).error();
  impl->start();
  return listener;
}

int StreamListener::fd() const { return impl_->descriptor(); }

void StreamListener::keep_file() { impl_->keeps_file = true; }

StreamListener::~StreamListener() {
  impl_->remove_file();
  impl_->pause.reset();
  impl_->close();
}

Result<gid_t> find_group(const std::string& name) {
  std::vector<char> record(kGroupRecord);
  group entry{};
  group* found = nullptr;
  const int failed = ::getgrnam_r(name.c_str(), &entry, record.data(), record.size(), &found);
  if (failed != 0) return os_error("look up the group '" + name + "'", failed);
  if (!found) return Error{Errc::not_found, "there is no group '" + name + "'"};
  return entry.gr_gid;
}

}  // namespace s1mple
