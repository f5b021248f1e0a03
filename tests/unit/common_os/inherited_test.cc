// Descriptors are named in the environment, so these tests write to it.
#include "common/os/inherited.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

namespace {

// A descriptor with a number that nobody else here uses.
int open_at(int number) {
  const int file = ::open("/dev/null", O_RDONLY);
  REQUIRE(::dup2(file, number) == number);
  ::close(file);
  return number;
}

std::string names_of(const Inherited& inherited) {
  std::string names;
  for (const auto& one : inherited.descriptors) names += one.name + "@" + std::to_string(one.fd.get()) + " ";
  return names;
}

}  // namespace

TEST_CASE("inherited: what a program of ours left is taken once, closed on exec, and the variable is gone") {
  struct Row {
    const char* list;
    const char* taken;
    bool in_place;
  };
  const auto row = GENERATE(values<Row>({{"300=link-7:301=control", "link-7@300 control@301 ", true},
                                         {"300=a:300=b", "a@300 ", true},
                                         {"399=not open", "", true},
                                         {"x=a:=b::301", "", true},
                                         {"-1=a:2=standard error", "", true},
                                         {"99999999999=a", "", true},
                                         {"", "", false},
                                         {"nonsense", "", false}}));
  CAPTURE(row.list);
  open_at(300);
  open_at(301);
  ::setenv("S1MPLE_DESCRIPTORS", row.list, 1);
  {
    const Inherited inherited = take_inherited();
    CHECK(names_of(inherited) == row.taken);
    CHECK(inherited.in_place == row.in_place);
    for (const auto& one : inherited.descriptors) CHECK(::fcntl(one.fd.get(), F_GETFD) == FD_CLOEXEC);
    CHECK(std::getenv("S1MPLE_DESCRIPTORS") == nullptr);
    CHECK(take_inherited().descriptors.empty());
  }
  ::close(300);
  ::close(301);
}

TEST_CASE("inherited: what systemd passed to another process is not ours") {
  ::setenv("LISTEN_PID", std::to_string(::getpid() + 1).c_str(), 1);
  ::setenv("LISTEN_FDS", "2", 1);
  ::setenv("LISTEN_FDNAMES", "a:b", 1);
  CHECK(take_inherited().descriptors.empty());
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) CHECK(std::getenv(name) == nullptr);
}

TEST_CASE("inherited: a program that cannot be run leaves everything as it was") {
  const UniqueFd kept(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Error why = replace_program("/nonexistent", {"run"}, {{"link-7", kept.get()}});
  CHECK(why.code == Errc::not_found);
  CHECK(::fcntl(kept.get(), F_GETFD) == FD_CLOEXEC);
  CHECK(std::getenv("S1MPLE_DESCRIPTORS") == nullptr);
}

TEST_CASE("inherited: the next program finds the descriptors and its arguments") {
  const TemporaryDirectory home;
  const std::string found = home.file("found");
  const UniqueFd kept(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const UniqueFd other(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string script = "echo $1 $S1MPLE_DESCRIPTORS >" + found + "; [ -e /proc/$$/fd/" +
                               std::to_string(kept.get()) + " ] && [ ! -e /proc/$$/fd/" + std::to_string(other.get()) +
                               " ] && echo open >>" + found;
    (void)replace_program("/bin/sh", {"-c", script, "sh", "argument"}, {{"link-7", kept.get()}});
    ::_exit(1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  std::ifstream file(found);
  std::stringstream text;
  text << file.rdbuf();
  CHECK(text.str() == "argument " + std::to_string(kept.get()) + "=link-7\nopen\n");
}
