// The commands of the orchestrator program, one function each (DESIGN section 8). program.cc dispatches.
//
// Each gets its own name and its arguments, prints what it has to say, and returns the process's exit code
// (common/contract/exit_code.h). Thread: main.
#pragma once

#include "orchestrator/environment/execution_environment.h"

namespace s1mple {

[[nodiscard]] int run_command(int argc, char** argv);
[[nodiscard]] int run_with_layer(int argc, char** argv, MakeLayer make_layer);
[[nodiscard]] int check_config_command(int argc, char** argv);
[[nodiscard]] int replay_command(int argc, char** argv);
[[nodiscard]] int cancel_all_command(int argc, char** argv);

}  // namespace s1mple
