// The configuration as its file says it and this machine confirms it: read, checked, and ready to be used.
//
// Refuses what the supervisor's tables may not say (file, line, what would be right), a group that is not there, and
// an orchestrator that cannot be run. Its own tables the orchestrator checks itself: run orchestrators_check.
// An alert command that cannot be run is only a warning: no reason to leave a market alone.
// Thread: any; reads the file and the machine. Failure: Result; nothing is changed anywhere.
#pragma once

#include <string>
#include <vector>

#include "common/os/child.h"
#include "supervisor/core/reload.h"
#include "supervisor/core/settings.h"

namespace s1mple {

// The orchestrator's check takes no longer.
inline constexpr Nanos kCheckLimit = 30s;

struct LoadedConfig {
  SupervisorSettings settings;
  StartedWith started_with;           // what an orchestrator that is started now is started with
  std::string path;                   // absolute
  std::string program;                // the orchestrator, absolute
  std::string key;                    // of the ladder: another program or configuration has another one
  std::vector<std::string> warnings;  // "paper.toml:7: alerts.command: ..."
};

// `own_program`: the orchestrator lies beside it, unless the file says where.
[[nodiscard]] Result<LoadedConfig> load_config(const std::string& path, const std::string& own_program);

// `orchestrator check-config F`: exit 0, or 64 with one refusal a line on standard error.
[[nodiscard]] ChildSpec orchestrators_check(const LoadedConfig& config);

// Through a link such as /usr/bin/s1mple.
[[nodiscard]] Result<std::string> own_program_path();

}  // namespace s1mple
