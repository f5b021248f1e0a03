#include "common/os/process_info.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

TEST_CASE("process info: tells about ourselves what we know") {
  const auto descriptors = open_descriptors();
  const auto info = read_process_info(::getpid()).value();
  CHECK(info.state == 'R');
  CHECK(info.parent == ::getppid());
  CHECK(info.threads >= 1);
  CHECK(info.resident_bytes > 100'000);
  CHECK(info.descriptors == static_cast<int>(descriptors));
  CHECK(info.tracer == 0);
}

TEST_CASE("process info: a stopped process and a zombie are told apart") {
  const pid_t child = ::fork();
  if (child == 0) {
    ::raise(SIGSTOP);
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, WUNTRACED) == child);
  CHECK(read_process_info(child).value().state == 'T');
  ::kill(child, SIGKILL);
  siginfo_t ended{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT) == 0);
  const auto zombie = read_process_info(child).value();
  CHECK(zombie.state == 'Z');
  CHECK(zombie.resident_bytes == 0);
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(read_process_info(child).error().code == Errc::not_found);
}
