// The orchestrator program. Each command is a function of its own (commands.h); this only finds it.
//
// Thread: main. Answers the process's exit code (common/contract/exit_code.h).
#pragma once

#include "orchestrator/environment/execution_environment.h"

namespace s1mple {

// With a layer: what a test puts between the runtime and its world. The product has none.
[[nodiscard]] int run_program(int argc, char** argv, MakeLayer make_layer = nullptr);

}  // namespace s1mple
