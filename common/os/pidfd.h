// Descriptors of processes: they name one process for ever, never a later one with the same number.
//
// Ended:  the process has ended, reaped or not. pid_of is the number in our own process namespace; nothing once the
//         process is reaped.
// Wait:   wait_for_end blocks for at most `limit`: for commands that end afterwards, not for a loop.
// Thread: any. Errors: Errc::not_found for a process that has ended. Source: pidfd_open(2), proc(5).
#pragma once

#include <sys/types.h>

#include <optional>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/os/unique_fd.h"

namespace s1mple {

[[nodiscard]] Result<UniqueFd> open_pidfd(pid_t pid);
[[nodiscard]] bool has_ended(int pidfd);
[[nodiscard]] bool wait_for_end(int pidfd, Nanos limit);  // true: it has ended
[[nodiscard]] std::optional<pid_t> pid_of(int pidfd);
[[nodiscard]] Result<void> signal_process(int pidfd, int signal_number);
// To its whole process group, where the kernel can tell it (6.9); else to the process alone.
[[nodiscard]] Result<void> signal_group_of(int pidfd, int signal_number);

}  // namespace s1mple
