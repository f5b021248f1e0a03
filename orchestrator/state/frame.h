// Frames: the unit in which the log is written and checked (FORMAT.md section 3; rules 6, 7, 8, 18).
//
// A group of records is one `records` frame; everything else in the log is a mark. The checksum starts from the
// segment's number, so that the bytes of a recycled segment's former life never check out.
// Units: bytes; offsets count from the start of the segment. Thread: any. Errors: what does not check out is
// simply no frame; the reader decides what that means.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace s1mple {

inline constexpr std::size_t kFrameHeaderBytes = 48;
inline constexpr std::size_t kFrameAlign = 8;
inline constexpr std::size_t kRecordPrefixBytes = 4;
// The zeros that every group ends with, so that the end of the log is certain even where old bytes lie behind it.
inline constexpr std::size_t kEndBytes = kFrameHeaderBytes;

// On disk: never renumber.
enum class FrameType : std::uint8_t { begin = 1, epoch = 2, records = 3, next = 4, clean_stop = 5 };
inline constexpr std::uint8_t kSkippableFlag = 1;

struct FrameHeader {
  std::uint32_t length = 0;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint64_t durable_upto = 0;
  std::uint32_t forced_bytes = 0;
  std::uint32_t count = 0;
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
};

struct Frame {
  FrameHeader header;
  std::span<const std::byte> payload;  // borrowed from the segment's bytes
  std::size_t bytes = 0;               // header, payload and padding
};

struct BeginMark {
  std::uint64_t previous_segment = 0;
  std::uint32_t digest = 0;
};
struct EpochMark {
  std::uint64_t previous_epoch = 0;
  std::uint32_t digest = 0;
};
struct NextMark {
  std::uint64_t segment = 0;
  std::uint64_t name = 0;
  std::uint32_t digest = 0;
};
struct CleanStopMark {
  std::uint32_t digest = 0;
};

[[nodiscard]] constexpr std::size_t padded_bytes(std::size_t size) {
  return (size + kFrameAlign - 1) / kFrameAlign * kFrameAlign;
}
inline constexpr std::size_t kBeginFrameBytes = kFrameHeaderBytes + 16;
inline constexpr std::size_t kEpochFrameBytes = kFrameHeaderBytes + 16;
inline constexpr std::size_t kNextFrameBytes = kFrameHeaderBytes + 24;
inline constexpr std::size_t kCleanStopFrameBytes = kFrameHeaderBytes + 8;

// Completes a frame in place: `frame` is header room, payload and zeroed padding; header.length tells them apart.
void seal_frame(std::span<std::byte> frame, std::uint64_t segment, const FrameHeader& header);
// A whole mark. header.type, length and count are set here.
void append_mark(std::vector<std::byte>& out, std::uint64_t segment, FrameHeader header, const BeginMark& mark);
void append_mark(std::vector<std::byte>& out, std::uint64_t segment, FrameHeader header, const EpochMark& mark);
void append_mark(std::vector<std::byte>& out, std::uint64_t segment, FrameHeader header, const NextMark& mark);
void append_mark(std::vector<std::byte>& out, std::uint64_t segment, FrameHeader header, const CleanStopMark& mark);

// The frame at `offset` of the segment's bytes, if its magic, length, zeros and checksum are right.
[[nodiscard]] std::optional<Frame> read_frame(std::span<const std::byte> segment_bytes, std::size_t offset,
                                              std::uint64_t segment);
// Where the frame at `offset` would end by its own header, checked or not; nothing when that is no header.
[[nodiscard]] std::optional<std::size_t> claimed_end(std::span<const std::byte> segment_bytes, std::size_t offset);

// The payload's length by the header in front, checked or not; `frame` holds kFrameHeaderBytes at least.
[[nodiscard]] std::size_t frame_length(std::span<const std::byte> frame);

[[nodiscard]] std::optional<BeginMark> begin_mark(const Frame& frame);
[[nodiscard]] std::optional<EpochMark> epoch_mark(const Frame& frame);
[[nodiscard]] std::optional<NextMark> next_mark(const Frame& frame);
[[nodiscard]] std::optional<CleanStopMark> clean_stop_mark(const Frame& frame);
// The records of a `records` frame; nothing when lengths and count do not add up.
[[nodiscard]] std::optional<std::vector<std::span<const std::byte>>> frame_records(const Frame& frame);

}  // namespace s1mple
