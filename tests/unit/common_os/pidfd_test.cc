#include "common/os/pidfd.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "common/os/child.h"
#include "common/os/process_info.h"
#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

namespace {

// A process that sleeps until it is killed. Ours to reap, unless `orphan`: then nobody here can wait for it.
struct Sleeper {
  explicit Sleeper(bool orphan) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      pid = orphan ? ::fork() : 0;
      if (pid > 0) ::_exit(0);
      pid = ::getpid();
      ::setsid();
      ::signal(SIGTERM, SIG_DFL);  // not the test runner's
      if (::write(ends[1], &pid, sizeof pid) != sizeof pid) ::_exit(1);
      ::close(ends[1]);
      for (;;) ::pause();
    }
    ::close(ends[1]);
    REQUIRE(::read(ends[0], &pid, sizeof pid) == sizeof pid);
    ::close(ends[0]);
    if (orphan) ::waitpid(child, nullptr, 0);
    fd = open_pidfd(pid).value();
  }
  ~Sleeper() {
    if (!has_ended(fd.get())) (void)signal_process(fd.get(), SIGKILL);
    (void)::waitpid(pid, nullptr, 0);
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  pid_t pid = 0;
  UniqueFd fd;
};

}  // namespace

TEST_CASE("pidfd: it knows its process, says when it has ended, and never means another one") {
  Sleeper sleeper(false);
  CHECK(pid_of(sleeper.fd.get()) == sleeper.pid);
  CHECK_FALSE(has_ended(sleeper.fd.get()));
  CHECK_FALSE(wait_for_end(sleeper.fd.get(), 1ms));
  REQUIRE(signal_process(sleeper.fd.get(), SIGKILL).ok());
  CHECK(wait_for_end(sleeper.fd.get(), 20s));
  REQUIRE(::waitpid(sleeper.pid, nullptr, 0) == sleeper.pid);
  CHECK(has_ended(sleeper.fd.get()));
  CHECK_FALSE(pid_of(sleeper.fd.get()));
  CHECK(signal_process(sleeper.fd.get(), SIGTERM).error().code == Errc::not_found);
  CHECK(signal_group_of(sleeper.fd.get(), SIGTERM).error().code == Errc::not_found);
}

TEST_CASE("pidfd: what names no process has none") {
  CHECK(open_pidfd(99999999).error().code != Errc::busy);
  const UniqueFd pipe_end(::dup(STDIN_FILENO));
  CHECK_FALSE(pid_of(pipe_end.get()));
  CHECK_FALSE(pid_of(-1));
}

TEST_CASE("child: an adopted process of ours ends with its status, a stranger without one") {
  struct Row {
    bool orphan;
    const char* end;
  };
  const auto row = GENERATE(values<Row>({{false, "SIGTERM"}, {true, "unknown end"}}));
  CAPTURE(row.orphan);
  Sleeper sleeper(row.orphan);
  Loop loop;
  int ends = 0;
  std::string how;
  const auto child = Child::adopt(loop, UniqueFd(::dup(sleeper.fd.get())), sleeper.pid, [&](const ChildExit& exit) {
                       ++ends;
                       how = describe(exit);
                     }).value();
  settle(loop);
  CHECK(child->running());
  CHECK(child->pid() == sleeper.pid);
  REQUIRE(child->signal_group(SIGTERM).ok());
  run_until(loop, [&] { return ends > 0; });
  settle(loop);
  CHECK(ends == 1);
  CHECK(how == row.end);
  CHECK(child->signal(SIGTERM).error().code == Errc::not_found);
}

TEST_CASE("child: one that has ended before it is adopted is reported at once") {
  Sleeper sleeper(false);
  REQUIRE(signal_process(sleeper.fd.get(), SIGKILL).ok());
  REQUIRE(::waitpid(sleeper.pid, nullptr, 0) == sleeper.pid);
  Loop loop;
  std::string how;
  const auto child = Child::adopt(loop, UniqueFd(::dup(sleeper.fd.get())), sleeper.pid,
                                  [&](const ChildExit& exit) { how = describe(exit); })
                         .value();
  run_until(loop, [&] { return !how.empty(); });
  CHECK(how == "unknown end");
}

TEST_CASE("process info: the age of a process is the time since its start") {
  Sleeper sleeper(false);
  const auto its = read_process_info(sleeper.pid).value();
  const auto mine = read_process_info(::getpid()).value();  // later, and of one that began before
  CHECK(its.age >= Nanos{});
  CHECK(its.age <= mine.age);
  CHECK(mine.age < 24h);
}
