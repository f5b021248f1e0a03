#include "orchestrator/state/recovery.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "orchestrator/state/recovery_work.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {

StoreRecovery::Work::Work(Disk& disk_in, Folding& folding_in, const Clock& clock_in, RecoverySettings settings_in)
    : disk(disk_in), folding(folding_in), clock(clock_in), settings(std::move(settings_in)) {}

Error StoreRecovery::Work::fail(std::string file, std::uint64_t offset, std::string reason) {
  damage = StoreDamage{file, offset, reason, salvage_help()};
  return {Errc::damaged, file + " at " + std::to_string(offset) + ": " + reason};
}

Error StoreRecovery::Work::fail_reading(const std::string& file, Error error) {
  const bool unreadable = error.code == Errc::damaged || error.os_errno == EIO;
  if (unreadable || error.code == Errc::not_found) return fail(file, 0, error.story);
  return std::move(error).during(file);
}

std::string StoreRecovery::Work::salvage_help() const {
  return "nothing was changed; to save what is provably good: orchestrator store salvage --dir " + settings.directory +
         " --to <new directory>";
}

Result<void> StoreRecovery::Work::slice() {
  switch (phase) {
    case Phase::survey: return survey();
    case Phase::archive: return archive_slice();
    case Phase::snapshot: return take_snapshot();
    case Phase::log: return walk_slice();
    case Phase::repair: {
      if (repairs_done == repairs.size()) {
        phase = Phase::finished;
        return {};
      }
      auto repair = std::move(repairs[repairs_done++]);
      return repair();
    }
    case Phase::finished: return {};
  }
  ENSURE(false, "phase out of range");
}

StoreRecovery::StoreRecovery(Disk& disk, Folding& folding, const Clock& clock, RecoverySettings settings)
    : work_(std::make_unique<Work>(disk, folding, clock, std::move(settings))) {}
StoreRecovery::~StoreRecovery() = default;

Result<bool> StoreRecovery::step() {
  ENSURE(work_->phase != Work::Phase::finished, "recovery has finished already");
  if (auto done = work_->slice(); !done.ok()) return std::move(done).error();
  return work_->phase == Work::Phase::finished;
}

Result<void> StoreRecovery::run() {
  for (;;) {
    auto finished = step();
    if (!finished.ok()) return std::move(finished).error();
    if (*finished) return {};
  }
}

bool StoreRecovery::has_analysed() const { return work_->phase >= Work::Phase::repair; }

RecoveryProgress StoreRecovery::progress() const {
  std::string_view phase = "log";
  if (work_->phase <= Work::Phase::snapshot) phase = "snapshot";
  if (work_->phase == Work::Phase::repair || work_->phase == Work::Phase::finished) phase = "repair";
  return {phase, work_->done_bytes, std::max(work_->total_bytes, work_->done_bytes)};
}

const RecoveryReport& StoreRecovery::report() const { return work_->report; }
const std::optional<StoreDamage>& StoreRecovery::damage() const { return work_->damage; }

Result<std::optional<std::string>> stored_kind(Disk& disk) {
  const auto names = disk.list();
  if (!names.ok()) return names.error();
  for (const std::string& name : *names) {
    const bool snapshot = name == kStateFile || name == kJournalFile || parse_generation_file(name);
    if (!snapshot && !parse_segment_file(name)) continue;
    if (snapshot) {
      const auto header = read_snapshot_header(disk, name);
      if (header.ok()) return std::optional(header->kind);
      continue;
    }
    auto file = disk.open(name, OpenFor::reading);
    if (!file.ok()) continue;
    const auto header = read_segment_header(**file, name);
    if (header.ok()) return std::optional(header->kind);
  }
  return std::optional<std::string>();
}

}  // namespace s1mple
