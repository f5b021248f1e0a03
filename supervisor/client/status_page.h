// `status` as a page of text: the badge, what must be seen at once, the facts, money, positions, orders, fills.
//
// Thread: any; pure. summary_line is one line for logs and pipes.
#pragma once

#include "supervisor/client/status_model.h"
#include "supervisor/client/styled.h"
#include "supervisor/client/vitals.h"

namespace s1mple::client {

[[nodiscard]] Page status_page(const StatusModel& model, WallTime now, const Speaker& speaker);
[[nodiscard]] std::string summary_line(const StatusModel& model, WallTime now);

}  // namespace s1mple::client
