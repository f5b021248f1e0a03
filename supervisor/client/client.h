// The operator's commands and the live screen: a client of control.sock like any other.
//
// run_client: argv[0] is the program (shown in hints), argv[1] the command. It owns the process until it returns:
// standard input and output, the terminal and, while the live screen is open, the signals of a terminal.
// Returns the exit code (common/contract/exit_code.h): 0 done; 1 the command was refused, the reason is printed;
// 64 the command line or a parameter is wrong; 69 nobody answers on the socket, no orchestrator runs, or the
// outcome is unknown (-32001, or --wait ended without the evidence).
// Cost: nothing before it is called; no global state, no heap.
// Source of methods, parameters and results: common/contract/PROTOCOL.md.
#pragma once

namespace s1mple {

[[nodiscard]] int run_client(int argc, char** argv);

// True for a name that run_client serves ("status", "alert-test", "help"); main decides with it who is asked.
[[nodiscard]] bool is_client_command(const char* name);

}  // namespace s1mple
