#include "common/os/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "common/os/files.h"
#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

TEST_CASE("lock file: one holder at a time, named in the refusal; free again with its holder", "[rule_15]") {
  const TemporaryDirectory home;
  const std::string path = home.file("LOCK");
  CHECK(lock_holder(path).value() == std::nullopt);
  {
    const auto held = LockFile::take(path);
    REQUIRE(held);
    CHECK(read_file(path, 100).value() == std::to_string(::getpid()) + "\n");
    CHECK(lock_holder(path).value() == ::getpid());
    const auto second = LockFile::take(path);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == Errc::busy);
    CHECK_THAT(second.error().story, contains("held by process " + std::to_string(::getpid())));
  }
  CHECK(std::filesystem::exists(path));
  CHECK(lock_holder(path).value() == std::nullopt);
  CHECK(LockFile::take(path));
}

TEST_CASE("lock file: a killed process holds nothing, whatever pid the file still shows", "[rule_15]") {
  const TemporaryDirectory home;
  const std::string path = home.file("LOCK");
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = LockFile::take(path);
    [[maybe_unused]] const ssize_t told = ::write(ready[1], "x", 1);
    ::pause();
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  CHECK(lock_holder(path).value() == child);
  CHECK(LockFile::take(path).error().code == Errc::busy);
  ::kill(child, SIGKILL);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK(read_file(path, 100).value() == std::to_string(child) + "\n");
  CHECK(lock_holder(path).value() == std::nullopt);
  CHECK(LockFile::take(path));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("lock file: one who only looks holds nothing, and keeps a taker away only as long as it looks") {
  const TemporaryDirectory home;
  const std::string path = home.file("LOCK");
  std::ofstream(path) << "123\n";
  {
    const UniqueFd looker(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(::flock(looker.get(), LOCK_SH) == 0);
    CHECK(lock_holder(path).value() == std::nullopt);
    CHECK(LockFile::take(path).error().code == Errc::busy);
  }
  const auto held = LockFile::take(path);
  REQUIRE(held);
  CHECK(lock_holder(path).value() == ::getpid());
}

TEST_CASE("lock file: a place where no file can be is an error, not a lock") {
  CHECK(LockFile::take("/nonexistent/LOCK").error().code == Errc::not_found);
}
