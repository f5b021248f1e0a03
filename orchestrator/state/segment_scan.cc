#include "orchestrator/state/segment_scan.h"

#include <algorithm>

#include "orchestrator/state/record_digest.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

Result<std::vector<std::byte>> load(Disk& disk, const SegmentHeader& segment) {
  auto file = disk.open(segment.file(), OpenFor::reading);
  if (!file.ok()) return std::move(file).error();
  std::vector<std::byte> bytes(static_cast<std::size_t>(segment.bytes));
  const auto got = (*file)->read_at(0, bytes);
  if (!got.ok()) return got.error();
  if (*got != bytes.size()) return Error{Errc::damaged, segment.file() + ": ends early"};
  return bytes;
}

// Visits a frame's records; false when the visitor stopped.
bool visit_records(const Frame& frame, std::uint64_t offset, LogCursor& cursor, const VisitRecord& visit,
                   SegmentScan& scan) {
  const auto records = frame_records(frame);
  for (const auto record : *records) {
    const RecordPlace place{cursor.seq + 1, frame.header.epoch, offset};
    if (auto visited = visit(place, record); !visited.ok()) {
      scan.stopped = visited.error().story;
      return false;
    }
    ++cursor.seq;
    cursor.digest = next_digest(cursor.digest, record);
  }
  return true;
}

void find_records_beyond(std::span<const std::byte> bytes, const SegmentHeader& segment, SegmentScan& scan) {
  for (std::size_t at = static_cast<std::size_t>(scan.end); at + kFrameHeaderBytes <= bytes.size();) {
    const auto frame = read_frame(bytes, at, segment.number);
    if (frame && frame->header.count > 0) {
      const std::uint64_t last = frame->header.sequence + frame->header.count - 1;
      if (!scan.beyond.empty() && scan.beyond.back().second + 1 == frame->header.sequence)
        scan.beyond.back().second = last;
      else
        scan.beyond.emplace_back(RecordPlace{frame->header.sequence, frame->header.epoch, at}, last);
    }
    at += frame ? frame->bytes : kFrameAlign;
  }
}

}  // namespace

Result<SegmentList> list_segments(Disk& disk) {
  const auto names = disk.list();
  if (!names.ok()) return names.error();
  SegmentList list;
  for (const std::string& name : *names) {
    if (!parse_segment_file(name)) continue;
    auto file = disk.open(name, OpenFor::reading);
    auto header =
        file.ok() ? read_segment_header(**file, name) : Result<SegmentHeader>(std::move(file).error());
    if (header.ok())
      list.segments.push_back(std::move(header).value());
    else if (header.error().code == Errc::unsupported)
      return std::move(header).error().during(name);
    else
      list.bad.push_back({name, 0, header.error().story});
  }
  std::sort(list.segments.begin(), list.segments.end(),
            [](const SegmentHeader& a, const SegmentHeader& b) { return a.number < b.number; });
  return list;
}

Result<SegmentScan> scan_segment(Disk& disk, const SegmentHeader& segment, LogCursor& cursor,
                                 std::optional<std::uint64_t> joins, const VisitRecord& visit) {
  const auto bytes = load(disk, segment);
  if (!bytes.ok()) return bytes.error();
  LogWalk walk(segment, *bytes, cursor, joins);
  SegmentScan scan;
  for (;;) {
    const std::uint64_t offset = walk.offset();
    const auto frame = walk.next();
    if (!frame.ok()) return frame.error();
    if (!*frame) break;
    scan.next = next_mark(**frame);
    if ((*frame)->header.count > 0 && !visit_records(**frame, offset, cursor, visit, scan)) {
      scan.end = offset;
      break;
    }
    scan.end = walk.offset();
  }
  scan.begun = walk.begun();
  if (!scan.next && !scan.stopped) scan.verdict = walk.judge_tail();
  if (scan.verdict.kind != TailVerdict::Kind::end || scan.stopped) find_records_beyond(*bytes, segment, scan);
  return scan;
}

}  // namespace s1mple
