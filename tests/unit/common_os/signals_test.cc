#include "common/os/signals.h"

#include <csignal>
#include <vector>

#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

TEST_CASE("signals: each of the watched ones arrives as an event") {
  Loop loop;
  std::vector<int> seen;
  const std::vector<int> watched{SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH};
  SignalWatcher watcher(loop, watched, [&](int signal) { seen.push_back(signal); });
  for (const int signal : watched) ::raise(signal);
  run_until(loop, [&] { return seen.size() == watched.size(); });
  std::sort(seen.begin(), seen.end());
  auto expected = watched;
  std::sort(expected.begin(), expected.end());
  CHECK(seen == expected);
}

TEST_CASE("signals: a destroyed watcher restores the default effect") {
  Loop loop;
  {
    SignalWatcher watcher(loop, std::vector{SIGUSR2}, [](int) {});
  }
  settle(loop);
  struct sigaction action {};
  REQUIRE(::sigaction(SIGUSR2, nullptr, &action) == 0);
  CHECK((action.sa_handler == SIG_DFL));
}

TEST_CASE("signals: a watcher may be destroyed by its own callback") {
  Loop loop;
  int seen = 0;
  std::unique_ptr<SignalWatcher> watcher;
  watcher = std::make_unique<SignalWatcher>(loop, std::vector{SIGUSR1}, [&](int signal) {
    watcher.reset();
    seen = signal;
  });
  ::raise(SIGUSR1);
  run_until(loop, [&] { return seen == SIGUSR1; });
}

TEST_CASE("signals: have names") {
  CHECK(signal_name(SIGKILL) == "SIGKILL");
  CHECK(signal_name(63) == "signal 63");
}
