// What runs beside the commit path: the next segment, snapshots, the watch on space, and the stop.
#include <algorithm>
#include <utility>

#include "orchestrator/state/store_core.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {

void StateStore::Core::run_on_helper(std::function<void()> job, std::function<void()> done) {
  ++helper_jobs;
  parts.helper.run(std::move(job), [self = shared_from_this(), done = std::move(done)] {
    --self->helper_jobs;
    if (self->detached || self->failure) return;
    done();
    if (!self->detached) self->advance_close();
  });
}

// Rule 19: the log since the snapshot that counts. A snapshot under way cannot count, and so not shorten the log, before
// every record that it holds is in the log: what was queued when it began goes beyond the cap.
bool StateStore::Core::over_hard_cap() const {
  if (snapshots.holds_upto() > durable_seq) return false;
  std::uint64_t bytes = tail.segment.bytes;
  for (const SegmentHeader& segment : older_segments)
    if (segment.number >= snapshot.segment) bytes += segment.bytes;
  return bytes + options.segment_bytes() > std::max(options.log_hard_cap, 2 * options.segment_bytes());
}

std::string StateStore::Core::take_recyclable() {
  const auto fits = [this](const SegmentHeader& segment) { return segment.bytes == options.segment_bytes(); };
  const auto found = std::find_if(obsolete.begin(), obsolete.end(), fits);
  if (found == obsolete.end()) return {};
  std::string file = found->file();
  obsolete.erase(found);
  return file;
}

// Rules 8 and 16: the next segment is whole, forced and named long before it is needed.
void StateStore::Core::want_segment() {
  if (prepared || preparing || segment_refused || failure || over_hard_cap()) return;
  if (close_done && groups.empty()) return;
  preparing = true;
  SegmentHeader header;
  header.number = next_segment_number++;
  header.name = last_segment_name = std::max(seq, last_segment_name + 1);
  header.bytes = options.segment_bytes();
  header.epoch = epoch;
  header.kind = parts.folding.kind();
  header.state_format = parts.folding.format();
  auto made = std::make_shared<std::optional<Result<LaidOutSegment>>>();
  auto job = [made, header, disk = &parts.disk, recycle = take_recyclable()] {
    made->emplace(lay_out_segment(*disk, header, recycle));
  };
  run_on_helper(std::move(job), [this, made] { on_segment(std::move(**made)); });
}

void StateStore::Core::on_segment(Result<LaidOutSegment> made) {
  preparing = false;
  if (made.ok()) {
    prepared = std::move(made).value();
    return start_write();
  }
  if (made.error().code != Errc::no_space) return fail(std::move(made).error().during("lay out the next segment"));
  segment_refused = true;
  judge_space(std::nullopt);
}

void StateStore::Core::begin_snapshot_if_wanted() {
  if (!snapshot_wanted || evicting || snapshots.active() || failure || snapshot_refused) return;
  evict_then_begin_snapshot();
}

// What is old leaves in parts, one in each pass of the loop: the job on the helper does nothing but let others in.
void StateStore::Core::evict_then_begin_snapshot() {
  Eviction evicted = parts.folding.evict();
  if (evicted.batch && evicted.batch->size() != 0) {
    for (std::size_t i = 0; i < evicted.batch->size(); ++i)
      for (std::string& key : evicted.batch->keys(i)) leaving_keys.emplace(std::move(key), std::pair(leaving.size(), i));
    leaving.push_back(std::move(evicted.batch));
  }
  evicting = evicted.more;
  if (!evicting) return begin_snapshot();
  run_on_helper([] {}, [this] { evict_then_begin_snapshot(); });
}

void StateStore::Core::begin_snapshot() {
  snapshot_wanted = false;
  const bool changes_segment = in_flight && write.leaves;
  const SegmentHeader& goes_on_in = changes_segment ? prepared->header : tail.segment;
  SnapshotHeader header;
  header.kind = parts.folding.kind();
  header.state_format = parts.folding.format();
  header.epoch = epoch;
  header.seq = seq;
  header.digest = digest;
  header.segment = goes_on_in.number;
  header.segment_name = goes_on_in.name;
  header.archives = snapshot.archives;
  snapshots.begin(std::move(header), parts.folding.snapshot_slices(), generation_file(snapshot.seq), durable_seq,
                  leaving);
  if (tail.offset >= prepare_at()) want_segment();  // the hard cap may have been in the way
}

