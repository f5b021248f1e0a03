#include "supervisor/shell/reap_command.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "common/contract/exit_code.h"
#include "common/os/lock_file.h"
#include "common/os/pidfd.h"
#include "common/os/signals.h"
#include "supervisor/core/inheritance.h"
#include "supervisor/core/settings.h"
#include "supervisor/shell/supervisor.h"

namespace s1mple {

namespace {

constexpr std::string_view kSuccess = "success";

int say(ExitCode code, const std::string& story) {
  std::fprintf(stderr, "supervisor: reap: %s\n", story.c_str());
  return to_int(code);
}

// Its descriptor, taken before its number is trusted: who still holds the lock then is the one that was meant.
Result<UniqueFd> open_holder(const std::string& lock, pid_t& pid) {
  const auto holder = lock_holder(lock);
  if (!holder) return holder.error();
  if (!*holder) return Error{Errc::not_found, "nobody holds " + lock};
  pid = **holder;
  auto process = open_pidfd(pid);
  if (!process) return process;
  const auto again = lock_holder(lock);
  if (!again || !*again || **again != pid) return Error{Errc::not_found, "nobody holds " + lock + " any more"};
  return process;
}

// With the default deadlines: no configuration is read here, because it may be what ended the service.
bool end_process(int pidfd) {
  const ShutdownSettings wait;
  struct Step {
    int signal;
    Nanos limit;
  };
  for (const auto& [signal, limit] : {Step{SIGTERM, wait.grace + wait.term_wait}, Step{SIGABRT, wait.abort_wait},
                                      Step{SIGKILL, wait.kill_wait}}) {
    (void)signal_process(pidfd, signal);
    if (wait_for_end(pidfd, limit)) return true;
  }
  return false;
}

}  // namespace

int reap(const std::string& home) {
  if (const auto supervisor = lock_holder(home + "/LOCK"); supervisor && *supervisor)
    return say(ExitCode::lock_held, "a supervisor runs here (pid " + std::to_string(**supervisor) + "): s1mple shutdown");
  const char* given = std::getenv("SERVICE_RESULT");
  const std::string_view result = given == nullptr ? kSuccess : std::string_view(given);
  const bool marked = ::access(hand_over_marker(home).c_str(), F_OK) == 0;
  pid_t pid = 0;
  const auto process = open_holder(home + "/state/LOCK", pid);
  if (!process && process.error().code == Errc::not_found) return to_int(ExitCode::done);
  if (!process) return say(ExitCode::internal, process.error().story);
  const std::string who = "the orchestrator, pid " + std::to_string(pid) + ", ";
  if (reap_choice(result, marked) == ReapChoice::leave_for_adoption)
    return say(ExitCode::done, who + "is left to the next supervisor");
  if (end_process(process->get())) return say(ExitCode::done, who + "was ended");
  return say(ExitCode::internal, who + "does not end after SIGKILL");
}

}  // namespace s1mple
