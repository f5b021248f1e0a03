#include "supervisor/shell/service_notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace s1mple {

namespace {

std::optional<std::int64_t> number_in(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  std::int64_t value = 0;
  const char* end = text + std::strlen(text);
  const auto [stop, status] = std::from_chars(text, end, value);
  if (status != std::errc{} || stop != end || value <= 0) return std::nullopt;
  return value;
}

}  // namespace

ServiceNotify::ServiceNotify() {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || (path[0] != '/' && path[0] != '@') || std::strlen(path) >= sizeof(sockaddr_un::sun_path))
    return;
  address_ = path;
  if (address_.front() == '@') address_.front() = '\0';  // an abstract address
  fd_ = UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto microseconds = number_in("WATCHDOG_USEC");
  const auto pid = number_in("WATCHDOG_PID");
  if (microseconds && (!pid || *pid == ::getpid())) watchdog_ = std::chrono::microseconds(*microseconds) / 2;
}

void ServiceNotify::send(std::string_view message) { (void)send_message(message, nullptr); }

bool ServiceNotify::send_descriptor(std::string_view message, int descriptor) {
  return send_message(message, &descriptor);
}

bool ServiceNotify::send_message(std::string_view message, const int* descriptor) {
  if (!fd_) return false;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  iovec part{const_cast<char*>(message.data()), message.size()};  // sendmsg does not write through it
  msghdr header{};
  header.msg_name = &to;
  header.msg_namelen = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  if (descriptor != nullptr) {
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(rights), descriptor, sizeof(int));
  }
  return ::sendmsg(fd_.get(), &header, MSG_NOSIGNAL) == static_cast<ssize_t>(message.size());
}

}  // namespace s1mple
