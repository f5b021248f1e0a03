// What lies in the directory, and which snapshot recovery begins with (rules 13, 14, 18, 20).
#include <algorithm>
#include <array>
#include <utility>

#include "orchestrator/state/recovery_work.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Result<void> StoreRecovery::Work::survey() {
  auto listed = disk.list();
  if (!listed.ok()) return std::move(listed).error();
  names = std::move(listed).value();
  if (auto done = read_segment_headers(); !done.ok()) return done;
  if (auto done = choose_snapshot(); !done.ok()) return done;
  if (!chosen) {  // an empty store
    report.was_empty = true;
    report.found_epoch = report.epoch = highest_epoch;
    plan_repairs();
    return {};
  }
  for (const auto& [number, header] : segments)
    if (number >= chosen->header.segment) total_bytes += header.bytes;
  total_bytes += chosen->body.size();
  if (settings.mode != RecoveryMode::open)
    for (const ArchiveRef& archive : chosen->header.archives) total_bytes += archive.bytes;
  phase = Phase::archive;
  return {};
}

Result<void> StoreRecovery::Work::read_segment_headers() {
  for (const std::string& name : names) {
    if (!parse_segment_file(name)) continue;
    auto file = disk.open(name, OpenFor::reading);
    if (!file.ok()) return fail_reading(name, std::move(file).error());
    auto header = read_segment_header(**file, name);
    if (!header.ok() && header.error().code == Errc::unsupported) return std::move(header).error().during(name);
    if (!header.ok()) {
      unreadable_segments.push_back(name);
      continue;
    }
    if (auto ours = check_owner(name, header->kind, header->state_format); !ours.ok()) return ours;
    highest_epoch = std::max(highest_epoch, header->epoch);
    const std::uint64_t number = header->number;
    if (!segments.emplace(number, std::move(header).value()).second)
      return fail(name, 0, "two segments have the number " + std::to_string(number));
  }
  return {};
}

Result<void> StoreRecovery::Work::check_owner(std::string_view file, std::string_view kind,
                                              std::uint32_t state_format) {
  if (kind != folding.kind())
    return Error{Errc::refused, std::string(file) + " belongs to a store of the kind '" + std::string(kind) +
                                    "', not '" + std::string(folding.kind()) + "'"};
  if (state_format > folding.format())  // rule 18
    return Error{Errc::unsupported, std::string(file) + " was written by a newer version (state format " +
                                        std::to_string(state_format) + ", this one knows " +
                                        std::to_string(folding.format()) + ")"};
  return {};
}

// Nothing when the file is absent or does not check out (then why_not says so); an Error when it must not be touched.
Result<std::optional<Snapshot>> StoreRecovery::Work::load_candidate(const std::string& name,
                                                                    std::optional<Error>& why_not) {
  if (!has(names, name)) return std::optional<Snapshot>();
  auto loaded = load_snapshot(disk, name);
  if (loaded.ok()) {
    highest_epoch = std::max(highest_epoch, loaded->header.epoch);
    auto ours = check_owner(name, loaded->header.kind, loaded->header.state_format);
    if (!ours.ok()) return std::move(ours).error();
    return std::optional(std::move(loaded).value());
  }
  if (loaded.error().code != Errc::damaged) return fail_reading(name, std::move(loaded).error());
  why_not = std::move(loaded).error();
  return std::optional<Snapshot>();
}

Result<void> StoreRecovery::Work::choose_snapshot() {
  std::optional<Error> state_why, journal_why;
  auto state = load_candidate(std::string(kStateFile), state_why);
  if (!state.ok()) return std::move(state).error();
  auto journal = load_candidate(std::string(kJournalFile), journal_why);
  if (!journal.ok()) return std::move(journal).error();
  state_is_good = state->has_value();
  if (state_is_good) state_seq = (*state)->header.seq;
  // Rule 14: a journal that is whole was committed; it counts when it is newer than what it was to replace.
  const bool journal_counts = *journal && (!state_is_good || (*journal)->header.is_newer_than((*state)->header));
  journal_is_aside = has(names, kJournalFile) && !journal_counts;
  complete_the_rename = journal_counts;
  if (journal_counts) {
    chosen = std::move(*journal);
    chosen_file = kJournalFile;
    state_is_aside = state_why.has_value();
    report.older_generation = state_is_aside;
    return state_is_good || state_is_aside ? Result<void>() : choose_without_state();
  }
  if (state_is_good) {
    chosen = std::move(*state);
    chosen_file = kStateFile;
    return {};
  }
  if (!state_why) return choose_without_state();
  return choose_older_generation(*state_why);
}

