#include "orchestrator/shell/program.h"

#include <cstdio>
#include <string_view>
#include <utility>

#include "common/contract/exit_code.h"
#include "common/contract/version.h"
#include "common/os/last_words.h"
#include "orchestrator/shell/commands.h"
#include "orchestrator/shell/store_command.h"

namespace s1mple {
namespace {

struct NamedCommand {
  std::string_view name;
  std::string_view summary;
  int (*run)(int argc, char** argv);
};

constexpr NamedCommand kCommands[] = {
    {"run", "run the strategies of a configuration", run_command},
    {"check-config", "check the orchestrator's tables of a configuration", check_config_command},
    {"replay", "run the strategies over recorded trades, as fast as possible", replay_command},
    {"cancel-all", "cancel our working orders without our own books: the last resort", cancel_all_command},
    {"store", "look at, recover, check, save, move or drill one store directory", run_store},
};

int usage(std::FILE* to, ExitCode code) {
  std::fputs("usage: orchestrator <command> [options]\n\n", to);
  for (const NamedCommand& command : kCommands)
    std::fprintf(to, "  %-14s%s\n", command.name.data(), command.summary.data());
  std::fputs("\norchestrator <command> --help says more.\n", to);
  return to_int(code);
}

}  // namespace

int run_program(int argc, char** argv, MakeLayer make_layer) {
  if (argc < 2) return usage(stderr, ExitCode::usage);
  const std::string_view wanted = argv[1];
  if (wanted == "run" && make_layer) return run_with_layer(argc - 1, argv + 1, std::move(make_layer));
  for (const NamedCommand& command : kCommands)
    if (command.name == wanted) return command.run(argc - 1, argv + 1);
  if (wanted == "--help" || wanted == "-h" || wanted == "help") return usage(stdout, ExitCode::done);
  if (wanted == "--version" || wanted == "version") {
    std::printf("orchestrator %s build %s\n", product_version().data(), build_id().c_str());
    return to_int(ExitCode::done);
  }
  std::fprintf(stderr, "orchestrator: unknown command '%s'\n", argv[1]);
  return usage(stderr, ExitCode::usage);
}

}  // namespace s1mple
