// What must be seen at once, most urgent first: no supervisor, no orchestrator, safe mode, halts, doubts.
//
// Each notice is one sentence that says since when, why, and which command helps. Empty: all is well.
// Thread: any; pure.
#pragma once

#include <string>
#include <vector>

#include "supervisor/client/status_model.h"
#include "supervisor/client/styled.h"
#include "supervisor/client/vitals.h"

namespace s1mple::client {

struct Notice {
  Tone tone = Tone::caution;
  std::string text;
};

[[nodiscard]] std::vector<Notice> notices_of(const StatusModel& model, WallTime now, const Speaker& speaker);

}  // namespace s1mple::client
