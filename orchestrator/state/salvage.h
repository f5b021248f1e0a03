// Salvage: what can be proven good of a damaged store, written as a new store into another directory (rule 12).
//
// Takes the snapshot that leads furthest, and every record after it up to the first that is not certain; says
// exactly what is left behind. Of the archive it takes every entry that its own frame proves. Never writes into the
// source. The new store is marked as salvaged: whoever opens it draws a new tag and starts halted, to be reconciled
// from the venue.
// Thread: blocks. Errors: exists (the target holds a store), not_found (nothing provably good), unsupported (a newer
// version wrote some of it: it would be taken for damage, and lost), io, no_space.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/state/folding.h"
#include "orchestrator/state/segment_scan.h"
#include "orchestrator/state/store_options.h"

namespace s1mple {

struct LeftBehind {
  BadFile where;
  // Records that are there but cannot be joined to what was saved; both 0 where there are none.
  std::uint64_t first = 0, last = 0;
};

struct SalvageReport {
  std::uint64_t seq = 0;
  std::uint32_t digest = 0;
  std::uint64_t epoch = 0;
  std::string snapshot_file;  // empty: from the beginning of the log
  std::uint64_t snapshot_seq = 0;
  std::vector<LeftBehind> left_behind;
};

using MakeFolding = std::function<std::unique_ptr<Folding>()>;
[[nodiscard]] Result<SalvageReport> salvage_store(Disk& from, Disk& to, const MakeFolding& make,
                                                  const StoreOptions& options);

}  // namespace s1mple
