// Which program owns which top-level table of the configuration file.
//
// Each program checks its own tables and leaves the other's alone; a name that is in neither list is refused by
// both, so that a misspelt table never passes in silence. Thread: constants.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace s1mple {

enum class ConfigOwner : std::uint8_t { supervisor, orchestrator };

inline constexpr std::array<std::string_view, 2> kSupervisorTables{"supervisor", "alerts"};

inline constexpr std::array<std::string_view, 11> kOrchestratorTables{
    "orchestrator", "strategy", "instrument", "synthetic",      "replay", "paper",
    "risk",         "breaker",  "execution",  "reconciliation", "store"};

}  // namespace s1mple
