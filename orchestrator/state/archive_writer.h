// Appends a batch to the archive and forces it, before the snapshot that names its new length exists (FORMAT.md 6).
//
// Writes behind the bytes that the present snapshot names and never into them; what an earlier attempt left there is
// written over. The index is merged as it grows, so that each slot is rewritten a few times in its life and a look-up
// searches few runs. Memory: the slots of the batch, and a few pages of each run that is merged.
// Thread: the helper. Errors: io, no_space (harmless: nothing names what was written), damaged (an old index page).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/state/archive_format.h"
#include "orchestrator/state/disk.h"

namespace s1mple {

struct ArchiveOrder {
  std::string kind;
  std::uint32_t state_format = 1;
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;  // of the snapshot that will name it
  std::vector<std::shared_ptr<const ArchiveBatch>> batches;
};

// The archives as the next snapshot names them. Without batches they are the present ones, and nothing is written.
[[nodiscard]] Result<std::vector<ArchiveRef>> append_to_archive(Disk& disk, std::vector<ArchiveRef> present,
                                                                const ArchiveOrder& order);

}  // namespace s1mple
