// The progress counters in every answer to a ping: what tells a stuck loop, a stuck disk, a frozen feed and a
// runaway loop apart. Each one only grows while a process lives and starts at 0 with it.
//
// Written by the orchestrator's main loop, read by the supervisor. Units: events. Thread: plain value.
#pragma once

#include <cstdint>

namespace s1mple {

struct HealthCounters {
  std::uint64_t market = 0;          // market events taken in
  std::uint64_t market_durable = 0;  // of these, the ones whose effects are durable (no effect: at the next commit)
  std::uint64_t commits = 0;         // durable commits
  std::uint64_t risk_ticks = 0;      // rounds of the risk and deadline check
  std::uint64_t loops = 0;           // turns of the main loop
  std::uint64_t queued = 0;          // events that wait to be taken in: a level, not a sum
  std::uint64_t unsynced = 0;        // records submitted and not yet durable: a level, not a sum
  friend bool operator==(const HealthCounters&, const HealthCounters&) = default;
};

}  // namespace s1mple
