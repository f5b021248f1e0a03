#include "orchestrator/state/log_walk.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace s1mple {
namespace {

std::optional<FrameType> known_type(std::uint8_t type) {
  if (type < static_cast<std::uint8_t>(FrameType::begin) || type > static_cast<std::uint8_t>(FrameType::clean_stop))
    return std::nullopt;
  return static_cast<FrameType>(type);
}

bool all_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

// Behind the last byte that is not zero; `from` when all are.
std::size_t end_of_nonzero(std::span<const std::byte> bytes, std::size_t from) {
  static constexpr std::array<std::byte, 4096> kZeros{};
  std::size_t end = bytes.size();
  while (end - from >= kZeros.size() && std::memcmp(bytes.data() + end - kZeros.size(), kZeros.data(), kZeros.size()) == 0)
    end -= kZeros.size();
  while (end > from && bytes[end - 1] == std::byte{0}) --end;
  return end;
}

template <class Mark>
bool digest_is(const std::optional<Mark>& mark, std::uint32_t digest) {
  return mark && mark->digest == digest;
}

}  // namespace

LogWalk::LogWalk(const SegmentHeader& segment, std::span<const std::byte> bytes, LogCursor& cursor,
                 std::optional<std::uint64_t> joins)
    : segment_(segment), bytes_(bytes), cursor_(cursor), joins_(joins) {}

bool LogWalk::digest_fits(const Frame& frame, FrameType type) const {
  switch (type) {
    case FrameType::begin: return digest_is(begin_mark(frame), cursor_.digest);
    case FrameType::epoch: return digest_is(epoch_mark(frame), cursor_.digest);
    case FrameType::next: return digest_is(next_mark(frame), cursor_.digest);
    case FrameType::clean_stop: return digest_is(clean_stop_mark(frame), cursor_.digest);
    case FrameType::records: return frame_records(frame).has_value();
  }
  ENSURE(false, "frame type out of range");
}

// Rule 8: exactly the next number, no earlier epoch, and the digest of all that came before.
bool LogWalk::continues(const Frame& frame) const {
  const bool first = offset_ == kSegmentHeaderBytes;
  const auto type = known_type(frame.header.type);
  if (!type) return !first && frame.header.sequence == cursor_.seq && frame.header.epoch >= cursor_.epoch;
  if (first != (*type == FrameType::begin)) return false;
  if (first && !joins_) return begin_mark(frame).has_value();
  if (first && begin_mark(frame).value_or(BeginMark{}).previous_segment != *joins_) return false;
  const std::uint64_t expected = cursor_.seq + (*type == FrameType::records ? 1 : 0);
  return frame.header.sequence == expected && frame.header.epoch >= cursor_.epoch && digest_fits(frame, *type);
}

void LogWalk::take_begin(const Frame& frame) {
  if (joins_) return;
  cursor_.seq = frame.header.sequence;
  cursor_.digest = begin_mark(frame)->digest;
}

Result<std::optional<Frame>> LogWalk::next() {
  const auto frame = read_frame(bytes_, offset_, segment_.number);
  if (!frame || !continues(*frame)) return std::optional<Frame>();
  const auto type = known_type(frame->header.type);
  if (!type && (frame->header.flags & kSkippableFlag) == 0)  // rule 18
    return Error{Errc::unsupported, "frame at " + std::to_string(offset_) + " has the unknown type " +
                                        std::to_string(frame->header.type) + ": written by a newer version"};
  if (type == FrameType::begin) take_begin(*frame);
  cursor_.epoch = std::max(cursor_.epoch, frame->header.epoch);
  offset_ += frame->bytes;
  return frame;
}

// Rule 7. A group is forced before the next one is written, and each frame says what was forced before it; so a
// good frame behind the bad place proves whether the bad one had been acknowledged.
TailVerdict LogWalk::judge_tail() const {
  TailVerdict verdict;
  // Where no old bytes lie, what comes behind the last byte that is not zero need not be looked at.
  const std::size_t written_end = segment_.recycled ? bytes_.size() : end_of_nonzero(bytes_, offset_);
  std::size_t seen_end = offset_;
  for (std::size_t at = offset_; at < written_end && at + kFrameHeaderBytes <= bytes_.size(); at += kFrameAlign) {
    const auto end = claimed_end(bytes_, at);
    if (!end) continue;
    const auto frame = read_frame(bytes_, at, segment_.number);
    if (!frame) {
      if (at == offset_) seen_end = *end;
      continue;
    }
    if (frame->header.forced_bytes > offset_ || frame->header.durable_upto > cursor_.seq) {
      verdict.kind = TailVerdict::Kind::damaged;
      verdict.reason = "no good frame here, but the one at " + std::to_string(at) + " says that it had been forced (record " +
                       std::to_string(cursor_.seq + 1) + " is missing)";
      return verdict;
    }
    seen_end = std::max(seen_end, at + frame->bytes);
  }
  const std::size_t end_room = std::min(bytes_.size(), offset_ + kEndBytes);
  if (!segment_.recycled) seen_end = std::max(seen_end, written_end);
  if (!all_zero(bytes_.subspan(offset_, end_room - offset_))) seen_end = std::max(seen_end, end_room);
  if (seen_end == offset_) return verdict;
  verdict.kind = TailVerdict::Kind::torn;
  verdict.torn_end = seen_end;
  return verdict;
}

bool has_begun(std::span<const std::byte> first_bytes, std::uint64_t segment) {
  const auto frame = read_frame(first_bytes, kSegmentHeaderBytes, segment);
  return frame && begin_mark(*frame);
}

}  // namespace s1mple
