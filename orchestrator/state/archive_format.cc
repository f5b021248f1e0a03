#include "orchestrator/state/archive_format.h"

#include <algorithm>
#include <cstring>

#include "common/base/crc32c.h"
#include "common/base/ensure.h"
#include "orchestrator/state/little_endian.h"

namespace s1mple {
namespace {

constexpr std::string_view kArchiveMagic = "S1MPLARC";
constexpr std::size_t kArchiveReaderAt = 12, kArchiveCrcAt = kSegmentHeaderBytes - 4;
constexpr std::size_t kDirectoryHead = 24, kRunBytes = 16;
static_assert(kFrameHeaderBytes + kDirectoryHead + kMaxRuns * kRunBytes <= kArchivePageBytes);

std::span<std::byte> payload_of(std::vector<std::byte>& page) { return std::span(page).subspan(kFrameHeaderBytes); }

std::vector<std::byte> seal_page(std::vector<std::byte> page, ArchiveFrame type, std::uint64_t number,
                                 FrameHeader header) {
  header.type = static_cast<std::uint8_t>(type);
  header.length = static_cast<std::uint32_t>(page.size() - kFrameHeaderBytes);
  seal_frame(page, number, header);
  return page;
}

std::optional<Frame> read_page(std::span<const std::byte> page, std::uint64_t number, ArchiveFrame type) {
  const auto frame = read_frame(page, 0, number);
  if (!frame || frame->bytes != kArchivePageBytes || frame->header.type != static_cast<std::uint8_t>(type))
    return std::nullopt;
  return frame;
}

}  // namespace

ArchiveSlot ArchiveSlot::of(std::string_view key, std::uint64_t frame_offset, std::size_t index) {
  return {archive_hash(key), frame_offset / kFrameAlign | std::uint64_t{index} << 48};
}

std::uint64_t archive_hash(std::string_view key) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : key) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
  hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53;
  return hash ^ hash >> 33;
}

// All that differs from a segment's header is the magic, so only that and the checksum are put in anew.
std::string encode_archive_header(const SegmentHeader& header) {
  SegmentHeader plain;
  plain.number = header.number;
  plain.epoch = header.epoch;
  plain.state_format = header.state_format;
  plain.kind = header.kind;
  std::string text = encode_segment_header(plain);
  std::copy(kArchiveMagic.begin(), kArchiveMagic.end(), text.begin());
  put_u32(reinterpret_cast<std::byte*>(text.data()) + kArchiveCrcAt, crc32c(bytes_of(text).first(kArchiveCrcAt)));
  return text;
}

Result<SegmentHeader> decode_archive_header(std::span<const std::byte> bytes) {
  if (bytes.size() < kSegmentHeaderBytes) return Error{Errc::damaged, "shorter than its header"};
  if (std::memcmp(bytes.data(), kArchiveMagic.data(), kArchiveMagic.size()) != 0)
    return Error{Errc::damaged, "no archive header"};
  if (get_u32(bytes.data() + kArchiveReaderAt) > kStoreFormat)
    return Error{Errc::unsupported, "written by a newer version of the format"};
  if (get_u32(bytes.data() + kArchiveCrcAt) != crc32c(bytes.first(kArchiveCrcAt)))
    return Error{Errc::damaged, "header checksum is wrong"};
  return decode_header_fields(bytes);
}

void append_entry(std::vector<std::byte>& out, const ArchiveEntry& entry) {
  std::size_t length = 1 + entry.row.size();
  for (const std::string& key : entry.keys) length += 2 + key.size();
  std::size_t at = out.size();
  out.resize(at + kRecordPrefixBytes + length);
  put_u32(out.data() + at, static_cast<std::uint32_t>(length));
  at += kRecordPrefixBytes;
  const auto put = [&](std::string_view text) {
    std::memcpy(out.data() + at, text.data(), text.size());
    at += text.size();
  };
  out[at++] = static_cast<std::byte>(entry.keys.size());
  for (const std::string& key : entry.keys) {
    ENSURE(key.size() <= 0xffff, "an id is longer than an archive's key may be");
    out[at++] = static_cast<std::byte>(key.size());
    out[at++] = static_cast<std::byte>(key.size() >> 8);
    put(key);
  }
  put(entry.row);
}

