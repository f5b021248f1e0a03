// The protocol by which a snapshot becomes state.json (FORMAT.md section 4; rules 2, 3, 4, 5, 14, 20).
//
// The journal is written and forced first, which is the commit point; then the present state.json is kept under a
// name of its own, the journal renamed over it, and the directory forced. Nothing ever writes into state.json.
// Thread: the helper, or the loop during recovery. Errors: no_space before the commit point harms nothing; anything
// else ends the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "orchestrator/state/disk.h"
#include "orchestrator/state/snapshot_file.h"

namespace s1mple {

// Header and tail around a body that is already in the journal, then the sync.
Result<void> finish_journal(DiskFile& journal, const SnapshotHeader& header);
// `keep_as`: the name for the present state.json; empty when there is none worth keeping.
Result<void> publish_journal(Disk& disk, std::string_view keep_as);
// The whole of it for a body in memory. header.body_* are set here.
Result<void> write_snapshot_file(Disk& disk, SnapshotHeader header, std::string_view body, std::string_view keep_as);
// Removes every older generation but `keep`, and forces the directory.
Result<void> remove_generations(Disk& disk, std::string_view keep);

}  // namespace s1mple
