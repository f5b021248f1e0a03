// The answer of each command as a page for people. What is not known is shown with its members, never dropped.
//
// Thread: any; pure.
#pragma once

#include "common/base/json.h"
#include "supervisor/client/arguments.h"
#include "supervisor/client/styled.h"
#include "supervisor/client/vitals.h"

namespace s1mple::client {

// All but status, subscribe and help. For lists, `result` is {"items":[...],"next":...}.
[[nodiscard]] Page answer_page(const Invocation& asked, const JsonValue& result, WallTime now, const Speaker& speaker);

// Members of any object, nested ones indented, texts of several lines kept as lines.
[[nodiscard]] Page object_page(const JsonValue& object);

}  // namespace s1mple::client
