// `orchestrator store <command>`: looking at, recovering, checking, saving, moving and drilling one store.
//
// Results are JSON on standard output, one object a line; exit codes as in common/contract (65 damage, 66 the disk
// cannot be written, 68 locked). inspect, verify and log write nothing. Thread: the main thread.
#pragma once

namespace s1mple {

// argv[0] is "store".
int run_store(int argc, char** argv);

}  // namespace s1mple
