// Names the places of a crash report: its raw addresses, looked up in the program that died.
//
// addr2line (package binutils) does the work and needs the program as it was: the build id must be the report's.
// Owner: the caller. Thread: one; waits for the two programs that it runs. Errors: told as a line of the page, because
// a report without names is still a report.
#pragma once

#include "common/base/json.h"
#include "supervisor/client/styled.h"

namespace s1mple::client {

// Lines to stand below the report; none when it has no addresses.
[[nodiscard]] Page places_of(const JsonValue& report);

}  // namespace s1mple::client
