// The archive's part of salvage: every entry that its frame proves, in a new archive in another directory.
//
// Thread: blocks. Memory: a part of the entries at a time. Errors: io, no_space; what is bad is told, not an error.
#pragma once

#include <vector>

#include "orchestrator/state/archive_writer.h"
#include "orchestrator/state/salvage.h"

namespace s1mple {

// Writes the good entries of `archives` to `to` and answers what the new snapshot names; what is bad joins `left`.
[[nodiscard]] Result<std::vector<ArchiveRef>> salvage_archives(Disk& from, Disk& to,
                                                               const std::vector<ArchiveRef>& archives,
                                                               ArchiveOrder order, std::vector<LeftBehind>& left);

}  // namespace s1mple
