// Reading a directory's log for people and for salvage: segments one by one, damage as a finding, nothing written.
//
// Recovery has its own, stricter walk in slices; both judge frames by LogWalk alone. Holds one segment in memory.
// Thread: the main thread of a store command. Errors: io; unsupported for frames of a newer version.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "orchestrator/state/disk.h"
#include "orchestrator/state/log_walk.h"
#include "orchestrator/state/segment.h"

namespace s1mple {

struct BadFile {
  std::string file;
  std::uint64_t offset = 0;
  std::string reason;
};

struct SegmentList {
  std::vector<SegmentHeader> segments;  // in order of their numbers
  std::vector<BadFile> bad;
};
// unsupported: a segment of a newer format, which nobody here may judge (rule 18).
[[nodiscard]] Result<SegmentList> list_segments(Disk& disk);

struct RecordPlace {
  std::uint64_t seq = 0;
  std::uint64_t epoch = 0;
  std::uint64_t offset = 0;  // of its frame
};
// An Error ends the scan there; the record does not count. The cursor still stands before it.
using VisitRecord = std::function<Result<void>(const RecordPlace&, std::span<const std::byte>)>;

struct SegmentScan {
  TailVerdict verdict;
  std::optional<NextMark> next;
  std::uint64_t end = kSegmentHeaderBytes;  // behind the last good frame
  bool begun = false;
  std::optional<std::string> stopped;  // the visitor's reason
  // Records behind `end` whose frames check out by themselves: first and last number, offset of the frame.
  std::vector<std::pair<RecordPlace, std::uint64_t>> beyond;
};
// `cursor` continues from the segment before when `joins` is set.
[[nodiscard]] Result<SegmentScan> scan_segment(Disk& disk, const SegmentHeader& segment, LogCursor& cursor,
                                               std::optional<std::uint64_t> joins, const VisitRecord& visit);

}  // namespace s1mple
