#include "common/os/own_limits.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <utility>

namespace s1mple {
namespace {

struct OwnLimit {
  decltype(RLIMIT_NOFILE) resource;
  std::uint64_t most;
  rlimit given{};
  bool taken = false;
};

// Read in a child between clone and exec, where nothing else than memory may be used.
std::array g_limits{OwnLimit{RLIMIT_NOFILE, kOwnDescriptors}, OwnLimit{RLIMIT_DATA, kOwnDataBytes}};

constexpr bool fits(const OwnLimit& limit) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return limit.resource != RLIMIT_DATA;
#else
  return limit.resource == RLIMIT_NOFILE || limit.resource == RLIMIT_DATA;
#endif
}

}  // namespace

void take_own_limits() {
  for (auto& limit : g_limits) {
    if (limit.taken || !fits(limit) || ::getrlimit(limit.resource, &limit.given) != 0) continue;
    rlimit own = limit.given;
    own.rlim_cur = std::min<rlim_t>(limit.most, own.rlim_max);
    limit.taken = ::setrlimit(limit.resource, &own) == 0;
  }
}

void give_back_limits() noexcept {
  for (auto& limit : g_limits)
    if (std::exchange(limit.taken, false)) (void)::setrlimit(limit.resource, &limit.given);
}

}  // namespace s1mple
