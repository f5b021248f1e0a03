// Answers of `status` as the supervisor gives them, for the tests of the client.
//
// All times lie around kNow; nothing reads a clock. Thread: any.
#pragma once

#include <string>

#include "supervisor/client/status_model.h"

namespace s1mple {

inline const WallTime kNow = *parse_rfc3339("2026-11-22T14:03:22.500000Z");

[[nodiscard]] std::string running_status();   // paper, two positions, three orders, fills
[[nodiscard]] std::string live_status();      // the same with real money
[[nodiscard]] std::string parked_status();    // no orchestrator
[[nodiscard]] std::string starting_status();  // an orchestrator before its first answer
[[nodiscard]] std::string halted_status();
[[nodiscard]] std::string safe_status();
[[nodiscard]] std::string degraded_status();
std::string crowded_status();   // 30 positions, 60 orders, 50 fills, long names
[[nodiscard]] std::string hostile_status();   // escape sequences, wrong types, absurd numbers

[[nodiscard]] JsonValue parsed(const std::string& json);
[[nodiscard]] client::StatusModel model_of(const std::string& json);

}  // namespace s1mple
