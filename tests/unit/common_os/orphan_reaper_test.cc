#include "common/os/orphan_reaper.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>

#include "common/os/child.h"
#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

namespace {

// Whose parent ends is handed to this test's process, as it is to process 1.
struct Subreaper {
  Subreaper() { REQUIRE(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0); }
  ~Subreaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 0); }
};

ChildSpec script_of(const std::string& script) {
  ChildSpec spec;
  spec.program = "/bin/sh";
  spec.arguments = {"-c", script};
  spec.environment = {"PATH=/usr/bin:/bin"};
  return spec;
}

}  // namespace

TEST_CASE("orphan reaper: who was handed to us is waited for, and our own children keep their status") {
  const Subreaper subreaper;
  Loop loop;
  OrphanReaper reaper(loop);
  std::vector<ChildExit> ends;
  // Each leaves two behind, one that has ended by then and one that ends later.
  std::vector<std::unique_ptr<Child>> children;
  for (int code = 0; code < 5; ++code)
    children.push_back(Child::spawn(loop, script_of("(exit 3) & (sleep 0.05; exit 4) & exit " + std::to_string(code)),
                                    [&](const ChildExit& exit) { ends.push_back(exit); })
                           .value());
  for (const auto& child : children) CHECK(is_watched_child(child->pid()));
  while (ends.size() < 5 || ::waitid(P_ALL, 0, nullptr, WEXITED | WNOHANG | WNOWAIT) == 0) loop.run_once(true);
  CHECK(errno == ECHILD);  // nobody is left
  CHECK(reaper.reaped() >= 5);  // the shell may have waited for those that were quick
  int codes = 0;
  for (const auto& exit : ends) {
    CHECK(exit.cause == ChildExit::Cause::exited);
    codes += exit.code;
  }
  CHECK(codes == 0 + 1 + 2 + 3 + 4);
  for (const auto& child : children) CHECK_FALSE(is_watched_child(child->pid()));
}

TEST_CASE("orphan reaper: a child that nobody watches any more is an orphan") {
  Loop loop;
  OrphanReaper reaper(loop);
  { auto child = Child::spawn(loop, script_of("exit 0"), [](const ChildExit&) { FAIL("nobody watches it"); }).value(); }
  while (reaper.reaped() == 0) loop.run_once(true);
  CHECK(::waitid(P_ALL, 0, nullptr, WEXITED | WNOHANG | WNOWAIT) == -1);
}
