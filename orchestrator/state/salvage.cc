#include "orchestrator/state/salvage.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/json.h"
#include "orchestrator/state/record_digest.h"
#include "orchestrator/state/salvage_archive.h"
#include "orchestrator/state/snapshot_publish.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

// One way of getting a state: a snapshot, and the log as far as it leads on from there.
struct Attempt {
  std::string snapshot_file;
  SnapshotHeader snapshot;
  std::unique_ptr<Folding> folding;
  std::uint64_t seq = 0;  // what the folding holds
  std::uint32_t digest = 0;
  LogCursor cursor;  // where the log is read
  std::vector<LeftBehind> left_behind;
};

struct Found {
  SegmentList log;
  std::vector<std::pair<std::string, SnapshotHeader>> snapshots;
  std::vector<LeftBehind> bad_snapshots;
  std::uint64_t epoch = 0;
};

// Rule 18: what a newer version wrote is neither good nor bad for this one.
Result<void> refuse_newer(const std::string& file, std::uint32_t state_format, const Folding& folding) {
  if (state_format <= folding.format()) return {};
  return Error{Errc::unsupported, file + " was written by a newer version (state format " +
                                      std::to_string(state_format) + ", this one knows " +
                                      std::to_string(folding.format()) + ")"};
}

Result<Found> survey(Disk& disk, const Folding& folding) {
  auto log = list_segments(disk);
  if (!log.ok()) return std::move(log).error();
  Found found;
  found.log = std::move(log).value();
  for (const SegmentHeader& segment : found.log.segments) {
    if (auto known = refuse_newer(segment.file(), segment.state_format, folding); !known.ok())
      return std::move(known).error();
    found.epoch = std::max(found.epoch, segment.epoch);
  }
  const auto names = disk.list();
  if (!names.ok()) return names.error();
  for (const std::string& name : *names) {
    if (name != kStateFile && name != kJournalFile && !parse_generation_file(name)) continue;
    auto loaded = load_snapshot(disk, name);
    if (!loaded.ok() && loaded.error().code == Errc::unsupported)
      return std::move(loaded).error().during(name);
    if (!loaded.ok()) {
      found.bad_snapshots.push_back({{name, 0, loaded.error().story}, 0, 0});
      continue;
    }
    if (auto known = refuse_newer(name, loaded->header.state_format, folding); !known.ok())
      return std::move(known).error();
    found.epoch = std::max(found.epoch, loaded->header.epoch);
    found.snapshots.emplace_back(name, std::move(loaded->header));
  }
  return found;
}

void leave(Attempt& attempt, const SegmentHeader& segment, const SegmentScan& scan) {
  if (scan.stopped)
    attempt.left_behind.push_back({{segment.file(), scan.end, *scan.stopped}, 0, 0});
  else if (scan.verdict.kind == TailVerdict::Kind::damaged)
    attempt.left_behind.push_back({{segment.file(), scan.end, scan.verdict.reason}, 0, 0});
  else if (scan.verdict.kind == TailVerdict::Kind::torn)
    attempt.left_behind.push_back({{segment.file(), scan.end, "a torn tail, never acknowledged"}, 0, 0});
  for (const auto& [first, last] : scan.beyond)
    attempt.left_behind.push_back(
        {{segment.file(), first.offset, "what is between is missing"}, first.seq, last});
}

// Folds one record, if it is exactly the next one of the same history.
Result<void> fold(Attempt& attempt, const RecordPlace& place, std::span<const std::byte> payload) {
  if (place.seq <= attempt.seq) return {};
  if (place.seq != attempt.seq + 1)
    return Error{Errc::damaged, "the records from " + std::to_string(attempt.seq + 1) + " on are missing"};
  if (attempt.cursor.digest != attempt.digest)
    return Error{Errc::damaged, "the log and what came before it have seen different records"};
  if (auto applied = attempt.folding->apply(payload); !applied.ok()) return applied;
  ++attempt.seq;
  attempt.digest = next_digest(attempt.digest, payload);
  return {};
}

// Follows the log from segment `number` until it ends or does not lead on.
Result<void> follow(Disk& disk, const Found& found, Attempt& attempt, std::uint64_t number) {
  std::optional<std::uint64_t> joins;
  for (;;) {
    const auto& segments = found.log.segments;
    const auto segment =
        std::find_if(segments.begin(), segments.end(),
                     [number](const SegmentHeader& header) { return header.number == number; });
    if (segment == segments.end()) {
      attempt.left_behind.push_back(
          {{"segment " + std::to_string(number), 0, "is missing or does not check out"}, 0, 0});
      return {};
    }
    const auto visit = [&attempt](const RecordPlace& place, std::span<const std::byte> payload) {
      return fold(attempt, place, payload);
    };
    auto scan = scan_segment(disk, *segment, attempt.cursor, joins, visit);
    if (!scan.ok()) return std::move(scan).error();
    leave(attempt, *segment, *scan);
    if (!scan->next || scan->stopped) return {};
    joins = number;
    number = scan->next->segment;
  }
}

