#include "common/os/unix_address.h"

#include <sys/socket.h>

#include "common/os/stream_listener.h"

namespace s1mple {

static_assert(StreamListener::kMaxPath == sizeof(sockaddr_un::sun_path) - 1);

Result<sockaddr_un> unix_address(const std::string& path) {
  if (path.empty() || path.size() > StreamListener::kMaxPath || path.find('\0') != std::string::npos)
    return Error{Errc::invalid, "socket path '" + path.substr(0, 200) + "': must have 1 to " +
                                    std::to_string(StreamListener::kMaxPath) + " bytes, has " +
                                    std::to_string(path.size())};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, StreamListener::kMaxPath);
  return address;
}

}  // namespace s1mple
