#include "common/os/line_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>

#include "common/os/clock.h"
#include "common/os/unix_address.h"

namespace s1mple {
namespace {

constexpr std::size_t kAnswerChunk = 16 * 1024;
constexpr timeval kConnectTimeout{2, 0};  // a server that accepts nothing lets its backlog fill up

Error timed_out(std::string_view what) { return {Errc::timeout, std::string(what) + ": no answer in time"}; }

}  // namespace

Result<UniqueFd> connect_stream(const std::string& path) {
  const auto address = unix_address(path);
  if (!address) return address.error();
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return os_error("make a socket", errno);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &kConnectTimeout, sizeof kConnectTimeout);
  const std::string what = "connect to '" + path + "'";
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) < 0)
    return errno == EAGAIN || errno == EINPROGRESS ? timed_out(what) : os_error(what, errno);
  return fd;
}

Result<LineClient> LineClient::connect(const std::string& path) {
  auto fd = connect_stream(path);
  if (!fd) return std::move(fd).error();
  return LineClient(*std::move(fd));
}

Result<void> LineClient::wait_for(short events, Instant deadline) {
  const SystemClock clock;
  while (true) {
    const Nanos left = std::max(deadline - clock.now(), Nanos(0));
    const timespec timeout{static_cast<time_t>(left / 1s), static_cast<long>((left % 1s).count())};
    pollfd waiting{fd_.get(), events, 0};
    const int ready = ::ppoll(&waiting, 1, &timeout, nullptr);
    if (ready > 0) return {};
    if (ready == 0) return timed_out("wait for the server");
    if (errno != EINTR) return os_error("wait for the server", errno);
  }
}

Result<void> LineClient::send_line(std::string_view line, Nanos timeout) {
  const Instant deadline = SystemClock().now() + timeout;
  std::string text(line);
  text += '\n';
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t size =
        ::send(fd_.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size >= 0) {
      sent += static_cast<std::size_t>(size);
    } else if (errno == EAGAIN) {
      if (auto ready = wait_for(POLLOUT, deadline); !ready) return ready;
    } else if (errno != EINTR) {
      return os_error("send to the server", errno);
    }
  }
  return {};
}

Result<std::string> LineClient::read_line(Nanos timeout) {
  const Instant deadline = SystemClock().now() + timeout;
  std::size_t searched = 0;
  while (true) {
    const std::size_t end = received_.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = received_.substr(0, end);
      received_.erase(0, end + 1);
      return line;
    }
    searched = received_.size();
    if (searched > kMaxLine)
      return Error{Errc::invalid, "the server sent a line over " + std::to_string(kMaxLine) + " bytes"};
    if (auto ready = wait_for(POLLIN, deadline); !ready) return std::move(ready).error();
    char chunk[kAnswerChunk];
    const ssize_t size = ::recv(fd_.get(), chunk, sizeof chunk, MSG_DONTWAIT);
    if (size == 0) return Error{Errc::closed, "the server ended the connection"};
    if (size > 0) received_.append(chunk, static_cast<std::size_t>(size));
    if (size < 0 && errno != EAGAIN && errno != EINTR) return os_error("read from the server", errno);
  }
}

}  // namespace s1mple
