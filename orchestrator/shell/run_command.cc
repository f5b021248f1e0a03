#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "common/contract/exit_code.h"
#include "common/os/last_words.h"
#include "orchestrator/shell/commands.h"
#include "orchestrator/shell/load_configuration.h"
#include "orchestrator/shell/orchestrator_process.h"
#include "orchestrator/shell/parse_arguments.h"

namespace s1mple {
namespace {

// Beside the supervisor's crash reports; a death without them is only told less well.
void tell_last_words(const std::string& home) {
  const auto told = install_last_words(home + "/crashes/" + last_words_file(::getpid()));
  if (!told) fmt::print(stderr, "last words cannot be kept: {}\n", told.error().story);
}

}  // namespace

int run_command(int argc, char** argv) { return run_with_layer(argc, argv, nullptr); }

int run_with_layer(int argc, char** argv, MakeLayer make_layer) {
  CLI::App app("Runs the strategies of a configuration in its world.", "orchestrator run");
  std::string config, home, mode = "normal";
  int link = -1;
  app.add_option("--config", config, "the configuration file")->required();
  app.add_option("--home", home, "where the durable books are")->required();
  app.add_option("--mode", mode, "normal, recovery or safe; a supervisor says it itself");
  app.add_option("--link", link, "descriptor of the link to a supervisor");
  if (const int code = parse_arguments(app, argc, argv); code >= 0) return code;

  const auto start_mode = parse_enum<StartMode>(mode);
  if (!start_mode) {
    fmt::print(stderr, "--mode {}: must be one of {}\n", mode, allowed_texts<StartMode>());
    return to_int(ExitCode::usage);
  }
  auto configuration = load_configuration(config);
  if (!configuration) return to_int(ExitCode::usage);
  RunOptions options{home, *start_mode, link >= 0 ? std::optional<int>(link) : std::nullopt};
  if (options.link) tell_last_words(home);
  OrchestratorProcess process(std::move(*configuration), std::move(options), std::move(make_layer));
  const int code = to_int(process.run());
  note_exit(code);
  return code;
}

int check_config_command(int argc, char** argv) {
  CLI::App app("Checks the orchestrator's tables of a configuration.", "orchestrator check-config");
  std::string config;
  bool defaults = false;
  app.add_option("file", config, "the configuration file");
  app.add_flag("--print-defaults", defaults,
               "print every key of the orchestrator with its default and a comment");
  if (const int code = parse_arguments(app, argc, argv); code >= 0) return code;
  if (defaults) {
    fmt::print("{}", print_configuration());
    return to_int(ExitCode::done);
  }
  if (config.empty()) {
    fmt::print(stderr, "which file? orchestrator check-config F\n");
    return to_int(ExitCode::usage);
  }
  return to_int(load_configuration(config) ? ExitCode::done : ExitCode::usage);
}

}  // namespace s1mple
