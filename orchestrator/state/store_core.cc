#include "orchestrator/state/store_core.h"

#include <algorithm>
#include <utility>

namespace s1mple {

StateStore::Core::Core(Parts parts_in, StoreOptions options_in, StoreState state)
    : parts(parts_in),
      options(options_in),
      epoch(state.epoch),
      seq(state.seq),
      durable_seq(state.seq),
      digest(state.digest),
      tail(std::move(state.tail)),
      snapshot(std::move(state.snapshot)),
      older_snapshot(std::move(state.older_snapshot)),
      snapshots(
          parts.disk, [this](auto job, auto done) { run_on_helper(std::move(job), std::move(done)); },
          [this](auto written) { on_snapshot(std::move(written)); }),
      older_segments(std::move(state.older_segments)),
      prepared(std::move(state.prepared)),
      next_segment_number(state.next_segment_number),
      last_segment_name(prepared ? prepared->header.name : tail.segment.name) {
  snapshot_wanted = tail.segment.number != snapshot.segment;
}

std::unique_ptr<GroupBuffer> StateStore::Core::take_buffer() {
  auto buffer = free_buffer ? std::move(free_buffer) : std::make_unique<GroupBuffer>();
  buffer->reset(seq, digest, parts.clock.now());
  return buffer;
}

std::uint64_t StateStore::Core::submit(std::span<const std::byte> payload) {
  ENSURE(payload.size() + kGroupOverhead <= group_limit(), "record over the limit of a group");
  ENSURE(!close_done, "a record after close()");
  if (failure) return ++seq;
  if (groups.empty() || groups.back()->frame_bytes_with(payload.size()) > group_limit())
    groups.push_back(take_buffer());
  groups.back()->append(payload);
  digest = groups.back()->digest();
  queued_bytes += payload.size();
  return ++seq;
}

void StateStore::Core::flush() {
  if (queued_bytes > kMaxQueuedBytes) fail({Errc::timeout, "the disk does not keep up: the queue is full"});
  start_write();
  begin_snapshot_if_wanted();
}

std::uint64_t StateStore::Core::close_at() const {
  const std::uint64_t reserve = 2 * group_limit();
  const std::uint64_t limit = tail.segment.bytes > reserve ? tail.segment.bytes - reserve : 0;
  return std::min(options.close_segment_at, limit);
}

std::uint64_t StateStore::Core::prepare_at() const {
  const std::uint64_t end = std::max<std::uint64_t>(close_at(), kSegmentHeaderBytes);
  return kSegmentHeaderBytes + (end - kSegmentHeaderBytes) / 2;
}

// Whether the front group may go now, and whether it is the segment's last one.
bool StateStore::Core::may_write(const GroupBuffer& group, bool& leave) {
  const std::uint64_t begin = tail.begun ? 0 : kBeginFrameBytes;
  const std::uint64_t after = tail.offset + begin + group.frame_bytes();
  const bool fits = after + kMarkReserve <= tail.segment.bytes;
  const bool must_leave = after + group_limit() + kMarkReserve > tail.segment.bytes;
  if (after >= prepare_at()) want_segment();
  leave = (must_leave || after >= close_at()) && prepared.has_value();
  if (!fits && prepared) leave_segment();
  return fits && (leave || !must_leave);
}

void StateStore::Core::start_write() {
  if (failure || in_flight || groups.empty()) return;
  bool leave = false;
  if (!may_write(*groups.front(), leave)) return;  // on_segment() or on_written() tries again
  auto group = std::move(groups.front());
  groups.pop_front();
  hand_over(std::move(group), leave, false);
}

// A group that does not fit at all: the segment ends with nothing but its mark.
void StateStore::Core::leave_segment() {
  auto marks = std::make_unique<GroupBuffer>();
  const GroupBuffer& front = *groups.front();
  marks->reset(durable_seq, front.digest_before(), front.since());
  hand_over(std::move(marks), true, false);
}

void StateStore::Core::hand_over(std::unique_ptr<GroupBuffer> group, bool leave, bool clean_stop) {
  SealOrder order;
  order.segment = tail.segment.number;
  order.epoch = epoch;
  order.durable_upto = durable_seq;
  order.offset = tail.offset;
  order.clean_stop = clean_stop;
  if (!tail.begun) order.begin = BeginMark{tail.previous_segment, group->digest_before()};
  if (leave) order.next = NextMark{prepared->header.number, prepared->header.name, 0};
  in_flight = std::move(group);
  write.file = tail.file;
  write.offset = tail.offset;
  write.leaves = leave;
  write.sealed = in_flight->seal(order);
  ENSURE(write.offset + write.sealed.bytes.size() <= tail.segment.bytes, "a group beyond the end of its segment");
  // One write and one sync for the whole group, results checked, never repeated (rules 1, 7, 9, 17).
  auto self = shared_from_this();
  auto job = [self] {
    self->write.outcome = self->write.file->write_at(self->write.offset, self->write.sealed.bytes);
    if (self->write.outcome.ok()) self->write.outcome = self->write.file->sync();
  };
  parts.writer.run(std::move(job), [self] {
    if (!self->detached) self->on_written();
  });
}

void StateStore::Core::on_written() {
  const auto self = shared_from_this();  // the listener may destroy the store
  auto group = std::move(in_flight);
  if (failure) return;
  if (!write.outcome.ok()) return fail(std::move(write.outcome).error().during("commit to " + tail.segment.file()));
  tail.offset += write.sealed.log_bytes;
  tail.begun = true;
  if (write.leaves) {
    older_segments.push_back(tail.segment);
    tail = LogTail{prepared->header, prepared->file, kSegmentHeaderBytes, false, tail.segment.number};
    prepared.reset();
    snapshot_wanted = true;
  }
  const bool acknowledges = !group->empty();
  if (acknowledges) {
    durable_seq = group->last_seq();
    stats.add(parts.clock.now() - group->since());
    queued_bytes -= group->record_bytes();
  }
  free_buffer = std::move(group);
  start_write();
  snapshots.on_durable(durable_seq);
  begin_snapshot_if_wanted();
  if (acknowledges) parts.listener.on_durable(durable_seq);
  if (!detached) advance_close();
}

void StateStore::Core::fail(Error error) {
  if (failure) return;
  failure = error;
  const auto self = shared_from_this();
  parts.listener.on_store_failed(error);
  if (!detached && close_done) answer_close(std::move(error));
}

}  // namespace s1mple
