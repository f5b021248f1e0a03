// One run of the orchestrator: the process, its link and its two output pipes, as one thing with one end.
//
// Start:   own session, /dev/null as input, link as descriptor 3, environment without systemd's own variables.
// End:     on_end is called once, when the process is reaped and its link and pipes are read to their end (or
//          kDrain has passed), so that the last words and the last lines come before the news of the death.
// Adopt:   one that an earlier supervisor started, by its four descriptors; then everything is the same, but that the
//          end may have no status.
// Owner:   the runner; every callback may destroy it, on_end last. Thread: the loop's (spawn: the main thread).
// Failure: a link that breaks while the process lives is on_link_lost, once. A packet that cannot be read is told to
//          on_bad_packet and dropped.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/contract/link.h"
#include "common/os/child.h"
#include "common/os/inherited.h"
#include "common/os/loop.h"
#include "common/os/packet_socket.h"
#include "common/os/pipe_reader.h"
#include "common/os/timer.h"
#include "supervisor/shell/output_tail.h"

namespace s1mple {

class OrchestratorProcess {
 public:
  static constexpr Nanos kDrain = 50ms;

  struct Command {
    std::string program;
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
  };
  struct Parts {
    pid_t pid = 0;
    UniqueFd process, link, out, error;
  };
  struct Callbacks {
    std::function<void(link::ToSupervisor message)> on_message;
    std::function<void(const Error& why)> on_bad_packet;
    std::function<void()> on_link_lost;
    std::function<void(OutputTail::Stream stream, std::string_view bytes)> on_output;
    std::function<void(const ChildExit& exit)> on_end;
  };

  [[nodiscard]] static Result<std::unique_ptr<OrchestratorProcess>> start(Loop& loop, const Command& command,
                                                                          Callbacks callbacks);

  [[nodiscard]] static Result<std::unique_ptr<OrchestratorProcess>> adopt(Loop& loop, Parts parts, Callbacks callbacks);

  // What the next supervisor needs to adopt it, by the names of supervisor/core/inheritance.h; borrowed.
  [[nodiscard]] std::vector<BorrowedDescriptor> descriptors() const;
  // False: the link is gone, or does not take it.
  bool send(const link::ToOrchestrator& message);
  void signal(int signal_number, bool group);
  [[nodiscard]] pid_t pid() const { return child_->pid(); }
  [[nodiscard]] bool has_ended() const;  // told by its descriptor, whatever /proc shows

 private:
  OrchestratorProcess(Loop& loop, Callbacks callbacks) : callbacks_(std::move(callbacks)), drained_(loop, [this] { end(); }) {}
  [[nodiscard]] Result<void> open_ends(Loop& loop, UniqueFd link, UniqueFd out, UniqueFd error);
  void take_exit(const ChildExit& exit);
  [[nodiscard]] Result<void> open_link(Loop& loop, UniqueFd fd);
  [[nodiscard]] Result<void> open_pipe(Loop& loop, UniqueFd fd, OutputTail::Stream stream,
                                       std::unique_ptr<PipeReader>& reader);
  void take_packet(std::string_view packet);
  void lose_link();
  void end_if_drained();
  void end();

  Callbacks callbacks_;
  std::unique_ptr<Child> child_;
  std::unique_ptr<PacketSocket> link_;
  std::unique_ptr<PipeReader> out_, error_;
  std::unique_ptr<ChildExit> exit_;
  Timer drained_;
};

[[nodiscard]] std::vector<std::string> own_environment();  // NAME=value
// Our own environment without what systemd meant for us alone.
[[nodiscard]] std::vector<std::string> environment_for_child(std::vector<std::string> own = own_environment());
// The same, and large pages for the orchestrator's memory where the kernel gives them to who asks: a recovery touches
// ten thousands of pages for the first time. What the environment says of glibc's tunables already goes before it.
[[nodiscard]] std::vector<std::string> environment_for_orchestrator(std::vector<std::string> own = own_environment());

}  // namespace s1mple
