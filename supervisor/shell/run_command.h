// The commands that main serves itself: `run` and `check-config`.
//
// Both read the configuration, check the supervisor's tables and ask `orchestrator check-config F` for the rest,
// before anything is touched: a refusal is exit 64 with every reason on stderr. `run` then makes the home, takes
// <home>/LOCK (held by another: exit 68, naming it) and supervises until it is stopped.
// Home: --home, else [supervisor] home, else $STATE_DIRECTORY, else ~/.local/state/s1mpletrader.
// Socket: $RUNTIME_DIRECTORY/control.sock under systemd, else <home>/control.sock. Thread: main's.
#pragma once

#include <optional>
#include <string>

namespace s1mple {

struct RunOptions {
  std::string config;
  std::string home;  // empty: not given
};

// The exit code.
[[nodiscard]] int run_supervisor(const RunOptions& options);
[[nodiscard]] int check_config(const std::string& config);

}  // namespace s1mple
