// start_program: the part of Child that must not meet the loop, memory or locks: from clone3 to exec.
//
// The child reports a failed step through a pipe that a successful exec closes; read_start_failure reads it
// after the child's end. For child.cc only. Thread: the one whose end shall kill the child, if the spec
// says so.
#pragma once

#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/os/child.h"
#include "common/os/unique_fd.h"

namespace s1mple {

struct StartedProgram {
  pid_t pid = 0;
  UniqueFd pidfd;
  UniqueFd failure;  // reading end, non-blocking
};

[[nodiscard]] Result<StartedProgram> start_program(const ChildSpec& spec);

// "exec '/x': No such file or directory"; nothing if the program was started.
[[nodiscard]] std::optional<std::string> read_start_failure(int failure_fd, const ChildSpec& spec);

}  // namespace s1mple
