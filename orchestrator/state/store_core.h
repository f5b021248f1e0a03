// Inside of StateStore: the commit path, and what runs beside it. Used by its .cc files alone.
//
// One Core lives as long as its store or the last job that it started, whichever ends later; `detached` says that
// the store is gone. Groups: at most one is with the writer; those behind it wait in `groups` (rule 7).
// Thread: the loop thread; jobs touch only what they were handed. Errors: fail() is the one way into failure.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "orchestrator/state/archive_reader.h"
#include "orchestrator/state/commit_stats.h"
#include "orchestrator/state/group_buffer.h"
#include "orchestrator/state/snapshot_writer.h"
#include "orchestrator/state/state_store.h"
#include "orchestrator/state/store_state.h"

namespace s1mple {

struct StateStore::Core : std::enable_shared_from_this<StateStore::Core> {
  Core(Parts parts_in, StoreOptions options_in, StoreState state);

  // Records that may wait for the disk; more means that it has not answered for very long.
  static constexpr std::uint64_t kMaxQueuedBytes = std::uint64_t{256} << 20;
  // Room that every segment keeps for the marks of a stop and of a start.
  static constexpr std::uint64_t kMarkReserve = 1024;
  static constexpr std::size_t kSparesKept = 2;

  // store_core.cc: the commit path.
  std::uint64_t submit(std::span<const std::byte> payload);
  void flush();
  void start_write();
  [[nodiscard]] bool may_write(const GroupBuffer& group, bool& leave);
  void hand_over(std::unique_ptr<GroupBuffer> group, bool leave, bool clean_stop);
  void on_written();
  void leave_segment();
  [[nodiscard]] std::unique_ptr<GroupBuffer> take_buffer();
  void fail(Error error);
  [[nodiscard]] std::uint64_t group_limit() const { return options.max_group_bytes; }
  [[nodiscard]] std::uint64_t close_at() const;
  // Half way to close_at() the next segment is wanted.
  [[nodiscard]] std::uint64_t prepare_at() const;

  // store_background.cc: segments, snapshots, space, the stop.
  void run_on_helper(std::function<void()> job, std::function<void()> done);
  void want_segment();
  void on_segment(Result<LaidOutSegment> made);
  [[nodiscard]] std::string take_recyclable();
  [[nodiscard]] bool over_hard_cap() const;
  void begin_snapshot_if_wanted();
  void evict_then_begin_snapshot();
  void begin_snapshot();
  void on_snapshot(Result<SnapshotHeader> written);
  void retire_segments();
  [[nodiscard]] Result<std::optional<std::string>> archived(std::string_view key);
  void check_space();
  void judge_space(std::optional<std::uint64_t> free_bytes);
  void advance_close();
  void answer_close(Result<void> outcome);

  Parts parts;
  StoreOptions options;
  std::uint64_t epoch = 0, seq = 0, durable_seq = 0;
  std::uint32_t digest = 0;
  LogTail tail;

  std::deque<std::unique_ptr<GroupBuffer>> groups;
  std::uint64_t queued_bytes = 0;
  std::unique_ptr<GroupBuffer> in_flight;
  std::unique_ptr<GroupBuffer> free_buffer;
  struct Write {
    std::shared_ptr<DiskFile> file;
    std::uint64_t offset = 0;
    GroupBuffer::Sealed sealed;
    bool leaves = false;
    Result<void> outcome;
  } write;
  CommitStats stats;

  SnapshotHeader snapshot;
  std::optional<SnapshotHeader> older_snapshot;
  SnapshotWriter snapshots;
  bool snapshot_wanted = false;
  bool evicting = false;  // for the snapshot that is wanted, a part in each pass of the loop
  // What left the state for a snapshot that does not count yet, and where its keys are.
  std::vector<std::shared_ptr<const ArchiveBatch>> leaving;
  std::unordered_map<std::string, std::pair<std::size_t, std::size_t>> leaving_keys;
  std::optional<ArchiveReader> archive;  // of `snapshot`, open once somebody asked

  std::vector<SegmentHeader> older_segments;  // below the tail, still needed
  std::vector<SegmentHeader> obsolete;        // to be recycled or removed
  std::optional<LaidOutSegment> prepared;
  std::uint64_t next_segment_number = 1, last_segment_name = 0;
  bool preparing = false;
  bool segment_refused = false;  // the disk was full
  bool snapshot_refused = false;
  int helper_jobs = 0;

  Space space = Space::ok;
  std::optional<Error> failure;
  bool detached = false;
  std::function<void(Result<void>)> close_done;
  bool final_snapshot_begun = false, clean_stop_written = false;
  Result<void> close_outcome;
};

}  // namespace s1mple
