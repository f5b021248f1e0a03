// orchestrator: the program. Each command is a function of its own; this only finds it.
#include <cstdio>
#include <string_view>

#include "common/contract/exit_code.h"
#include "common/contract/version.h"
#include "common/os/last_words.h"
#include "orchestrator/shell/commands.h"
#include "orchestrator/shell/store_command.h"

namespace s1mple {
namespace {

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(int argc, char** argv);
};

constexpr Command kCommands[] = {
    {"run", "run the strategies of a configuration", run_command},
    {"check-config", "check the orchestrator's tables of a configuration", check_config_command},
    {"replay", "run the strategies over recorded trades, as fast as possible", replay_command},
    {"cancel-all", "cancel our working orders without our own books: the last resort", cancel_all_command},
    {"store", "look at, recover, check, save, move or drill one store directory", run_store},
};

int usage(std::FILE* to, ExitCode code) {
  std::fputs("usage: orchestrator <command> [options]\n\n", to);
  for (const Command& command : kCommands)
    std::fprintf(to, "  %-14s%s\n", command.name.data(), command.summary.data());
  std::fputs("\norchestrator <command> --help says more.\n", to);
  return to_int(code);
}

int run(int argc, char** argv) {
  if (argc < 2) return usage(stderr, ExitCode::usage);
  const std::string_view wanted = argv[1];
  for (const Command& command : kCommands)
    if (command.name == wanted) return command.run(argc - 1, argv + 1);
  if (wanted == "--help" || wanted == "-h" || wanted == "help") return usage(stdout, ExitCode::done);
  if (wanted == "--version" || wanted == "version") {
    std::printf("orchestrator %s build %s\n", product_version().data(), build_id().c_str());
    return to_int(ExitCode::done);
  }
  std::fprintf(stderr, "orchestrator: unknown command '%s'\n", argv[1]);
  return usage(stderr, ExitCode::usage);
}

}  // namespace
}  // namespace s1mple

int main(int argc, char** argv) { return s1mple::run(argc, argv); }
