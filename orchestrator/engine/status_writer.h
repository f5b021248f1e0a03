// The engine's members of status' `orchestrator` object (DESIGN section 7, PROTOCOL.md), bounded in size, as
// they are now. The runtime opens and closes the object and adds what it knows itself. Thread: loop; reads
// only.
#pragma once

#include "common/base/json.h"

namespace s1mple {

struct EngineParts;

inline constexpr std::size_t kMaxStatusOrders = 20;
inline constexpr std::size_t kMaxStatusFills = 8;
inline constexpr std::size_t kMaxStatusPositions = 50;
inline constexpr std::size_t kMaxStatusDiscrepancies = 20;

void write_status(const EngineParts& parts, JsonWriter& out);

}  // namespace s1mple
