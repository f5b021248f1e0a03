#include "orchestrator/shell/store_books.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <vector>

#include "common/os/clock.h"
#include "common/os/files.h"
#include "orchestrator/shell/posix_disk.h"
#include "orchestrator/shell/store_directory.h"
#include "orchestrator/shell/store_kinds.h"
#include "orchestrator/shell/store_report.h"
#include "orchestrator/state/archive_reader.h"
#include "orchestrator/state/record_digest.h"
#include "orchestrator/state/salvage.h"
#include "orchestrator/state/snapshot_file.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

void write_file_result(JsonWriter& out, const std::string& file, const std::optional<BadFile>& bad) {
  out.begin_object().text("file", file).boolean("ok", !bad);
  if (bad) out.number("offset", bad->offset).text("reason", bad->reason);
  out.end_object();
}

// What the snapshots name of archives, byte by byte; each name and length once.
bool verify_archives(PosixDisk& disk, const std::vector<std::string>& names, JsonWriter& out) {
  std::vector<ArchiveRef> archives;
  for (const std::string& name : names) {
    if (name != kStateFile && !parse_generation_file(name)) continue;
    const auto header = read_snapshot_header(disk, name);
    if (!header.ok()) continue;
    for (const ArchiveRef& archive : header->archives)
      if (std::find(archives.begin(), archives.end(), archive) == archives.end()) archives.push_back(archive);
  }
  bool good = true;
  for (const ArchiveRef& archive : archives) {
    ArchiveCheck check(disk, archive);
    auto step = check.step();
    while (step.ok() && !*step) step = check.step();
    good = good && step.ok();
    write_file_result(
        out, archive.file,
        step.ok() ? std::nullopt : std::optional(BadFile{archive.file, check.offset(), step.error().story}));
  }
  return good;
}

// Every snapshot and every segment by itself. True when all check out.
bool verify_files(PosixDisk& disk, const std::vector<std::string>& names, const SegmentList& list,
                  JsonWriter& out) {
  bool good = true;
  for (const std::string& name : names) {
    if (name != kStateFile && name != kJournalFile && !parse_generation_file(name)) continue;
    const auto header = verify_snapshot(disk, name);
    const auto bad = header.ok() ? std::nullopt : std::optional(BadFile{name, 0, header.error().story});
    // A journal that is not whole is what a crash leaves; recovery sets it aside.
    good = good && (!bad || name == kJournalFile);
    write_file_result(out, name, bad);
  }
  good = verify_archives(disk, names, out) && good;
  for (const BadFile& bad : list.bad) write_file_result(out, bad.file, bad);
  for (const SegmentHeader& segment : list.segments) {
    LogCursor cursor;
    const auto scan =
        scan_segment(disk, segment, cursor, std::nullopt,
                     [](const RecordPlace&, std::span<const std::byte>) { return Result<void>(); });
    std::optional<BadFile> bad;
    if (!scan.ok()) bad = BadFile{segment.file(), 0, scan.error().story};
    if (scan.ok() && scan->verdict.kind == TailVerdict::Kind::damaged)
      bad = BadFile{segment.file(), scan->end, scan->verdict.reason};
    good = good && !bad;
    write_file_result(out, segment.file(), bad);
  }
  return good && list.bad.empty();
}

void print_record(const SegmentHeader& segment, const RecordPlace& place, std::span<const std::byte> payload,
                  const Folding& folding) {
  JsonWriter out;
  out.begin_object().number("seq", place.seq).number("epoch", place.epoch).text("file", segment.file());
  out.number("offset", place.offset).number("bytes", std::uint64_t{payload.size()}).key("record");
  folding.describe(payload, out);
  out.end_object();
  print_line(out.str());
}

// "archived-3"
std::string archive_name(std::uint64_t number) { return "archived-" + std::to_string(number); }

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

// The next free one, or the last one when its state.json, which moves last, has not arrived yet.
std::string archive_target(const std::string& directory) {
  std::uint64_t number = 1;
  while (exists(directory + "/" + archive_name(number))) ++number;
  const std::string last = directory + "/" + archive_name(number - 1);
  if (number > 1 && !exists(last + "/" + std::string(kStateFile))) return archive_name(number - 1);
  return archive_name(number);
}

Result<void> move_books(const std::string& directory, const std::string& target,
                        std::vector<std::string> names) {
  std::stable_partition(names.begin(), names.end(),
                        [](const std::string& name) { return name != kStateFile; });
  const std::string into = directory + "/" + target;
  if (auto made = ensure_directory(into); !made.ok()) return made;
  for (const std::string& name : names)
    if (std::rename((directory + "/" + name).c_str(), (into + "/" + name).c_str()) != 0)
      return os_error("move " + name, errno);
  if (auto synced = sync_directory(into); !synced.ok()) return synced;
  return sync_directory(directory);
}

}  // namespace

