// Inside of StoreRecovery: survey of the directory, walk through the log, repairs. Used by its .cc files alone.
//
// One StoreRecovery::Work lives as long as its recovery. The phases run in the order of Phase; each slice() does a
// bounded part of the present one. Analysis (survey, snapshot, log) never writes; it fills `report`, `store` and
// `repairs`. Thread: the loop thread. Errors: fail() remembers damage for the exit code and its message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "orchestrator/state/archive_reader.h"
#include "orchestrator/state/log_walk.h"
#include "orchestrator/state/recovery.h"
#include "orchestrator/state/store_state.h"

namespace s1mple {

struct StoreRecovery::Work {
  Work(Disk& disk_in, Folding& folding_in, const Clock& clock_in, RecoverySettings settings_in);

  enum class Phase : std::uint8_t { survey, archive, snapshot, log, repair, finished };
  static constexpr std::size_t kReadSliceBytes = std::size_t{4} << 20;
  static constexpr std::size_t kWalkSliceBytes = std::size_t{2} << 20;
  static constexpr Nanos kWalkSliceTime = 20ms;

  Result<void> slice();

  // recovery_survey.cc: what is there, and which snapshot counts.
  Result<void> survey();
  Result<void> choose_snapshot();
  Result<void> choose_without_state();
  Result<void> choose_older_generation(const Error& why);
  Result<std::optional<Snapshot>> load_candidate(const std::string& name, std::optional<Error>& why_not);
  Result<void> check_owner(std::string_view file, std::string_view kind, std::uint32_t state_format);
  Result<bool> any_segment_begun(std::uint64_t above_number);
  Result<void> read_segment_headers();
  Result<void> archive_slice();
  Result<void> take_archive(const ArchiveRef& archive);
  Result<void> take_snapshot();

  // recovery_log.cc: every record after the snapshot.
  Result<void> walk_slice();
  Result<void> load_segment();
  Result<bool> load_slice();  // true when the segment is in memory
  Result<void> take_frame(const Frame& frame);
  Result<void> take_records(const Frame& frame);
  Result<void> check_against_snapshot();
  Result<void> end_of_segment();
  Result<void> end_of_log();

  // recovery_repair.cc: what must be written before anybody is answered.
  void plan_repairs();
  Result<void> force_what_was_read();
  Result<void> set_aside(std::string_view name, bool keep_in_place);
  Result<void> set_aside_journal();
  Result<void> set_aside_state();
  Result<void> complete_rename();
  Result<void> cut_tail();
  Result<void> write_whole_snapshot();
  Result<void> begin_anew();
  Result<void> change_segment_if_tight();
  Result<void> mark_epoch();
  Result<void> collect_store_state();
  Result<void> take_prepared(const SegmentHeader& header);
  [[nodiscard]] SegmentHeader new_segment() const;
  [[nodiscard]] SnapshotHeader snapshot_of_now(const SegmentHeader& goes_on_in) const;
  [[nodiscard]] FrameHeader mark_header() const;
  [[nodiscard]] std::string keep_state_as() const;

  [[nodiscard]] Error fail(std::string file, std::uint64_t offset, std::string reason);
  // A disk that does not answer is not proof of damage, unreadable bytes are.
  [[nodiscard]] Error fail_reading(const std::string& file, Error error);
  [[nodiscard]] std::string salvage_help() const;

  Disk& disk;
  Folding& folding;
  const Clock& clock;
  RecoverySettings settings;
  Phase phase = Phase::survey;
  RecoveryReport report;
  std::optional<StoreDamage> damage;
  std::uint64_t done_bytes = 0, total_bytes = 0;

  // The survey.
  std::vector<std::string> names;
  std::map<std::uint64_t, SegmentHeader> segments;  // by number; those whose header checks out
  std::vector<std::string> unreadable_segments;
  std::optional<Snapshot> chosen;
  std::string chosen_file;
  bool complete_the_rename = false;  // chosen is the journal
  bool state_is_good = false;
  std::uint64_t state_seq = 0;       // of the good state.json
  bool journal_is_aside = false;     // a journal that does not count lies there
  bool state_is_aside = false;       // state.json does not check out and is to be replaced

  std::size_t archives_done = 0;
  std::unique_ptr<ArchiveCheck> archive_check;

  // The walk.
  LogCursor cursor;
  std::uint64_t highest_epoch = 0;
  SegmentHeader segment;
  std::unique_ptr<DiskFile> segment_file_handle;
  std::unique_ptr<std::byte[]> segment_buffer;
  std::span<std::byte> segment_bytes;  // of the segment being walked, in segment_buffer
  std::size_t segment_loaded = 0;
  std::optional<std::uint64_t> joins;
  std::unique_ptr<LogWalk> walk;
  std::optional<NextMark> next;
  bool last_was_clean_stop = false;
  bool snapshot_checked = false;
  std::vector<SegmentHeader> chain;
  std::uint64_t end_offset = kSegmentHeaderBytes;
  std::uint64_t torn_end = 0;

  std::vector<std::function<Result<void>()>> repairs;
  std::size_t repairs_done = 0;
  StoreState store;
};

}  // namespace s1mple
