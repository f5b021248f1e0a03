// Child: starts a program through clone3 (or clone) with a pidfd, and reports its end exactly once.
//
// Child side: default signal handlers and empty mask, own session (spec), descriptors exactly as the spec
//             says (0, 1 and 2 are /dev/null if not named), everything else closed, then directory and
//             exec.
// Adopting:   a process that another program started, known by its pidfd, is watched and signalled alike; its
//             end has no status (Cause::unknown) unless it is our own child all the same, after an exec.
// Ending:     with `dies_with_parent` the kernel kills the child when the thread that called spawn ends; so
//             spawn from the main thread only. Destroying a Child does not end the program, it only stops
//             watching.
// Failure:    what clone3 refuses is an Error of spawn; what fails in the child (chdir, exec) arrives as a
//             ChildExit with Cause::never_started and its story, so that the loop does not wait for exec.
// Signals:    go through the pidfd, or to the process group while the child is not reaped: never to a
//             reused pid.
// Thread:     the loop's. Nobody else may wait for children (no wait with pid -1); OrphanReaper asks is_watched_child.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/os/unique_fd.h"

namespace s1mple {

class Loop;

struct ChildSpec {
  struct Descriptor {
    int ours;    // borrowed; may be closed when spawn returned
    int theirs;  // its number in the child
  };
  std::string program{};                   // a path; PATH is not searched
  std::vector<std::string> arguments{};    // without the program's own name
  std::vector<std::string> environment{};  // "KEY=value", the whole of it
  std::string directory{};                 // empty: ours
  std::vector<Descriptor> descriptors{};
  bool own_session = true;
  bool dies_with_parent = true;
  bool takes_group_along = false;  // at its end, SIGKILL to whatever is left of its process group
};

struct ChildExit {
  enum class Cause : std::uint8_t { exited, signalled, never_started, unknown };
  Cause cause = Cause::exited;
  int code = 0;             // exited
  int signal = 0;           // signalled
  bool core_dumped = false; // signalled
  std::string story;        // never_started: "exec '/x': No such file or directory"
  Nanos user_time{}, system_time{};
  std::int64_t max_rss_bytes = 0;
};

class Child {
 public:
  static constexpr std::size_t kMaxDescriptors = 32;

  // `on_exit` is called once, from the loop, and may destroy the Child.
  [[nodiscard]] static Result<std::unique_ptr<Child>> spawn(Loop& loop, const ChildSpec& spec,
                                                            std::function<void(const ChildExit&)> on_exit);
  // `pid` as it was told when the process lived: it may have ended. The group rules are those of a spec with
  // own_session and takes_group_along, as far as the process is our child.
  [[nodiscard]] static Result<std::unique_ptr<Child>> adopt(Loop& loop, UniqueFd pidfd, pid_t pid,
                                                            std::function<void(const ChildExit&)> on_exit);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const;
  [[nodiscard]] int pidfd() const;      // -1 after the exit was reported
  [[nodiscard]] bool running() const;   // its end was not reported yet
  // Errc::not_found once the child is reaped.
  [[nodiscard]] Result<void> signal(int signal_number);
  [[nodiscard]] Result<void> signal_group(int signal_number);

 private:
  struct Impl;
  explicit Child(Impl* impl) : impl_(impl) {}
  Impl* impl_;  // frees itself once libuv has let go of it
};

// A Child watches this process and will wait for it itself.
[[nodiscard]] bool is_watched_child(pid_t pid);

// "exit 65", "SIGKILL", "SIGABRT (core dumped)", "unknown end", or the story.
[[nodiscard]] std::string describe(const ChildExit& exit);

}  // namespace s1mple
