// LogWalk: reads one loaded segment frame by frame and judges where its log ends (FORMAT.md section 5; rules 6, 7, 8).
//
// A frame counts only where it continues what came before: number, epoch, digest. What follows the last such frame
// is the end, a torn tail, or damage; judge_tail() decides which, and never calls forced bytes torn.
// Ownership: borrows the segment's bytes and the cursor. Thread: any. Errors: unsupported (a frame of a type that
// must be understood). Damage is a verdict, not an Error, for the caller knows the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "common/base/result.h"
#include "orchestrator/state/frame.h"
#include "orchestrator/state/segment.h"

namespace s1mple {

// Where a reader stands in the chain of records.
struct LogCursor {
  std::uint64_t seq = 0;
  std::uint32_t digest = 0;
  std::uint64_t epoch = 0;  // the highest seen
};

struct TailVerdict {
  enum class Kind : std::uint8_t { end, torn, damaged };
  Kind kind = Kind::end;
  std::size_t torn_end = 0;  // of torn: behind the last byte that may belong to the lost group
  std::string reason;        // of damaged
};

class LogWalk {
 public:
  // `joins`: the segment before ended with `next`, so number, sequence and digest must continue it. Otherwise the
  // segment is the first of the chain and its begin mark sets the cursor.
  LogWalk(const SegmentHeader& segment, std::span<const std::byte> bytes, LogCursor& cursor,
          std::optional<std::uint64_t> joins);

  // The next good frame; nothing when there is none at this place. Records are for the caller to fold: it advances
  // cursor.seq and cursor.digest itself; of a mark both stay as they are.
  [[nodiscard]] Result<std::optional<Frame>> next();
  [[nodiscard]] std::size_t offset() const { return offset_; }  // behind the last good frame
  [[nodiscard]] bool begun() const { return offset_ > kSegmentHeaderBytes; }

  // After next() found nothing.
  [[nodiscard]] TailVerdict judge_tail() const;

 private:
  [[nodiscard]] bool continues(const Frame& frame) const;
  [[nodiscard]] bool digest_fits(const Frame& frame, FrameType type) const;
  void take_begin(const Frame& frame);

  const SegmentHeader& segment_;
  std::span<const std::byte> bytes_;
  LogCursor& cursor_;
  std::optional<std::uint64_t> joins_;
  std::size_t offset_ = kSegmentHeaderBytes;
};

// True when the first frame of the segment is there and checks out: somebody has written into it.
[[nodiscard]] bool has_begun(std::span<const std::byte> first_bytes, std::uint64_t segment);
// How many first bytes has_begun needs.
inline constexpr std::size_t kBeginProbeBytes = kSegmentHeaderBytes + kBeginFrameBytes;

}  // namespace s1mple
