// What must be true of both sides' books when the exchange is quiet (SCENARIOS: I1 to I10).
//
// One checker for every case: it reads the orchestrator's books and the exchange's, never what the code says of
// itself, and names each rule that does not hold in a sentence. Thread: one. Errors: the sentences.
#pragma once

#include <string>
#include <vector>

#include "tests/support/world/trading_world.h"

namespace s1mple {

// Empty: all hold. The process must be running and quiet.
[[nodiscard]] std::vector<std::string> broken_invariants(const TradingWorld& world);

}  // namespace s1mple
