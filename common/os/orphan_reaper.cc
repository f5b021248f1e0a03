#include "common/os/orphan_reaper.h"

#include <sys/wait.h>

#include <array>
#include <csignal>

#include "common/os/child.h"

namespace s1mple {

namespace {

constexpr std::array kEnded{SIGCHLD};
constexpr int kMostInOneLook = 256;     // somebody who makes zombies in a loop does not get ours
constexpr Nanos kLookAgain = 50ms;

}  // namespace

OrphanReaper::OrphanReaper(Loop& loop)
    : ended_(loop, kEnded, [this](int) { look(); }), again_(loop, [this] { look(); }) {
  again_.start_after(0ns);  // who ended before this was watching
}

// The kernel shows one at a time. One of ours is in the way until its Child has waited for it.
void OrphanReaper::look() {
  for (int seen = 0; seen < kMostInOneLook; ++seen) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
    if (is_watched_child(info.si_pid)) break;
    if (::waitpid(info.si_pid, nullptr, WNOHANG) == info.si_pid) ++reaped_;
  }
  again_.start_after(kLookAgain);
}

}  // namespace s1mple