// Rule 13: only where nobody ever wrote anything may state.json be missing.
Result<void> StoreRecovery::Work::choose_without_state() {
  const std::string file(kStateFile);
  for (const std::string& name : names)
    if (parse_generation_file(name) || is_archive_file(name)) return fail(file, 0, "is missing, but there is " + name);
  if (!unreadable_segments.empty())
    return fail(file, 0, "is missing, and " + unreadable_segments.front() + " does not check out");
  const auto begun = any_segment_begun(0);
  if (!begun.ok()) return begun.error();
  if (*begun) return fail(file, 0, "is missing, but the log holds frames");
  return {};
}

// Rule 20: the generation before, if the log leads on from it to the newest record; the walk proves the latter.
Result<void> StoreRecovery::Work::choose_older_generation(const Error& why) {
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    if (!parse_generation_file(*name)) continue;
    std::optional<Error> generation_why;
    auto generation = load_candidate(*name, generation_why);
    if (!generation.ok()) return std::move(generation).error();
    if (!*generation) continue;
    chosen = std::move(*generation);
    chosen_file = *name;
    state_is_aside = true;
    report.older_generation = true;
    return {};
  }
  return fail(std::string(kStateFile), 0, why.story + "; there is no older generation that checks out");
}

// Whether a segment with a number above the given one holds a good first frame.
Result<bool> StoreRecovery::Work::any_segment_begun(std::uint64_t above_number) {
  for (auto entry = segments.upper_bound(above_number); entry != segments.end(); ++entry) {
    const std::string name = entry->second.file();
    auto file = disk.open(name, OpenFor::reading);
    if (!file.ok()) return fail_reading(name, std::move(file).error());
    std::array<std::byte, kBeginProbeBytes> probe{};
    const auto got = (*file)->read_at(0, probe);
    if (!got.ok()) return fail_reading(name, got.error());
    if (has_begun(probe, entry->first)) return true;
  }
  return false;
}

Result<void> StoreRecovery::Work::archive_slice() {
  const auto& archives = chosen->header.archives;
  if (archives_done == archives.size()) {
    report.archives = archives;
    phase = Phase::snapshot;
    return {};
  }
  const ArchiveRef& archive = archives[archives_done];
  if (!archive_check) {
    if (auto taken = take_archive(archive); !taken.ok()) return taken;
    if (settings.mode == RecoveryMode::open) return ++archives_done, Result<void>();
    archive_check = std::make_unique<ArchiveCheck>(disk, archive);
  }
  const auto checked = archive_check->step();
  if (!checked.ok()) {
    if (checked.error().code != Errc::damaged) return fail_reading(archive.file, checked.error());
    return fail(archive.file, archive_check->offset(), checked.error().story);
  }
  if (!*checked) return {};
  done_bytes += archive.bytes;
  archive_check.reset();
  ++archives_done;
  return {};
}

Result<void> StoreRecovery::Work::take_archive(const ArchiveRef& archive) {
  std::uint64_t offset = 0;
  auto reader = ArchiveReader::open(disk, archive, &offset);
  if (!reader.ok()) {
    if (reader.error().code == Errc::not_found)
      return fail(archive.file, 0, "is named by " + chosen_file + " but is missing");
    if (reader.error().code == Errc::damaged) return fail(archive.file, offset, reader.error().story);
    return fail_reading(archive.file, std::move(reader).error());
  }
  report.archived_orders += reader->directory().orders;
  report.archived_fills += reader->directory().fills;
  report.archive_tail_bytes += reader->tail_bytes();
  return check_owner(archive.file, reader->header().kind, reader->header().state_format);
}

Result<void> StoreRecovery::Work::take_snapshot() {
  const SnapshotHeader& header = chosen->header;
  if (auto read = folding.read_snapshot_text(chosen->body, header.state_format); !read.ok()) {
    if (read.error().code == Errc::unsupported) return read;
    return fail(chosen_file, kSnapshotHeaderBytes, "the state is refused: " + read.error().story);
  }
  done_bytes += chosen->body.size();
  chosen->body = std::string();
  report.snapshot_seq = header.seq;
  report.salvaged = header.salvaged;
  cursor = {header.seq, header.digest, 0};
  const auto first = segments.find(header.segment);
  const std::string name = segment_file(header.segment_name);
  if (first == segments.end() || first->second.file() != name)
    return fail(name, 0, "is named by " + chosen_file + " but is missing or does not check out");
  segment = first->second;
  phase = Phase::log;
  return load_segment();
}

}  // namespace s1mple