ExitCode run_store_verify(const std::string& directory) {
  if (const auto there = check_store_directory(directory); !there.ok()) return print_failure(there.error());
  PosixDisk disk(directory);
  const auto names = disk.list();
  if (!names.ok()) return print_failure(names.error());
  const auto list = list_segments(disk);
  if (!list.ok()) return print_failure(list.error());
  const auto folding = folding_for(disk);
  if (!folding.ok()) return print_failure(folding.error());
  JsonWriter files;
  files.begin_array();
  const bool files_good = verify_files(disk, *names, *list, files);
  files.end_array();
  SystemClock clock;
  RecoverySettings settings;
  settings.mode = RecoveryMode::inspect;
  settings.directory = directory;
  StoreRecovery recovery(disk, **folding, clock, settings);
  const auto recovered = recovery.run();
  JsonWriter out;
  out.begin_object().boolean("ok", files_good && recovered.ok()).raw("files", files.str()).key("recovery");
  if (recovered.ok())
    out.begin_object().boolean("ok", true).number("seq", recovery.report().seq).end_object();
  else
    out.raw(failure_json(recovered.error(), recovery.damage()));
  out.end_object();
  print_line(out.str());
  if (!recovered.ok()) return exit_code_of(recovered.error());
  return files_good ? ExitCode::done : ExitCode::state_damaged;
}

ExitCode run_store_log(const std::string& directory) {
  if (const auto there = check_store_directory(directory); !there.ok()) return print_failure(there.error());
  PosixDisk disk(directory);
  const auto folding = folding_for(disk);
  if (!folding.ok()) return print_failure(folding.error());
  const auto list = list_segments(disk);
  if (!list.ok()) return print_failure(list.error());
  if (!list->bad.empty())
    return print_failure({Errc::damaged, list->bad[0].file + ": " + list->bad[0].reason},
                         StoreDamage{list->bad[0].file, 0, list->bad[0].reason, "orchestrator store verify"});
  for (const SegmentHeader& segment : list->segments) {
    LogCursor cursor;
    const auto scan =
        scan_segment(disk, segment, cursor, std::nullopt,
                     [&](const RecordPlace& place, std::span<const std::byte> payload) -> Result<void> {
                       print_record(segment, place, payload, **folding);
                       return {};
                     });
    if (!scan.ok()) return print_failure(scan.error());
    if (scan->verdict.kind == TailVerdict::Kind::damaged)
      return print_failure(
          {Errc::damaged, scan->verdict.reason},
          StoreDamage{segment.file(), scan->end, scan->verdict.reason, "orchestrator store verify"});
  }
  return ExitCode::done;
}

ExitCode run_store_salvage(const std::string& directory, const std::string& to) {
  if (const auto there = check_store_directory(directory); !there.ok()) return print_failure(there.error());
  PosixDisk from_disk(directory), to_disk(to);
  const auto kind = stored_kind(from_disk);
  if (!kind.ok()) return print_failure(kind.error());
  if (!*kind) return print_failure({Errc::damaged, "no file of '" + directory + "' says what store this is"});
  if (const auto known = make_folding(**kind); !known.ok()) return print_failure(known.error());
  const auto target = StoreDirectory::open(to, StoreDirectory::Missing::create);
  if (!target.ok()) return print_failure(target.error());
  const MakeFolding make = [&kind] { return std::move(make_folding(**kind)).value(); };
  const auto report = salvage_store(from_disk, to_disk, make, StoreOptions());
  if (!report.ok()) return print_failure(report.error());
  JsonWriter out;
  out.begin_object().boolean("ok", true).text("kind", **kind).text("to", to).number("seq", report->seq);
  out.text("records_digest", digest_text(report->digest)).number("epoch", report->epoch);
  out.text("snapshot", report->snapshot_file).number("snapshot_seq", report->snapshot_seq);
  out.key("left_behind").begin_array();
  for (const LeftBehind& left : report->left_behind) {
    out.begin_object().text("file", left.where.file).number("offset", left.where.offset);
    out.text("reason", left.where.reason);
    if (left.last != 0) out.number("first_record", left.first).number("last_record", left.last);
    out.end_object();
  }
  out.end_array().end_object();
  print_line(out.str());
  return ExitCode::done;
}

ExitCode run_store_archive(const std::string& directory) {
  const auto owned = StoreDirectory::open(directory, StoreDirectory::Missing::refuse);
  if (!owned.ok()) return print_failure(owned.error());
  PosixDisk disk(directory);
  auto names = disk.list();
  if (!names.ok()) return print_failure(names.error());
  std::erase_if(*names, [](const std::string& name) { return !is_store_file(name); });
  JsonWriter out;
  out.begin_object().boolean("ok", true).number("files", std::uint64_t{names->size()}).key("moved_to");
  if (names->empty()) {
    out.null();
  } else {
    const std::string target = archive_target(directory);
    if (const auto moved = move_books(directory, target, *names); !moved.ok())
      return print_failure(moved.error());
    out.text(directory + "/" + target);
  }
  out.end_object();
  print_line(out.str());
  return ExitCode::done;
}

}  // namespace s1mple
