#include "orchestrator/state/group_buffer.h"

#include <algorithm>
#include <cstring>

#include "orchestrator/state/little_endian.h"
#include "orchestrator/state/record_digest.h"

namespace s1mple {

void GroupBuffer::reset(std::uint64_t seq, std::uint32_t digest, Instant now) {
  bytes_.assign(kRecordsAt, std::byte{0});
  first_seq_ = seq + 1;
  last_seq_ = seq;
  digest_before_ = digest_ = digest;
  count_ = 0;
  record_bytes_ = 0;
  since_ = now;
}

void GroupBuffer::append(std::span<const std::byte> record) {
  const std::size_t at = bytes_.size();
  bytes_.resize(at + kRecordPrefixBytes + record.size());
  put_u32(bytes_.data() + at, static_cast<std::uint32_t>(record.size()));
  if (!record.empty()) std::memcpy(bytes_.data() + at + kRecordPrefixBytes, record.data(), record.size());
  digest_ = next_digest(digest_, record);
  ++last_seq_;
  record_bytes_ += record.size();
  ++count_;
}

std::size_t GroupBuffer::frame_bytes() const {
  return empty() ? 0 : kFrameHeaderBytes + padded_bytes(bytes_.size() - kRecordsAt);
}

std::size_t GroupBuffer::frame_bytes_with(std::size_t record_bytes) const {
  return kFrameHeaderBytes + padded_bytes(bytes_.size() - kRecordsAt + kRecordPrefixBytes + record_bytes);
}

GroupBuffer::Sealed GroupBuffer::seal(const SealOrder& order) {
  FrameHeader header;
  header.epoch = order.epoch;
  header.durable_upto = order.durable_upto;
  header.forced_bytes = static_cast<std::uint32_t>(order.offset);
  const std::size_t length = bytes_.size() - kRecordsAt;
  const std::size_t frame = frame_bytes();
  bytes_.resize(kFrameAt + frame);
  header.sequence = first_seq_ - 1;
  if (order.begin) {
    std::vector<std::byte> mark;
    append_mark(mark, order.segment, header, *order.begin);
    std::copy(mark.begin(), mark.end(), bytes_.begin());
  }
  if (!empty()) {
    FrameHeader records = header;
    records.sequence = first_seq_;
    records.length = static_cast<std::uint32_t>(length);
    records.count = count_;
    records.type = static_cast<std::uint8_t>(FrameType::records);
    seal_frame(std::span(bytes_).subspan(kFrameAt, frame), order.segment, records);
  }
  header.sequence = last_seq_;
  if (order.clean_stop) append_mark(bytes_, order.segment, header, CleanStopMark{digest_});
  if (order.next) append_mark(bytes_, order.segment, header, NextMark{order.next->segment, order.next->name, digest_});
  const std::size_t from = order.begin ? 0 : kFrameAt;
  const std::uint64_t log_bytes = bytes_.size() - from;
  bytes_.resize(bytes_.size() + kEndBytes);
  return {std::span<const std::byte>(bytes_).subspan(from), log_bytes};
}

}  // namespace s1mple
