// The store commands that read or move whole stores: verify, log, salvage, archive.
//
// Each prints JSON on standard output, one object a line, and answers the exit code. verify and log write nothing;
// salvage writes only into the target; archive moves the books into <dir>/archived-<n> under the lock and may be
// repeated after an interruption. Thread: the main thread.
#pragma once

#include <string>

#include "common/contract/exit_code.h"

namespace s1mple {

[[nodiscard]] ExitCode run_store_verify(const std::string& directory);
[[nodiscard]] ExitCode run_store_log(const std::string& directory);
[[nodiscard]] ExitCode run_store_salvage(const std::string& directory, const std::string& to);
[[nodiscard]] ExitCode run_store_archive(const std::string& directory);

}  // namespace s1mple
