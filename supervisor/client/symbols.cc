#include "supervisor/client/symbols.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/os/unique_fd.h"
#include "supervisor/client/text.h"

namespace s1mple::client {
namespace {

constexpr std::size_t kMaxOutput = 64 * 1024;
constexpr std::size_t kMaxPlaces = 66;   // the place itself and the frames of last_words.h

// What a program prints; an Error when it cannot be run or ends otherwise than with 0.
Result<std::string> output_of(std::vector<std::string> words) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Error{Errc::io, std::string("make a pipe: ") + std::strerror(errno)};
  const UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, writing.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return Error{Errc::not_found, "run " + words[0] + ": " + std::strerror(failed)};
  writing = UniqueFd();
  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t got = 1; got != 0;) {
    got = ::read(reading.get(), buffer.data(), buffer.size());
    if (got < 0 && errno != EINTR) break;
    if (got > 0 && text.size() < kMaxOutput) text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return Error{Errc::invalid, words[0] + " failed"};
  return text;
}

struct Words {
  std::string build;
  std::vector<std::string> offsets;   // of the program's own code, innermost first
};

Words words_of(const JsonValue& report) {
  Words words;
  const auto lines = report.find("last_words");
  for (std::size_t i = 0; lines && i < lines->size(); ++i) {
    const auto line = lines->item(i).as_text();
    if (!line) continue;
    const std::string_view text = *line;
    if (text.starts_with("build ")) words.build = text.substr(6);
    for (const std::string_view kind : {"at 0x", "frame 0x"})
      if (text.starts_with(kind) && words.offsets.size() < kMaxPlaces)
        words.offsets.emplace_back(text.substr(kind.size() - 2));
  }
  return words;
}

Line note(std::string text) { return {{std::move(text), Tone::dim}}; }

}  // namespace

Page places_of(const JsonValue& report) {
  const Words words = words_of(report);
  if (words.offsets.empty()) return {};
  const auto program = report.text_at("program");
  if (!program) return {};
  const auto version = output_of({*program, "version"});
  if (!version) return {note("places are not named: " + neutral(version.error().story))};
  if (words.build.empty() || version->find(words.build) == std::string::npos)
    return {note("places are not named: " + neutral(*program) + " is another build by now")};
  std::vector<std::string> command{"addr2line", "-C", "-f", "-i", "-p", "-e", *program};
  command.insert(command.end(), words.offsets.begin(), words.offsets.end());
  const auto named = output_of(std::move(command));
  if (!named) return {note("places are not named: " + neutral(named.error().story) + " (package binutils)")};
  Page page{{{"where it was, innermost first", Tone::heading}}};
  std::string_view rest = *named;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    page.push_back({{"  " + neutral(rest.substr(0, end))}});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return page;
}

}  // namespace s1mple::client
