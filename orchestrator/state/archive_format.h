// The bytes of an archive file (FORMAT.md section 6): header, entries, index pages, directory.
//
// Pure encoding and decoding; archive_writer.h appends, archive_reader.h reads.
// Units: bytes; offsets count from the start of the file. Thread: any. Errors: damaged, unsupported; decoders of
// parts answer nothing for what does not check out, and the reader says where.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "orchestrator/state/archive_entry.h"
#include "orchestrator/state/frame.h"
#include "orchestrator/state/segment.h"

namespace s1mple {

inline constexpr std::size_t kMaxArchives = 16;
inline constexpr std::size_t kArchivePageBytes = 4096;
inline constexpr std::size_t kSlotBytes = 16;
inline constexpr std::size_t kSlotsPerPage = (kArchivePageBytes - kFrameHeaderBytes) / kSlotBytes;
static_assert(kSlotsPerPage * kSlotBytes + kFrameHeaderBytes == kArchivePageBytes, "changes the file format");
// An entries frame is closed when it is this long.
inline constexpr std::size_t kEntriesFrameBytes = 8192;
inline constexpr std::size_t kMaxEntriesOfFrame = 65'535;

// On disk: never renumber. Beside FrameType, whose numbers it does not use.
enum class ArchiveFrame : std::uint8_t { entries = 16, index = 17, directory = 18 };

// As a snapshot names an archive: the first `bytes` bytes of the file, and their checksum.
struct ArchiveRef {
  std::string file;
  std::uint64_t bytes = 0;
  std::uint32_t crc = 0;
  friend bool operator==(const ArchiveRef&, const ArchiveRef&) = default;
};

struct ArchiveSlot {
  std::uint64_t hash = 0;
  std::uint64_t place = 0;
  friend auto operator<=>(const ArchiveSlot&, const ArchiveSlot&) = default;

  static ArchiveSlot of(std::string_view key, std::uint64_t frame_offset, std::size_t index);
  [[nodiscard]] std::uint64_t frame_offset() const { return (place & ((std::uint64_t{1} << 48) - 1)) * kFrameAlign; }
  [[nodiscard]] std::size_t index() const { return static_cast<std::size_t>(place >> 48); }
};

// A sorted part of the index.
struct ArchiveRun {
  std::uint64_t offset = 0;
  std::uint64_t slots = 0;
  [[nodiscard]] std::uint64_t pages() const { return (slots + kSlotsPerPage - 1) / kSlotsPerPage; }
  friend bool operator==(const ArchiveRun&, const ArchiveRun&) = default;
};

struct ArchiveDirectory {
  std::uint64_t orders = 0, fills = 0;
  std::vector<ArchiveRun> runs;  // oldest, that is largest, first
};
inline constexpr std::size_t kMaxRuns = 64;

[[nodiscard]] std::uint64_t archive_hash(std::string_view key);

// The header of an archive: number, epoch, kind and state_format of `header` count; the rest is zero.
[[nodiscard]] std::string encode_archive_header(const SegmentHeader& header);
[[nodiscard]] Result<SegmentHeader> decode_archive_header(std::span<const std::byte> bytes);

void append_entry(std::vector<std::byte>& out, const ArchiveEntry& entry);  // with its length in front
[[nodiscard]] std::optional<ArchiveEntry> decode_entry(std::span<const std::byte> bytes);

// Pages of exactly kArchivePageBytes. `slots` are at most kSlotsPerPage.
[[nodiscard]] std::vector<std::byte> encode_index_page(std::span<const ArchiveSlot> slots, std::uint64_t number,
                                                       const FrameHeader& header);
[[nodiscard]] std::optional<std::vector<ArchiveSlot>> decode_index_page(std::span<const std::byte> page,
                                                                        std::uint64_t number);
[[nodiscard]] std::vector<std::byte> encode_directory(const ArchiveDirectory& directory, std::uint64_t number,
                                                      const FrameHeader& header);
[[nodiscard]] std::optional<ArchiveDirectory> decode_directory(std::span<const std::byte> page, std::uint64_t number);

}  // namespace s1mple
