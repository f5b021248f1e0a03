#include "orchestrator/state/snapshot_publish.h"

#include <utility>

#include "common/base/crc32c.h"
#include "orchestrator/state/little_endian.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

Result<void> remove_if_there(Disk& disk, std::string_view name) {
  auto removed = disk.remove(name);
  if (!removed.ok() && removed.error().code != Errc::not_found) return removed;
  return {};
}

}  // namespace

Result<void> finish_journal(DiskFile& journal, const SnapshotHeader& header) {
  auto done = journal.write_at(kSnapshotHeaderBytes + header.body_bytes, bytes_of(kSnapshotTail));
  if (done.ok()) done = journal.write_at(0, bytes_of(encode_snapshot_header(header)));
  if (done.ok()) done = journal.sync();
  return done;
}

Result<void> publish_journal(Disk& disk, std::string_view keep_as) {
  if (!keep_as.empty()) {
    // The name may be there already: left by a crash between link and rename.
    if (auto removed = remove_if_there(disk, keep_as); !removed.ok()) return removed;
    if (auto linked = disk.link(kStateFile, keep_as); !linked.ok()) return linked;
  }
  if (auto renamed = disk.rename(kJournalFile, kStateFile); !renamed.ok()) return renamed;
  return disk.sync_directory();
}

Result<void> write_snapshot_file(Disk& disk, SnapshotHeader header, std::string_view body, std::string_view keep_as) {
  header.body_bytes = body.size();
  header.body_crc = crc32c(bytes_of(body));
  {
    auto journal = disk.open(kJournalFile, OpenFor::creating);
    if (!journal.ok()) return std::move(journal).error();
    auto done = (*journal)->write_at(kSnapshotHeaderBytes, bytes_of(body));
    if (done.ok()) done = finish_journal(**journal, header);
    if (!done.ok()) return done;
  }
  if (auto published = publish_journal(disk, keep_as); !published.ok()) return published;
  auto verified = verify_snapshot(disk, kStateFile);
  if (!verified.ok()) return std::move(verified).error().during("read back state.json");
  return {};
}

Result<void> remove_generations(Disk& disk, std::string_view keep) {
  const auto names = disk.list();
  if (!names.ok()) return names.error();
  bool removed_any = false;
  for (const std::string& name : *names) {
    if (!parse_generation_file(name) || name == keep) continue;
    if (auto removed = remove_if_there(disk, name); !removed.ok()) return removed;
    removed_any = true;
  }
  return removed_any ? disk.sync_directory() : Result<void>();
}

}  // namespace s1mple
