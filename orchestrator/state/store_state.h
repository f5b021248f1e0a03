// StoreState: where a recovered store stands, handed from StoreRecovery to StateStore. Plain values.
//
// Everything in here is forced. Segments are those with a header that checks out, in order of their numbers.
// Thread: the loop thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "orchestrator/state/disk.h"
#include "orchestrator/state/segment.h"
#include "orchestrator/state/snapshot_file.h"

namespace s1mple {

// The segment in which the log goes on.
struct LogTail {
  SegmentHeader segment;
  std::shared_ptr<DiskFile> file;
  std::uint64_t offset = kSegmentHeaderBytes;
  bool begun = false;                  // its begin mark is written
  std::uint64_t previous_segment = 0;  // for the begin mark
};

struct StoreState {
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;
  std::uint32_t digest = 0;
  LogTail tail;
  SnapshotHeader snapshot;                       // of state.json
  std::optional<SnapshotHeader> older_snapshot;  // of the generation before, if one is kept
  std::vector<SegmentHeader> older_segments;     // numbers below the tail's
  std::optional<LaidOutSegment> prepared;        // laid out as the tail's successor, nothing written yet
  std::uint64_t next_segment_number = 1;
};

}  // namespace s1mple
