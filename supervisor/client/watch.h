// `status --watch`: asks the supervisor four times a second and shows the live screen until somebody leaves.
//
// A client like any other: it asks for status, subscribes to events, and connects again when the supervisor goes
// away. Where standard output is no terminal it prints one line a second instead. Returns the exit code.
// Owner: the process's terminal and signals while it runs. Thread: one.
#pragma once

#include <string>
#include <vector>

#include "supervisor/client/machine.h"
#include "supervisor/client/vitals.h"

namespace s1mple::client {

[[nodiscard]] int watch_screen(const std::vector<std::string>& paths, const Machine& machine, const Speaker& speaker);
[[nodiscard]] int watch_lines(const std::vector<std::string>& paths, const Speaker& speaker);

}  // namespace s1mple::client
