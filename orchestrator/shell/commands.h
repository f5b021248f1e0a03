// The commands of the orchestrator program, one function each (DESIGN section 8). main.cc dispatches.
//
// Each gets its own name and its arguments, prints what it has to say, and returns the process's exit code
// (common/contract/exit_code.h). Thread: main.
#pragma once

namespace s1mple {

[[nodiscard]] int run_command(int argc, char** argv);
[[nodiscard]] int check_config_command(int argc, char** argv);
[[nodiscard]] int replay_command(int argc, char** argv);
[[nodiscard]] int cancel_all_command(int argc, char** argv);

}  // namespace s1mple