void StateStore::Core::on_snapshot(Result<SnapshotHeader> written) {
  if (!written.ok()) {
    if (written.error().code != Errc::no_space) return fail(std::move(written).error());
    snapshot_refused = true;
    if (close_done) close_outcome = std::move(written).error();
    return judge_space(std::nullopt);
  }
  older_snapshot = std::exchange(snapshot, std::move(written).value());
  leaving.clear();
  leaving_keys.clear();
  archive.reset();
  retire_segments();
}

// What left the state is found at any moment: in the batches on their way, or in what the snapshot that counts names.
Result<std::optional<std::string>> StateStore::Core::archived(std::string_view key) {
  if (const auto found = leaving_keys.find(std::string(key)); found != leaving_keys.end())
    return std::optional(leaving[found->second.first]->entry(found->second.second).row);
  if (snapshot.archives.empty()) return std::optional<std::string>();
  if (!archive) {
    auto opened = ArchiveReader::open(parts.disk, snapshot.archives.back());
    if (!opened.ok()) return std::move(opened).error();
    archive = std::move(opened).value();
  }
  return archive->find(key);
}

// Rule 5: the log before both snapshots goes only now that the newer one was forced and read back.
void StateStore::Core::retire_segments() {
  const std::uint64_t needed_from = older_snapshot ? older_snapshot->segment : snapshot.segment;
  const auto still_needed = [needed_from](const SegmentHeader& segment) { return segment.number >= needed_from; };
  const auto gone = std::stable_partition(older_segments.begin(), older_segments.end(), still_needed);
  obsolete.insert(obsolete.end(), gone, older_segments.end());
  older_segments.erase(gone, older_segments.end());
  std::vector<std::string> surplus;
  while (obsolete.size() > kSparesKept) {
    surplus.push_back(obsolete.front().file());
    obsolete.erase(obsolete.begin());
  }
  if (!surplus.empty()) {
    auto outcome = std::make_shared<Result<void>>();
    auto job = [outcome, surplus, disk = &parts.disk] {
      for (const std::string& name : surplus)
        if (outcome->ok()) *outcome = disk->remove(name);
    };
    run_on_helper(std::move(job), [this, outcome] {
      if (!outcome->ok()) fail(std::move(*outcome).error().during("remove an old segment"));
    });
  }
  if (tail.offset >= prepare_at()) want_segment();  // the hard cap may have been in the way
}

void StateStore::Core::check_space() {
  if (failure || close_done) return;
  auto found = std::make_shared<std::optional<Result<std::uint64_t>>>();
  auto job = [found, disk = &parts.disk] { found->emplace(disk->free_bytes()); };
  run_on_helper(std::move(job), [this, found] {
    if ((*found)->ok()) judge_space((*found)->value());
  });
}

// `free_bytes` when it was just measured; otherwise something was just refused for lack of room.
void StateStore::Core::judge_space(std::optional<std::uint64_t> free_bytes) {
  const std::uint64_t free = free_bytes.value_or(0);
  Space judged = free < options.space_low ? Space::low : Space::ok;
  if (free < options.space_out) judged = Space::out;
  if (judged != Space::out && (segment_refused || snapshot_refused)) {
    segment_refused = false;
    snapshot_wanted = snapshot_wanted || std::exchange(snapshot_refused, false);
    begin_snapshot_if_wanted();
    if (tail.offset >= prepare_at()) want_segment();
  }
  if (judged == space) return;
  space = judged;
  parts.listener.on_space(space);
}

// Called after everything that a stop may wait for; each call does the next thing that is possible.
void StateStore::Core::advance_close() {
  if (!close_done || failure || in_flight) return;
  if (!groups.empty()) return start_write();
  if (helper_jobs > 0 || snapshots.active()) return;
  if (!final_snapshot_begun && snapshot.seq != seq) {
    final_snapshot_begun = snapshot_wanted = true;
    snapshot_refused = false;
    return begin_snapshot_if_wanted();
  }
  if (!close_outcome.ok()) return answer_close(close_outcome);
  if (std::exchange(clean_stop_written, true)) return answer_close({});
  hand_over(take_buffer(), false, true);
}

void StateStore::Core::answer_close(Result<void> outcome) {
  const auto done = std::exchange(close_done, nullptr);
  done(std::move(outcome));
}

}  // namespace s1mple
