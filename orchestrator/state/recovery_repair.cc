// What recovery writes before anybody is answered (rules 4, 5, 8, 9, 10, 11, 14, 20).
//
// Every repair may be cut short anywhere: whatever the directory then looks like leads to the same repairs again.
#include <algorithm>
#include <array>
#include <utility>

#include "orchestrator/state/recovery_work.h"
#include "orchestrator/state/snapshot_publish.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

constexpr std::size_t kMaxTornFiles = 16;
// What must be left in a segment for a start to go on in it, beside a whole group.
constexpr std::uint64_t kStartReserve = 4096;

Result<void> force_file(Disk& disk, const std::string& name) {
  auto file = disk.open(name, OpenFor::writing);
  if (!file.ok()) return std::move(file).error().during("force " + name);
  auto synced = (*file)->sync();
  return synced.ok() ? std::move(synced) : Result<void>(std::move(synced).error().during("force " + name));
}

Result<void> write_and_force(DiskFile& file, std::uint64_t offset, std::span<const std::byte> bytes) {
  auto done = file.write_at(offset, bytes);
  return done.ok() ? file.sync() : std::move(done);
}

}  // namespace

void StoreRecovery::Work::plan_repairs() {
  std::vector<std::string>& pending = report.pending;
  const auto plan = [&](std::string_view name, Result<void> (Work::*repair)()) {
    if (!name.empty()) pending.emplace_back(name);
    repairs.push_back([this, repair] { return (this->*repair)(); });
  };
  const bool open = settings.mode == RecoveryMode::open;
  const bool anew = report.was_empty || (settings.after_store_failed && open);
  if (!anew) plan({}, &Work::force_what_was_read);
  if (torn_end != 0 && !anew) plan("cut_tail", &Work::cut_tail);
  if (journal_is_aside) plan("set_aside_journal", &Work::set_aside_journal);
  if (state_is_aside) plan("set_aside_state", &Work::set_aside_state);
  if (complete_the_rename && !anew) plan("complete_rename", &Work::complete_rename);
  if (state_is_aside && !complete_the_rename && !anew) plan("write_snapshot", &Work::write_whole_snapshot);
  if (anew && settings.mode != RecoveryMode::repair)
    plan(report.was_empty ? "create" : "write_new_files", &Work::begin_anew);
  if (open && !anew) plan({}, &Work::change_segment_if_tight);
  if (open) plan({}, &Work::mark_epoch);
  if (open) plan({}, &Work::collect_store_state);
  if (open) report.epoch = std::max(report.found_epoch, settings.mirror_epoch) + 1;
  if (settings.mode == RecoveryMode::inspect) {
    repairs.clear();
    phase = Phase::finished;
    return;
  }
  pending.clear();
  phase = Phase::repair;
}

// Rule 10: what was read may be in the page cache alone.
Result<void> StoreRecovery::Work::force_what_was_read() {
  for (const SegmentHeader& link : chain)
    if (auto forced = force_file(disk, link.file()); !forced.ok()) return forced;
  for (const ArchiveRef& archive : chosen->header.archives)
    if (auto forced = force_file(disk, archive.file); !forced.ok()) return forced;
  if (auto forced = force_file(disk, chosen_file); !forced.ok()) return forced;
  return disk.sync_directory();
}

// Rules 7 and 8: the lost group's bytes are kept for a person, and are zeros before anything follows.
Result<void> StoreRecovery::Work::cut_tail() {
  std::vector<std::string> kept;
  std::copy_if(names.begin(), names.end(), std::back_inserter(kept),
               [](const std::string& name) { return name.starts_with("torn-"); });
  if (kept.size() >= kMaxTornFiles)
    if (auto removed = disk.remove(kept.front()); !removed.ok()) return removed;
  const auto from = static_cast<std::size_t>(end_offset);
  const auto to = static_cast<std::size_t>(torn_end);
  const std::string aside = torn_file(segment.number, end_offset);
  auto torn = disk.open(aside, OpenFor::creating);
  if (!torn.ok()) return std::move(torn).error();
  if (auto done = write_and_force(**torn, 0, segment_bytes.subspan(from, to - from)); !done.ok()) return done;
  if (auto done = disk.sync_directory(); !done.ok()) return done;
  report.set_aside.push_back(aside);
  auto file = disk.open(segment.file(), OpenFor::writing);
  if (!file.ok()) return std::move(file).error();
  const std::size_t zeros = std::min(std::max(to, from + kEndBytes), segment_bytes.size()) - from;
  return write_and_force(**file, end_offset, std::vector<std::byte>(zeros));
}

Result<void> StoreRecovery::Work::set_aside(std::string_view name, bool keep_in_place) {
  const std::string aside = aside_file(report.found_epoch, name);
  if (keep_in_place) {
    if (auto removed = disk.remove(aside); !removed.ok() && removed.error().code != Errc::not_found) return removed;
    if (auto linked = disk.link(name, aside); !linked.ok()) return linked;
  } else if (auto renamed = disk.rename(name, aside); !renamed.ok()) {
    return renamed;
  }
  report.set_aside.push_back(aside);
  return disk.sync_directory();
}

Result<void> StoreRecovery::Work::set_aside_journal() { return set_aside(kJournalFile, false); }
// By link: state.json is there at any time, or its absence would mean damage (rule 13).
Result<void> StoreRecovery::Work::set_aside_state() { return set_aside(kStateFile, true); }

std::string StoreRecovery::Work::keep_state_as() const {
  return state_is_good ? generation_file(state_seq) : std::string();
}

Result<void> StoreRecovery::Work::complete_rename() { return publish_journal(disk, keep_state_as()); }

