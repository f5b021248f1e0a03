#include "common/base/result.h"

#include <cerrno>
#include <cstring>

namespace s1mple {
namespace {

Errc errc_of(int os_errno) {
  switch (os_errno) {
    case ENOENT: return Errc::not_found;
    case EEXIST: return Errc::exists;
    case ENOSPC:
    case EDQUOT: return Errc::no_space;
    case EBUSY:
    case EAGAIN: return Errc::busy;
    case ECONNREFUSED: return Errc::refused;
    case ETIMEDOUT: return Errc::timeout;
    case EPIPE:
    case ECONNRESET: return Errc::closed;
    case ENOSYS:
    case EOPNOTSUPP: return Errc::unsupported;
    default: return Errc::io;
  }
}

}  // namespace

Error os_error(std::string_view what, int os_errno) {
  const char* text = ::strerrordesc_np(os_errno);  // a constant string: safe in every thread
  std::string story(what);
  story += ": ";
  story += text ? text : "error " + std::to_string(os_errno);
  return {errc_of(os_errno), std::move(story), os_errno};
}

}  // namespace s1mple