Result<std::optional<Attempt>> try_snapshot(Disk& disk, const Found& found, const std::string& file,
                                            const MakeFolding& make) {
  auto loaded = load_snapshot(disk, file);
  if (!loaded.ok()) return std::move(loaded).error();
  Attempt attempt;
  attempt.snapshot_file = file;
  attempt.snapshot = loaded->header;
  attempt.folding = make();
  const auto json = JsonValue::parse(loaded->body);
  if (!json.ok() || !attempt.folding->read_snapshot(*json, loaded->header.state_format).ok())
    return std::optional<Attempt>();
  attempt.seq = loaded->header.seq;
  attempt.digest = loaded->header.digest;
  attempt.cursor = {attempt.seq, attempt.digest, 0};
  if (auto followed = follow(disk, found, attempt, loaded->header.segment); !followed.ok())
    return std::move(followed).error();
  return std::optional(std::move(attempt));
}

// The whole log, where its first segment is still there.
Result<std::optional<Attempt>> try_beginning(Disk& disk, const Found& found, const MakeFolding& make) {
  if (found.log.segments.empty()) return std::optional<Attempt>();
  Attempt attempt;
  attempt.folding = make();
  if (auto followed = follow(disk, found, attempt, found.log.segments.front().number); !followed.ok())
    return std::move(followed).error();
  if (attempt.seq == 0) return std::optional<Attempt>();
  return std::optional(std::move(attempt));
}

Result<std::optional<Attempt>> best_attempt(Disk& disk, const Found& found, const MakeFolding& make) {
  std::optional<Attempt> best;
  const auto consider = [&best](std::optional<Attempt> attempt) {
    if (attempt && (!best || attempt->seq > best->seq)) best = std::move(attempt);
  };
  for (const auto& [file, header] : found.snapshots) {
    auto attempt = try_snapshot(disk, found, file, make);
    if (!attempt.ok()) return attempt;
    consider(std::move(attempt).value());
  }
  auto attempt = try_beginning(disk, found, make);
  if (!attempt.ok()) return attempt;
  consider(std::move(attempt).value());
  return best;
}

Result<void> write_store(Disk& from, Disk& to, const Attempt& best, SalvageReport& report,
                         const StoreOptions& options, std::uint64_t segment_number) {
  SegmentHeader segment;
  segment.number = segment_number;
  segment.name = report.seq;
  segment.bytes = options.segment_bytes();
  segment.epoch = report.epoch;
  segment.kind = best.folding->kind();
  segment.state_format = best.folding->format();
  if (auto made = lay_out_segment(to, segment, {}); !made.ok()) return std::move(made).error();
  SnapshotHeader header;
  header.kind = segment.kind;
  header.state_format = segment.state_format;
  header.epoch = report.epoch;
  header.seq = report.seq;
  header.digest = report.digest;
  header.segment = segment.number;
  header.segment_name = segment.name;
  header.salvaged = true;
  ArchiveOrder order{header.kind, header.state_format, header.epoch, header.seq, {}};
  auto archives = salvage_archives(from, to, best.snapshot.archives, std::move(order), report.left_behind);
  if (!archives.ok()) return std::move(archives).error();
  header.archives = std::move(archives).value();
  JsonWriter body;
  best.folding->write_snapshot(body);
  return write_snapshot_file(to, header, body.str(), {});
}

}  // namespace

Result<SalvageReport> salvage_store(Disk& from, Disk& to, const MakeFolding& make,
                                    const StoreOptions& options) {
  const auto there = to.list();
  if (!there.ok()) return there.error();
  if (std::any_of(there->begin(), there->end(), [](const std::string& name) { return is_store_file(name); }))
    return Error{Errc::exists, "the target holds a store already: salvage writes into an empty directory"};
  auto found = survey(from, *make());
  if (!found.ok()) return std::move(found).error();
  auto best = best_attempt(from, *found, make);
  if (!best.ok()) return std::move(best).error();
  if (!*best) return Error{Errc::not_found, "nothing in the directory is provably good"};
  SalvageReport report;
  report.seq = (*best)->seq;
  report.digest = (*best)->digest;
  report.epoch = std::max(found->epoch, (*best)->cursor.epoch);
  report.snapshot_file = (*best)->snapshot_file;
  report.snapshot_seq = (*best)->snapshot.seq;
  report.left_behind = found->bad_snapshots;
  for (const BadFile& bad : found->log.bad) report.left_behind.push_back({bad, 0, 0});
  report.left_behind.insert(report.left_behind.end(), (*best)->left_behind.begin(),
                            (*best)->left_behind.end());
  std::erase_if(report.left_behind,
                [&report](const LeftBehind& left) { return left.last != 0 && left.last <= report.seq; });
  const std::uint64_t number = found->log.segments.empty() ? 1 : found->log.segments.back().number + 1;
  if (auto written = write_store(from, to, **best, report, options, number); !written.ok())
    return std::move(written).error();
  return report;
}

}  // namespace s1mple
