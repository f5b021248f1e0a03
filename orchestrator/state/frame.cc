#include "orchestrator/state/frame.h"

#include "common/base/crc32c.h"
#include "common/base/ensure.h"
#include "orchestrator/state/little_endian.h"

namespace s1mple {
namespace {

constexpr std::uint32_t kFrameMagic = 0x314d5246;  // "FRM1"
constexpr std::size_t kCrcAt = 0, kLengthAt = 4, kEpochAt = 8, kSequenceAt = 16, kDurableAt = 24, kForcedAt = 32,
                      kCountAt = 36, kMagicAt = 40, kTypeAt = 44, kFlagsAt = 45, kZerosAt = 46;
static_assert(kZerosAt + 2 == kFrameHeaderBytes, "changes the file format");
static_assert(kFrameHeaderBytes % kFrameAlign == 0);

std::uint32_t frame_crc(std::span<const std::byte> frame, std::uint64_t segment) {
  std::array<std::byte, 8> salt;
  put_u64(salt.data(), segment);
  return crc32c(frame.subspan(kLengthAt), crc32c(salt));
}

FrameHeader header_at(const std::byte* at) {
  FrameHeader header;
  header.length = get_u32(at + kLengthAt);
  header.epoch = get_u64(at + kEpochAt);
  header.sequence = get_u64(at + kSequenceAt);
  header.durable_upto = get_u64(at + kDurableAt);
  header.forced_bytes = get_u32(at + kForcedAt);
  header.count = get_u32(at + kCountAt);
  header.type = std::to_integer<std::uint8_t>(at[kTypeAt]);
  header.flags = std::to_integer<std::uint8_t>(at[kFlagsAt]);
  return header;
}

// Room for a mark's frame at the end of `out`; its payload is zeroed.
std::span<std::byte> grow(std::vector<std::byte>& out, std::size_t frame_bytes) {
  out.resize(out.size() + frame_bytes);
  return std::span(out).last(frame_bytes);
}

void seal_mark(std::span<std::byte> frame, std::uint64_t segment, FrameHeader header, FrameType type) {
  header.type = static_cast<std::uint8_t>(type);
  header.length = static_cast<std::uint32_t>(frame.size() - kFrameHeaderBytes);
  header.count = 0;
  seal_frame(frame, segment, header);
}

bool is_mark(const Frame& frame, FrameType type, std::size_t frame_bytes) {
  return frame.header.type == static_cast<std::uint8_t>(type) && frame.bytes == frame_bytes &&
         frame.header.count == 0;
}

}  // namespace

void seal_frame(std::span<std::byte> frame, std::uint64_t segment, const FrameHeader& header) {
  ENSURE(frame.size() == kFrameHeaderBytes + padded_bytes(header.length), "frame size and length disagree");
  std::byte* at = frame.data();
  put_u32(at + kLengthAt, header.length);
  put_u64(at + kEpochAt, header.epoch);
  put_u64(at + kSequenceAt, header.sequence);
  put_u64(at + kDurableAt, header.durable_upto);
  put_u32(at + kForcedAt, header.forced_bytes);
  put_u32(at + kCountAt, header.count);
  put_u32(at + kMagicAt, kFrameMagic);
  at[kTypeAt] = std::byte{header.type};
  at[kFlagsAt] = std::byte{header.flags};
  at[kZerosAt] = at[kZerosAt + 1] = std::byte{0};
  put_u32(at + kCrcAt, frame_crc(frame, segment));
}

void append_mark(std::vector<std::byte>& out, std::uint64_t segment, FrameHeader header, const BeginMark& mark) {
  const auto frame = grow(out, kBeginFrameBytes);
  put_u64(frame.data() + kFrameHeaderBytes, mark.previous_segment);
  put_u32(frame.data() + kFrameHeaderBytes + 8, mark.digest);
  seal_mark(frame, segment, header, FrameType::begin);
}

void append_mark(std::vector<std::byte>& out, std::uint64_t segment, FrameHeader header, const EpochMark& mark) {
  const auto frame = grow(out, kEpochFrameBytes);
  put_u64(frame.data() + kFrameHeaderBytes, mark.previous_epoch);
  put_u32(frame.data() + kFrameHeaderBytes + 8, mark.digest);
  seal_mark(frame, segment, header, FrameType::epoch);
}

void append_mark(std::vector<std::byte>& out, std::uint64_t segment, FrameHeader header, const NextMark& mark) {
  const auto frame = grow(out, kNextFrameBytes);
  put_u64(frame.data() + kFrameHeaderBytes, mark.segment);
  put_u64(frame.data() + kFrameHeaderBytes + 8, mark.name);
  put_u32(frame.data() + kFrameHeaderBytes + 16, mark.digest);
  seal_mark(frame, segment, header, FrameType::next);
}

void append_mark(std::vector<std::byte>& out, std::uint64_t segment, FrameHeader header, const CleanStopMark& mark) {
  const auto frame = grow(out, kCleanStopFrameBytes);
  put_u32(frame.data() + kFrameHeaderBytes, mark.digest);
  seal_mark(frame, segment, header, FrameType::clean_stop);
}

std::optional<std::size_t> claimed_end(std::span<const std::byte> segment_bytes, std::size_t offset) {
  if (offset > segment_bytes.size() || segment_bytes.size() - offset < kFrameHeaderBytes) return std::nullopt;
  const std::byte* at = segment_bytes.data() + offset;
  if (get_u32(at + kMagicAt) != kFrameMagic) return std::nullopt;
  const std::size_t bytes = kFrameHeaderBytes + padded_bytes(get_u32(at + kLengthAt));
  if (bytes > segment_bytes.size() - offset) return std::nullopt;
  return offset + bytes;
}

// Rule 6: no field is believed before the checksum over all of them was right.
std::optional<Frame> read_frame(std::span<const std::byte> segment_bytes, std::size_t offset,
                                std::uint64_t segment) {
  const auto end = claimed_end(segment_bytes, offset);
  if (!end) return std::nullopt;
  const auto whole = segment_bytes.subspan(offset, *end - offset);
  if (get_u32(whole.data() + kCrcAt) != frame_crc(whole, segment)) return std::nullopt;
  Frame frame;
  frame.header = header_at(whole.data());
  frame.payload = whole.subspan(kFrameHeaderBytes, frame.header.length);
  frame.bytes = whole.size();
  return frame;
}

std::size_t frame_length(std::span<const std::byte> frame) { return get_u32(frame.data() + kLengthAt); }

std::optional<BeginMark> begin_mark(const Frame& frame) {
  if (!is_mark(frame, FrameType::begin, kBeginFrameBytes)) return std::nullopt;
  return BeginMark{get_u64(frame.payload.data()), get_u32(frame.payload.data() + 8)};
}

std::optional<EpochMark> epoch_mark(const Frame& frame) {
  if (!is_mark(frame, FrameType::epoch, kEpochFrameBytes)) return std::nullopt;
  return EpochMark{get_u64(frame.payload.data()), get_u32(frame.payload.data() + 8)};
}

std::optional<NextMark> next_mark(const Frame& frame) {
  if (!is_mark(frame, FrameType::next, kNextFrameBytes)) return std::nullopt;
  return NextMark{get_u64(frame.payload.data()), get_u64(frame.payload.data() + 8),
                  get_u32(frame.payload.data() + 16)};
}

std::optional<CleanStopMark> clean_stop_mark(const Frame& frame) {
  if (!is_mark(frame, FrameType::clean_stop, kCleanStopFrameBytes)) return std::nullopt;
  return CleanStopMark{get_u32(frame.payload.data())};
}

std::optional<std::vector<std::span<const std::byte>>> frame_records(const Frame& frame) {
  std::vector<std::span<const std::byte>> records;
  auto rest = frame.payload;
  if (frame.header.count > rest.size() / kRecordPrefixBytes) return std::nullopt;
  records.reserve(frame.header.count);
  while (!rest.empty()) {
    if (rest.size() < kRecordPrefixBytes) return std::nullopt;
    const std::size_t length = get_u32(rest.data());
    rest = rest.subspan(kRecordPrefixBytes);
    if (length > rest.size()) return std::nullopt;
    records.push_back(rest.first(length));
    rest = rest.subspan(length);
  }
  if (records.size() != frame.header.count || records.empty()) return std::nullopt;
  return records;
}

}  // namespace s1mple
