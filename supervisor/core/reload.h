// Decides what of a configuration that was read anew may be taken over while everything runs.
//
// Taken at once: every key of the supervisor's own tables but those below. What has begun goes on as it began.
// The orchestrator's: its tables, and what it is told at its start ([supervisor.liveness] link_grace*): from its next
//   start on. Compared with what the running one was started with, so that a second reload still names them.
// The supervisor's: home, group and orchestrator of [supervisor] stay as they were until it is started again.
// Pure. Thread: any. Failure: none; a configuration that cannot be read never comes here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "supervisor/core/settings.h"

namespace s1mple {

// What an orchestrator is started with: a name (a table or a key) and a number for what it says.
using StartedWith = std::vector<ConfigFile::Digest>;

[[nodiscard]] StartedWith started_with(const ReadSettings& read);

struct ReloadPlan {
  SupervisorSettings settings;                 // in force from now on
  std::vector<std::string> taken;              // keys
  std::vector<std::string> of_orchestrator;    // tables and keys that wait for its next start
  std::vector<std::string> of_supervisor;      // keys that wait for the supervisor's
};

[[nodiscard]] ReloadPlan plan_reload(const SupervisorSettings& now, const SupervisorSettings& next,
                                     const StartedWith& running, const StartedWith& read);

// "alerts.timeout, alerts.command"; "nothing" for none.
[[nodiscard]] std::string listed(const std::vector<std::string>& names);

}  // namespace s1mple
