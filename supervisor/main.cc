// supervisor: starts, watches and restarts the orchestrator, and is its own client.
//
// `run`, `check-config` and `reap` are served here, every other command by supervisor/client over control.sock.
#include <cstdio>
#include <string>
#include <string_view>

#include "common/contract/exit_code.h"
#include "supervisor/client/client.h"
#include "supervisor/shell/reap_command.h"
#include "supervisor/shell/run_command.h"
#include "supervisor/shell/self_test.h"

namespace {

using namespace s1mple;

int usage(const char* program, const std::string& story) {
  std::fprintf(stderr,
               "supervisor: %s\n"
               "  %s run --config F [--home D]\n"
               "  %s check-config F\n"
               "  %s reap --home D       after the service's end: ends what it left\n"
               "  %s --help            commands for a running supervisor\n",
               story.c_str(), program, program, program, program);
  return to_int(ExitCode::usage);
}

// The value of "--name V" or "--name=V"; moves `at` past it. Null: another argument, or no value.
const char* option_value(int argc, char** argv, int& at, std::string_view name) {
  const std::string_view argument(argv[at]);
  if (argument == name) return at + 1 < argc ? argv[++at] : nullptr;
  if (argument.size() > name.size() && argument.substr(0, name.size()) == name && argument[name.size()] == '=')
    return argv[at] + name.size() + 1;
  return nullptr;
}

int run(int argc, char** argv) {
  RunOptions options;
  for (int at = 2; at < argc; ++at) {
    const std::string argument(argv[at]);
    if (const char* config = option_value(argc, argv, at, "--config")) options.config = config;
    else if (const char* home = option_value(argc, argv, at, "--home")) options.home = home;
    else return usage(argv[0], "run: '" + argument + "' is no option of it, or has no value");
  }
  if (options.config.empty()) return usage(argv[0], "run: --config is missing");
  return run_supervisor(options);
}

int reap_home(int argc, char** argv) {
  std::string home;
  for (int at = 2; at < argc; ++at) {
    const std::string argument(argv[at]);
    if (const char* value = option_value(argc, argv, at, "--home")) home = value;
    else return usage(argv[0], "reap: '" + argument + "' is no option of it, or has no value");
  }
  return home.empty() ? usage(argv[0], "reap: --home is missing") : reap(home);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view command(argc < 2 ? "" : argv[1]);
  if (command == "run") return run(argc, argv);
  if (command == kDummyChild) be_dummy_child();
  if (command == "reap") return reap_home(argc, argv);
  if (command == "check-config" && argc == 3) return check_config(argv[2]);
  if (command == "check-config") return usage(argv[0], "check-config: exactly one file is needed");
  return run_client(argc, argv);
}
