#include "common/base/result.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "tests/support/catch.h"

using namespace s1mple;

namespace {
Result<int> parse_frame() { return Error{Errc::damaged, "frame at 81920: crc mismatch"}; }

// Runs `act` in a child whose standard error is this text; says whether it aborted.
template <class Act>
bool aborts_saying(Act act, std::string_view expected) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGABRT, SIG_DFL);
    ::dup2(ends[1], STDERR_FILENO);
    act();
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said(4096, '\0');
  const ssize_t size = ::read(ends[0], said.data(), said.size());
  ::close(ends[0]);
  said.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CAPTURE(said);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && said.find(expected) != std::string::npos;
}
}  // namespace

TEST_CASE("result: each layer adds what it was doing") {
  auto result = parse_frame();
  REQUIRE_FALSE(result);
  const Error error = std::move(result).error().during("replay log 7").during("recover state");
  CHECK(error.story == "recover state: replay log 7: frame at 81920: crc mismatch");
  CHECK(error.code == Errc::damaged);
}

TEST_CASE("result: a value can be moved out, also one that cannot be copied") {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  REQUIRE(result);
  CHECK(**result == 7);
  const auto value = *std::move(result);
  CHECK(*value == 7);
}

TEST_CASE("result: of nothing is good until it holds an error") {
  Result<void> good;
  CHECK(good.ok());
  Result<void> bad(Error{Errc::closed, "the other side is gone"});
  CHECK_FALSE(bad.ok());
  CHECK(bad.error().code == Errc::closed);
}

TEST_CASE("result: an error of the operating system keeps its number and becomes a code") {
  struct Row {
    int os_errno;
    Errc code;
  };
  const auto row = GENERATE(values<Row>({{ENOENT, Errc::not_found},
                                         {EEXIST, Errc::exists},
                                         {ENOSPC, Errc::no_space},
                                         {EDQUOT, Errc::no_space},
                                         {EAGAIN, Errc::busy},
                                         {ECONNREFUSED, Errc::refused},
                                         {ETIMEDOUT, Errc::timeout},
                                         {EPIPE, Errc::closed},
                                         {ENOSYS, Errc::unsupported},
                                         {EIO, Errc::io},
                                         {EROFS, Errc::io}}));
  const Error error = os_error("open 'x'", row.os_errno);
  CHECK(error.code == row.code);
  CHECK(error.os_errno == row.os_errno);
  CHECK(error.story.rfind("open 'x': ", 0) == 0);
}

TEST_CASE("result: the story of an unknown number names the number") {
  CHECK(os_error("x", 9999).story == "x: error 9999");
}

TEST_CASE("result: asking for the value that is not there aborts and says which error was ignored") {
  CHECK(aborts_saying([] { (void)parse_frame().value(); }, "crc mismatch"));
}

TEST_CASE("ensure: a false condition aborts and names condition, message and place") {
  CHECK(aborts_saying([] { ENSURE(1 + 1 == 3, "sum is wrong"); }, "sum is wrong (1 + 1 == 3) at "));
  CHECK_FALSE(aborts_saying([] { ENSURE(1 + 1 == 2, "sum is wrong"); }, ""));
}

TEST_CASE("ensure: a message of any length is cut, not overrun") {
  CHECK(aborts_saying([] { ENSURE(false, std::string(100'000, 'x')); }, "xxx"));
}
