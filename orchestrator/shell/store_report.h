// What the store commands print: one JSON object a line on standard output, and the exit code that goes with it.
//
// DESIGN section 8 names the members; fields may be added. Thread: any.
#pragma once

#include <optional>
#include <string>

#include "common/contract/exit_code.h"
#include "orchestrator/state/recovery.h"

namespace s1mple {

[[nodiscard]] ExitCode exit_code_of(const Error& error);

// {"ok":false,"error":{"file":...,"offset":...,"reason":...,"help":...}}
[[nodiscard]] std::string failure_json(const Error& error, const std::optional<StoreDamage>& damage);

// Rows of the archive, each list as JSON without its brackets.
struct ArchivedRows {
  std::string orders, fills;
};

struct InspectExtras {
  std::vector<std::string> pending;
  std::optional<long> locked_by;
  std::optional<ArchivedRows> archived;  // --all: they stand in front of the state's own orders and fills
};
// `extras` for inspect only.
[[nodiscard]] std::string report_json(const RecoveryReport& report, const Folding& folding,
                                      const std::optional<InspectExtras>& extras);

// Prints a line and flushes it.
void print_line(const std::string& line);
// Prints the failure, answers its exit code.
ExitCode print_failure(const Error& error, const std::optional<StoreDamage>& damage = std::nullopt);

}  // namespace s1mple
