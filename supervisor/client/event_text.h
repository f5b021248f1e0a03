// Notifications of `subscribe` as one line for people, and alerts, deaths and starts among them.
//
// An unknown kind is shown with its members, so that a newer supervisor stays readable. Thread: any; pure.
#pragma once

#include <optional>
#include <string>

#include "common/base/json.h"
#include "supervisor/client/status_model.h"
#include "supervisor/client/styled.h"

namespace s1mple::client {

// `params` of {"method":"event","params":{"kind":...,"at":...,...}}.
[[nodiscard]] EventView event_of(const JsonValue& params);

[[nodiscard]] Tone tone_of_event(const EventView& event);

// What the lists of orders and fills show anyway: no news for a panel of events.
[[nodiscard]] bool is_routine(const EventView& event);

// "a=1 b=text": the members of an object except those named in `except` (separated by spaces).
[[nodiscard]] std::string members_text(const JsonValue& object, std::string_view except = {});

}  // namespace s1mple::client
