// Parses a command's arguments; -1 to go on, else the exit code (help was printed, or what is wrong).
// Thread: main. Errors: said on standard error; 64.
#pragma once

#include <CLI/CLI.hpp>

#include "common/contract/exit_code.h"

namespace s1mple {

[[nodiscard]] inline int parse_arguments(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return to_int(app.exit(error) == 0 ? ExitCode::done : ExitCode::usage);
  }
  return -1;
}

}  // namespace s1mple
