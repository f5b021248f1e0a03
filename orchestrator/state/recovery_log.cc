// Every record after the snapshot, segment by segment (rules 6, 7, 8, 19).
#include <algorithm>
#include <utility>

#include "orchestrator/state/record_digest.h"
#include "orchestrator/state/recovery_work.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {

Result<void> StoreRecovery::Work::load_segment() {
  walk.reset();
  auto file = disk.open(segment.file(), OpenFor::reading);
  if (!file.ok()) return fail_reading(segment.file(), std::move(file).error());
  segment_file_handle = std::move(file).value();
  if (segment_bytes.size() < segment.bytes)  // kept from segment to segment; read over completely
    segment_buffer = std::make_unique_for_overwrite<std::byte[]>(static_cast<std::size_t>(segment.bytes));
  segment_bytes = std::span(segment_buffer.get(), static_cast<std::size_t>(segment.bytes));
  segment_loaded = 0;
  chain.push_back(segment);
  return {};
}

Result<bool> StoreRecovery::Work::load_slice() {
  const std::size_t size = std::min(kReadSliceBytes, segment_bytes.size() - segment_loaded);
  const auto into = segment_bytes.subspan(segment_loaded, size);
  const auto got = segment_file_handle->read_at(segment_loaded, into);
  if (!got.ok()) return fail_reading(segment.file(), got.error());
  if (*got != size) return fail(segment.file(), segment_loaded + *got, "ends early");
  segment_loaded += size;
  return segment_loaded == segment_bytes.size();
}

Result<void> StoreRecovery::Work::walk_slice() {
  if (!walk) {
    const auto loaded = load_slice();
    if (!loaded.ok()) return loaded.error();
    if (!*loaded) return {};
    segment_file_handle.reset();
    walk = std::make_unique<LogWalk>(segment, segment_bytes, cursor, joins);
    return {};
  }
  const Instant until = clock.now() + kWalkSliceTime;
  const std::size_t from = walk->offset();
  while (walk->offset() - from < kWalkSliceBytes && clock.now() < until) {
    auto frame = walk->next();
    if (!frame.ok()) return std::move(frame).error().during(segment.file());
    if (!*frame) {
      done_bytes += segment.bytes;
      return end_of_segment();
    }
    if (auto taken = take_frame(**frame); !taken.ok()) return taken;
  }
  return {};
}

Result<void> StoreRecovery::Work::take_frame(const Frame& frame) {
  highest_epoch = std::max(highest_epoch, frame.header.epoch);
  last_was_clean_stop = clean_stop_mark(frame).has_value();
  if (next) return fail(segment.file(), walk->offset() - frame.bytes, "a frame follows the mark that ends the segment");
  if (begin_mark(frame) && cursor.seq > chosen->header.seq && chain.size() == 1)
    return fail(segment.file(), kSegmentHeaderBytes, "begins after record " + std::to_string(cursor.seq) + ", but " +
                                                         chosen_file + " ends with " +
                                                         std::to_string(chosen->header.seq));
  if (const auto mark = next_mark(frame)) next = mark;
  if (frame.header.type == static_cast<std::uint8_t>(FrameType::records)) return take_records(frame);
  return check_against_snapshot();
}

Result<void> StoreRecovery::Work::take_records(const Frame& frame) {
  const auto records = frame_records(frame);
  for (const auto record : *records) {
    if (auto checked = check_against_snapshot(); !checked.ok()) return checked;
    cursor.digest = next_digest(cursor.digest, record);
    ++cursor.seq;
    if (cursor.seq <= chosen->header.seq) continue;
    if (auto applied = folding.apply(record); !applied.ok())
      return fail(segment.file(), walk->offset() - frame.bytes,
                  "record " + std::to_string(cursor.seq) + " is refused: " + applied.error().story);
  }
  return check_against_snapshot();
}

// Where the log passes the snapshot both must have seen the same records.
Result<void> StoreRecovery::Work::check_against_snapshot() {
  if (snapshot_checked || cursor.seq != chosen->header.seq) return {};
  snapshot_checked = true;
  if (cursor.digest == chosen->header.digest) return {};
  return fail(segment.file(), walk->offset(), "digest " + digest_text(cursor.digest) + " after record " +
                                                  std::to_string(cursor.seq) + ", but " + chosen_file + " says " +
                                                  digest_text(chosen->header.digest));
}

Result<void> StoreRecovery::Work::end_of_segment() {
  if (!next) return end_of_log();
  const std::string name = segment_file(next->name);
  const auto following = segments.find(next->segment);
  if (following == segments.end() || following->second.file() != name)
    return fail(name, 0, "is named by " + segment.file() + " as its continuation but is missing or does not check out");
  joins = segment.number;
  next.reset();
  segment = following->second;
  return load_segment();
}

Result<void> StoreRecovery::Work::end_of_log() {
  end_offset = walk->offset();
  const TailVerdict verdict = walk->judge_tail();
  if (verdict.kind == TailVerdict::Kind::damaged) return fail(segment.file(), end_offset, verdict.reason);
  const auto begun = any_segment_begun(segment.number);
  if (!begun.ok()) return begun.error();
  if (*begun) return fail(segment.file(), end_offset, "the log ends here, but a later segment holds frames");
  for (const std::string& name : unreadable_segments)
    if (name > segment.file()) return fail(name, 0, "does not check out, and may have continued the log");
  if (cursor.seq < chosen->header.seq)
    return fail(segment.file(), end_offset, "the log ends with record " + std::to_string(cursor.seq) + ", but " +
                                                chosen_file + " holds " + std::to_string(chosen->header.seq));
  if (verdict.kind == TailVerdict::Kind::torn) torn_end = verdict.torn_end;
  report.torn_bytes = torn_end == 0 ? 0 : torn_end - end_offset;
  report.clean_stop = last_was_clean_stop && torn_end == 0;
  report.seq = cursor.seq;
  report.records = cursor.seq - chosen->header.seq;
  report.digest = cursor.digest;
  report.found_epoch = report.epoch = std::max(highest_epoch, cursor.epoch);
  plan_repairs();
  return {};
}

}  // namespace s1mple
