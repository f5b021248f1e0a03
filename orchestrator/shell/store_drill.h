// `store drill`: real commits on a real directory, acknowledged line by line, and how fast and honest the disk is.
//
// Prints `ack <seq>` for each record once it is durable, then one JSON line with the figures; in plain words the
// same on standard error. The floor (a bare write and fdatasync of the same bytes into written blocks) is measured
// in the same run, after the store was closed. External checkers use it as their workload (DESIGN section 8).
#pragma once

#include <cstdint>
#include <string>

#include "common/contract/exit_code.h"

namespace s1mple {

struct DrillOrder {
  std::string directory;
  std::uint64_t commits = 0;
  std::uint64_t group = 1;
  std::uint64_t bytes = 256;
};

[[nodiscard]] ExitCode run_store_drill(const DrillOrder& order);

}  // namespace s1mple
