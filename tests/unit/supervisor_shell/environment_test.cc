// What the children of the supervisor find in their environment.
#include "supervisor/shell/orchestrator_process.h"
#include "tests/support/catch.h"

namespace s1mple {
namespace {

using Environment = std::vector<std::string>;

}  // namespace

TEST_CASE("what systemd meant for the supervisor alone does not reach its children") {
  const Environment ours{"PATH=/bin",    "NOTIFY_SOCKET=/n", "WATCHDOG_USEC=1",   "WATCHDOG_PID=2",
                         "LISTEN_FDS=1", "LISTEN_PID=2",     "LISTEN_FDNAMES=x", "LISTEN_FDS_OF_MINE=3"};
  CHECK(environment_for_child(ours) == Environment{"PATH=/bin", "LISTEN_FDS_OF_MINE=3"});
}

TEST_CASE("the orchestrator asks for large pages, unless the user tunes glibc") {
  CHECK(environment_for_orchestrator({"PATH=/bin", "LISTEN_FDS=1"}) ==
        Environment{"PATH=/bin", "GLIBC_TUNABLES=glibc.malloc.hugetlb=1"});
  CHECK(environment_for_orchestrator({"GLIBC_TUNABLES=glibc.malloc.check=1"}) ==
        Environment{"GLIBC_TUNABLES=glibc.malloc.check=1"});
}

}  // namespace s1mple
