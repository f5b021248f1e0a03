#include "common/os/last_words.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <sstream>

#include "common/os/files.h"
#include "tests/support/catch.h"
#include "tests/unit/common_os/os_fixture.h"

namespace s1mple {
namespace {

struct Death {
  int status = 0;
  std::string words;
};

// What a process leaves behind that installs its last words and then does `deed`.
Death die(const std::string& path, const std::function<void()>& deed) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!install_last_words(path)) ::_exit(99);
    deed();
    ::_exit(0);
  }
  Death death;
  REQUIRE(::waitpid(child, &death.status, 0) == child);
  death.words = *read_file(path, 1 << 16);
  return death;
}

std::size_t count_of(const std::string& text, const std::string& start) {
  std::istringstream lines(text);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) count += line.starts_with(start) ? 1U : 0U;
  return count;
}

}  // namespace

TEST_CASE("last words name the signal, the place and the build, and the process ends by that signal") {
  struct Row {
    const char* name;
    int signal;
  };
  const auto row = GENERATE(values<Row>({{"abort", SIGABRT}, {"division", SIGFPE}, {"bad access", SIGSEGV}, {"bus", SIGBUS},
                                         {"illegal instruction", SIGILL}}));
  INFO(row.name);
  const TemporaryDirectory directory;
  const Death death = die(directory.path() + "/words", [&row] { ::raise(row.signal); });
  CHECK(WIFSIGNALED(death.status));
  CHECK(WTERMSIG(death.status) == row.signal);
  CHECK(count_of(death.words, "build " + build_id()) == 1);
  CHECK(count_of(death.words, "signal " + std::to_string(row.signal) + " ") == 1);
  CHECK(count_of(death.words, "frame 0x") >= 1);
}

TEST_CASE("last words of an ordered end are its exit code") {
  const TemporaryDirectory directory;
  const Death death = die(directory.path() + "/words", [] { note_exit(66); ::_exit(66); });
  CHECK(WEXITSTATUS(death.status) == 66);
  CHECK(count_of(death.words, "exit 66") == 1);
  CHECK(count_of(death.words, "signal") == 0);
}

TEST_CASE("a file that cannot be opened is an error with a story") {
  const auto installed = install_last_words("/nowhere/words");
  REQUIRE_FALSE(installed.ok());
  CHECK_THAT(installed.error().story, contains("/nowhere/words"));
}

TEST_CASE("last words files are told from others by their name") {
  CHECK(is_last_words_file(last_words_file(4711)));
  CHECK_FALSE(is_last_words_file("crash-4711.json"));
}

}  // namespace s1mple
