// `supervisor reap --home D`: after the service has ended, ends an orchestrator that nobody will take over.
//
// For the unit's ExecStopPost, which runs after every end: it acts where $SERVICE_RESULT is success (or absent: a
// person typed it) and no hand-over was marked; after any other end the orchestrator is left for adoption.
// Asked with SIGTERM, which drains; what is left after the drain's deadline is aborted, then killed. Blocks until then.
// Exit: 0 nothing is left, or it was left on purpose; 68 a supervisor runs here; 70 it cannot be killed. Thread: main.
#pragma once

#include <string>

namespace s1mple {

[[nodiscard]] int reap(const std::string& home);

}  // namespace s1mple
