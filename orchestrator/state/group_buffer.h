// GroupBuffer: one group of records on its way to the disk, encoded as it is submitted.
//
// Laid out so that nothing is copied again: room for a begin mark, the frame's header, the records; sealing fills
// in what is known only when the group is handed over and adds the marks that go with it and the log's end.
// Units: bytes. Ownership: its bytes, until the writer is done with them. Thread: loop; the writer reads bytes().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/base/time.h"
#include "orchestrator/state/frame.h"

namespace s1mple {

// What is known when a group is handed over.
struct SealOrder {
  std::uint64_t segment = 0;
  std::uint64_t epoch = 0;
  std::uint64_t durable_upto = 0;
  std::uint64_t offset = 0;         // in the segment
  std::optional<BeginMark> begin;   // the segment's first group
  std::optional<NextMark> next;     // the segment's last group; its digest is set here
  bool clean_stop = false;
};

class GroupBuffer {
 public:
  // A group that follows record `seq`, whose digest is `digest`.
  void reset(std::uint64_t seq, std::uint32_t digest, Instant now);
  void append(std::span<const std::byte> record);

  [[nodiscard]] std::uint64_t last_seq() const { return last_seq_; }
  [[nodiscard]] std::uint32_t digest() const { return digest_; }  // d(last_seq)
  [[nodiscard]] std::uint32_t digest_before() const { return digest_before_; }
  [[nodiscard]] std::uint64_t record_bytes() const { return record_bytes_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] Instant since() const { return since_; }
  // The records' frame as it stands, and with one more record.
  [[nodiscard]] std::size_t frame_bytes() const;
  [[nodiscard]] std::size_t frame_bytes_with(std::size_t record_bytes) const;

  // The bytes to write at order.offset. `log_bytes` of them are the log, the rest is its end.
  struct Sealed {
    std::span<const std::byte> bytes;
    std::uint64_t log_bytes = 0;
  };
  [[nodiscard]] Sealed seal(const SealOrder& order);

 private:
  static constexpr std::size_t kFrameAt = kBeginFrameBytes;
  static constexpr std::size_t kRecordsAt = kFrameAt + kFrameHeaderBytes;
  std::vector<std::byte> bytes_;
  std::uint64_t first_seq_ = 0, last_seq_ = 0, record_bytes_ = 0;
  std::uint32_t digest_before_ = 0, digest_ = 0;
  std::uint32_t count_ = 0;
  Instant since_;
};

}  // namespace s1mple
