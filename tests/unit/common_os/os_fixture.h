// What the tests of common/os share: a directory of their own, and a loop that runs until something happened.
//
// Nothing sleeps: run_until waits for events only and fails a test that waits for one that never comes, through
// a timer far above anything a slow machine needs. Thread: one.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "common/os/loop.h"
#include "common/os/timer.h"
#include "tests/support/catch.h"

namespace s1mple {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "s1mple_os_XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

// A pass may wait for its next event although the one wished for came at its beginning, so there is always a next one.
inline void run_until(Loop& loop, const std::function<bool()>& happened) {
  constexpr int kMostPulses = 1000;
  int pulses = 0;
  Timer pulse(loop, [&] { ++pulses; });
  pulse.start_every(20ms);
  while (!happened() && pulses < kMostPulses) loop.run_once(true);
  REQUIRE(pulses < kMostPulses);
}

// As many passes as anything that is already due needs.
inline void settle(Loop& loop) {
  for (int pass = 0; pass < 5; ++pass) loop.run_once(false);
}

// libuv's first loop opens a pipe for signals that stays for the process's life; it is no leak of a test.
inline std::size_t open_descriptors() {
  [[maybe_unused]] static const bool warm = [] { Loop first; return true; }();
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

}  // namespace s1mple
