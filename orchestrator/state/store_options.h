// StoreOptions: the sizes of a store. The defaults are what runs; tests make them small.
//
// A directory may be opened with other sizes than it was written with: each segment states its own size.
// Units: bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace s1mple {

// What a frame and its records add to the payloads of a group.
inline constexpr std::uint64_t kGroupOverhead = 1024;
// The largest record of a store with the default sizes.
inline constexpr std::size_t kMaxRecordBytes = (std::size_t{1} << 20) - kGroupOverhead;

struct StoreOptions {
  // A segment that reached this is closed, and a snapshot starts with the next one.
  std::uint64_t close_segment_at = std::uint64_t{8} << 20;
  // A group never exceeds this. Segments are close_segment_at + 2 * max_group_bytes long, so that commits go on
  // for a while when the next segment is late.
  std::uint64_t max_group_bytes = std::uint64_t{1} << 20;
  // No further segment is laid out while the log since the last verified snapshot is this long,
  // but for the records that were queued when a snapshot began: it counts only with them in the log.
  std::uint64_t log_hard_cap = std::uint64_t{64} << 20;
  // Free bytes of the file system below which space is low, then out.
  std::uint64_t space_low = std::uint64_t{64} << 20;
  std::uint64_t space_out = std::uint64_t{24} << 20;

  [[nodiscard]] std::uint64_t segment_bytes() const { return close_segment_at + 2 * max_group_bytes; }
};

}  // namespace s1mple
