// A home as bench_recovery kills it: both stores hold 10,000 open orders in a snapshot and a log of other
// business.
//
// Everything goes through the production code: the simulated exchange decides, both sides' records are
// encoded and committed by StateStore on the real disk. The log behind the snapshot is that of one strategy
// which places and cancels for hours of market time, reconciliation each minute. It is left without a clean
// stop. Owner: bench_recovery. Thread: main. Errors: abort with the story; a benchmark has nobody to tell.
#pragma once

#include <cstdint>
#include <string>

#include "orchestrator/environment/configuration.h"

namespace s1mple {

struct HomeSize {
  int open_orders = 10'000;
  std::uint64_t log_bytes = std::uint64_t{7} << 20;  // of the orchestrator's store; paper's is shorter
};

void make_home(const std::string& home, const Configuration& configuration, const HomeSize& size);

}  // namespace s1mple
