// Segments: files of a fixed size that hold the log (FORMAT.md section 2), and how a new one comes to be.
//
// A segment is laid out under spare.wal, forced whole, and only then gets its name, which is forced as well
// (rules 4, 5, 16): so whatever names a segment can rely on it. Units: bytes.
// Thread: any; laying out takes milliseconds and belongs to the helper. Errors: damaged (a header that does not
// check out), unsupported (a newer format), refused (another kind), io and no_space from the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "orchestrator/state/disk.h"

namespace s1mple {

inline constexpr std::size_t kSegmentHeaderBytes = 4096;
inline constexpr std::uint32_t kStoreFormat = 1;
inline constexpr std::uint64_t kMaxSegmentBytes = std::uint64_t{1} << 31;  // offsets in frames have 32 bits

struct SegmentHeader {
  std::uint64_t number = 0;
  std::uint64_t bytes = 0;
  std::uint64_t name = 0;
  std::uint64_t epoch = 0;
  bool recycled = false;
  std::uint32_t state_format = 1;
  std::string kind;

  [[nodiscard]] std::string file() const;
};

[[nodiscard]] std::string encode_segment_header(const SegmentHeader& header);
// `bytes` are the first kSegmentHeaderBytes of the file.
[[nodiscard]] Result<SegmentHeader> decode_segment_header(std::span<const std::byte> bytes);
// The fields alone, of a header whose magic and checksum were found right.
[[nodiscard]] SegmentHeader decode_header_fields(std::span<const std::byte> bytes);
// Reads and checks the header, and that size and name are what it says (rule 7: the size is fixed).
[[nodiscard]] Result<SegmentHeader> read_segment_header(DiskFile& file, std::string_view file_name);

struct LaidOutSegment {
  SegmentHeader header;
  std::shared_ptr<DiskFile> file;
};

// Makes the segment described by `header`, from the obsolete segment file `recycle` (of exactly header.bytes; its
// frames are left to lie behind the new end, rule 8) or, when that is empty, from zeros. A full disk (no_space) harms
// nothing: the log goes on in the segment it has, and what was begun is removed (rule 16). Any other failure ends
// the store (rule 9).
[[nodiscard]] Result<LaidOutSegment> lay_out_segment(Disk& disk, SegmentHeader header, const std::string& recycle);

}  // namespace s1mple
