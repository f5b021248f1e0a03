#include "common/base/ensure.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace s1mple {

void ensure_failed(const char* file, int line, const char* condition, std::string_view message) noexcept {
  // A fixed buffer and write(2): memory and stdio may be what is broken.
  char text[1024];
  const int length = std::snprintf(text, sizeof text, "ENSURE failed: %.*s (%s) at %s:%d\n",
                                   static_cast<int>(std::min<std::size_t>(message.size(), 512)),
                                   message.data(), condition, file, line);
  if (length > 0) {
    const std::size_t bytes = std::min(static_cast<std::size_t>(length), sizeof text - 1);
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text, bytes);
  }
  std::abort();
}

}  // namespace s1mple