std::optional<ArchiveEntry> decode_entry(std::span<const std::byte> bytes) {
  const auto text_of = [](std::span<const std::byte> part) {
    return std::string(reinterpret_cast<const char*>(part.data()), part.size());
  };
  if (bytes.empty()) return std::nullopt;
  ArchiveEntry entry;
  const auto keys = std::to_integer<std::size_t>(bytes[0]);
  bytes = bytes.subspan(1);
  for (std::size_t i = 0; i < keys; ++i) {
    if (bytes.size() < 2) return std::nullopt;
    const auto size = std::to_integer<std::size_t>(bytes[0]) | std::to_integer<std::size_t>(bytes[1]) << 8;
    if (size == 0 || bytes.size() - 2 < size) return std::nullopt;
    entry.keys.push_back(text_of(bytes.subspan(2, size)));
    bytes = bytes.subspan(2 + size);
  }
  if (keys == 0) return std::nullopt;
  entry.row = text_of(bytes);
  return entry;
}

std::vector<std::byte> encode_index_page(std::span<const ArchiveSlot> slots, std::uint64_t number,
                                         const FrameHeader& header) {
  ENSURE(slots.size() <= kSlotsPerPage, "too many slots for a page");
  std::vector<std::byte> page(kArchivePageBytes);
  std::byte* at = payload_of(page).data();
  for (const ArchiveSlot& slot : slots) {
    put_u64(at, slot.hash);
    put_u64(at + 8, slot.place);
    at += kSlotBytes;
  }
  FrameHeader with_count = header;
  with_count.count = static_cast<std::uint32_t>(slots.size());
  return seal_page(std::move(page), ArchiveFrame::index, number, with_count);
}

std::optional<std::vector<ArchiveSlot>> decode_index_page(std::span<const std::byte> page, std::uint64_t number) {
  const auto frame = read_page(page, number, ArchiveFrame::index);
  if (!frame || frame->header.count == 0 || frame->header.count > kSlotsPerPage) return std::nullopt;
  std::vector<ArchiveSlot> slots(frame->header.count);
  const std::byte* at = frame->payload.data();
  for (ArchiveSlot& slot : slots) {
    slot = {get_u64(at), get_u64(at + 8)};
    at += kSlotBytes;
  }
  return slots;
}

std::vector<std::byte> encode_directory(const ArchiveDirectory& directory, std::uint64_t number,
                                        const FrameHeader& header) {
  ENSURE(directory.runs.size() <= kMaxRuns, "more runs than a directory can name");
  std::vector<std::byte> page(kArchivePageBytes);
  std::byte* at = payload_of(page).data();
  put_u64(at, directory.orders);
  put_u64(at + 8, directory.fills);
  put_u32(at + 16, static_cast<std::uint32_t>(directory.runs.size()));
  at += kDirectoryHead;
  for (const ArchiveRun& run : directory.runs) {
    put_u64(at, run.offset);
    put_u64(at + 8, run.slots);
    at += kRunBytes;
  }
  return seal_page(std::move(page), ArchiveFrame::directory, number, header);
}

std::optional<ArchiveDirectory> decode_directory(std::span<const std::byte> page, std::uint64_t number) {
  const auto frame = read_page(page, number, ArchiveFrame::directory);
  if (!frame) return std::nullopt;
  const std::byte* at = frame->payload.data();
  ArchiveDirectory directory{get_u64(at), get_u64(at + 8), {}};
  const std::uint32_t runs = get_u32(at + 16);
  if (runs > kMaxRuns) return std::nullopt;
  at += kDirectoryHead;
  for (std::uint32_t i = 0; i < runs; ++i, at += kRunBytes) directory.runs.push_back({get_u64(at), get_u64(at + 8)});
  return directory;
}

}  // namespace s1mple