SegmentHeader StoreRecovery::Work::new_segment() const {
  SegmentHeader header;
  header.number = 1 + (segments.empty() ? 0 : segments.rbegin()->first);
  if (chosen) header.number = std::max(header.number, chosen->header.segment + 1);
  header.name = report.seq;
  for (const std::string& name : names)
    if (const auto taken = parse_segment_file(name)) header.name = std::max(header.name, *taken + 1);
  header.bytes = settings.options.segment_bytes();
  header.epoch = report.epoch;
  header.kind = folding.kind();
  header.state_format = folding.format();
  return header;
}

SnapshotHeader StoreRecovery::Work::snapshot_of_now(const SegmentHeader& goes_on_in) const {
  SnapshotHeader header;
  header.kind = folding.kind();
  header.state_format = folding.format();
  header.epoch = report.epoch;
  header.seq = report.seq;
  header.digest = report.digest;
  header.segment = goes_on_in.number;
  header.segment_name = goes_on_in.name;
  header.salvaged = report.salvaged;
  header.archives = report.archives;
  return header;
}

Result<void> StoreRecovery::Work::write_whole_snapshot() {
  JsonWriter body;
  folding.write_snapshot(body);
  return write_snapshot_file(disk, snapshot_of_now(segment), body.str(), keep_state_as());
}

// A first start, or one after exit 66, when the page cache may be ahead of the disk (rule 10): new files only.
Result<void> StoreRecovery::Work::begin_anew() {
  auto made = lay_out_segment(disk, new_segment(), {});
  if (!made.ok()) return std::move(made).error();
  segment = made->header;
  segments.emplace(segment.number, segment);
  names.push_back(segment.file());
  joins.reset();
  end_offset = kSegmentHeaderBytes;
  return write_whole_snapshot();
}

// A segment that is nearly full is left with its `next` mark, so that the first group finds room.
Result<void> StoreRecovery::Work::change_segment_if_tight() {
  if (end_offset + settings.options.max_group_bytes + kStartReserve <= segment.bytes) return {};
  auto made = lay_out_segment(disk, new_segment(), {});
  if (!made.ok()) return std::move(made).error();
  std::vector<std::byte> bytes;
  append_mark(bytes, segment.number, mark_header(), NextMark{made->header.number, made->header.name, report.digest});
  bytes.resize(bytes.size() + kEndBytes);
  auto file = disk.open(segment.file(), OpenFor::writing);
  if (!file.ok()) return std::move(file).error();
  if (auto done = write_and_force(**file, end_offset, bytes); !done.ok()) return done;
  joins = segment.number;
  segment = made->header;
  segments.emplace(segment.number, segment);
  names.push_back(segment.file());
  end_offset = kSegmentHeaderBytes;
  return {};
}

FrameHeader StoreRecovery::Work::mark_header() const {
  FrameHeader header;
  header.epoch = report.epoch;
  header.sequence = header.durable_upto = report.seq;
  header.forced_bytes = static_cast<std::uint32_t>(end_offset);
  return header;
}

// The new epoch is on the disk before anything else of this process (P10).
Result<void> StoreRecovery::Work::mark_epoch() {
  auto file = disk.open(segment.file(), OpenFor::writing);
  if (!file.ok()) return std::move(file).error();
  store.tail.file = std::move(file).value();
  std::vector<std::byte> bytes;
  if (end_offset == kSegmentHeaderBytes)
    append_mark(bytes, segment.number, mark_header(), BeginMark{joins.value_or(0), report.digest});
  append_mark(bytes, segment.number, mark_header(), EpochMark{report.found_epoch, report.digest});
  const std::size_t marks = bytes.size();
  bytes.resize(marks + kEndBytes);
  if (auto done = write_and_force(*store.tail.file, end_offset, bytes); !done.ok()) return done;
  end_offset += marks;
  return {};
}

Result<void> StoreRecovery::Work::collect_store_state() {
  store.epoch = report.epoch;
  store.seq = report.seq;
  store.digest = report.digest;
  store.tail.segment = segment;
  store.tail.offset = end_offset;
  store.tail.begun = true;
  auto snapshot = read_snapshot_header(disk, kStateFile);
  if (!snapshot.ok()) return std::move(snapshot).error().during("state.json");
  store.snapshot = std::move(snapshot).value();
  auto listed = disk.list();
  if (!listed.ok()) return std::move(listed).error();
  for (const std::string& name : *listed) {
    if (!parse_generation_file(name)) continue;
    auto header = read_snapshot_header(disk, name);
    if (header.ok()) store.older_snapshot = std::move(header).value();
  }
  for (const auto& [number, header] : segments) {
    store.next_segment_number = std::max(store.next_segment_number, number + 1);
    if (number < segment.number) store.older_segments.push_back(header);
    if (number <= segment.number) continue;
    if (auto taken = take_prepared(header); !taken.ok()) return taken;
  }
  return {};
}

// A segment that was laid out for later and never written: it goes on waiting, or goes.
Result<void> StoreRecovery::Work::take_prepared(const SegmentHeader& header) {
  if (header.bytes == settings.options.segment_bytes() && !store.prepared) {
    auto file = disk.open(header.file(), OpenFor::writing);
    if (!file.ok()) return std::move(file).error();
    std::array<std::byte, kEndBytes> end{};
    const auto got = (*file)->read_at(kSegmentHeaderBytes, end);
    if (!got.ok()) return got.error();
    if (std::all_of(end.begin(), end.end(), [](std::byte byte) { return byte == std::byte{0}; })) {
      store.prepared = LaidOutSegment{header, std::move(file).value()};
      return {};
    }
  }
  return disk.remove(header.file());
}

}  // namespace s1mple
