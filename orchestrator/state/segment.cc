#include "orchestrator/state/segment.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "common/base/crc32c.h"
#include "orchestrator/state/frame.h"
#include "orchestrator/state/little_endian.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

constexpr std::string_view kMagic = "S1MPLWAL";
constexpr std::size_t kFormatAt = 8, kMinimumReaderAt = 12, kNumberAt = 16, kBytesAt = 24, kNameAt = 32, kHeadEpochAt = 40,
                      kHeadFlagsAt = 48, kStateFormatAt = 52, kKindAt = 56, kKindBytes = 32,
                      kHeadCrcAt = kSegmentHeaderBytes - 4;
constexpr std::uint32_t kRecycledFlag = 1;
constexpr std::size_t kZeroChunkBytes = std::size_t{1} << 20;

Error damaged_segment(std::string reason) { return {Errc::damaged, std::move(reason)}; }

Result<void> fill_with_zeros(DiskFile& file, std::uint64_t bytes) {
  const std::vector<std::byte> zeros(static_cast<std::size_t>(std::min<std::uint64_t>(bytes, kZeroChunkBytes)));
  for (std::uint64_t at = 0; at < bytes; at += zeros.size()) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(zeros.size(), bytes - at));
    if (auto written = file.write_at(at, std::span(zeros).first(size)); !written.ok()) return written;
  }
  return {};
}

// Rule 8: the file leaves its old name, durably, before a byte of it changes.
Result<std::unique_ptr<DiskFile>> take_recycled(Disk& disk, const std::string& recycle, std::uint64_t bytes) {
  if (auto renamed = disk.rename(recycle, kSpareFile); !renamed.ok()) return std::move(renamed).error();
  if (auto synced = disk.sync_directory(); !synced.ok()) return std::move(synced).error();
  auto file = disk.open(kSpareFile, OpenFor::writing);
  if (!file.ok()) return file;
  const auto size = (*file)->size();
  if (!size.ok()) return size.error();
  if (*size != bytes) return damaged_segment("a segment to be recycled changed its size");
  return file;
}

Result<std::unique_ptr<DiskFile>> make_zeroed(Disk& disk, std::uint64_t bytes) {
  auto file = disk.open(kSpareFile, OpenFor::creating);
  if (!file.ok()) return file;
  if (auto filled = fill_with_zeros(**file, bytes); !filled.ok()) return std::move(filled).error();
  return file;
}

Result<LaidOutSegment> try_to_lay_out(Disk& disk, SegmentHeader& header, const std::string& recycle) {
  auto file = recycle.empty() ? make_zeroed(disk, header.bytes) : take_recycled(disk, recycle, header.bytes);
  if (!file.ok()) return std::move(file).error();
  // The header and the end of an empty log in one write: old frames begin right behind it.
  std::string head = encode_segment_header(header);
  head.append(kEndBytes, '\0');
  if (auto done = (*file)->write_at(0, bytes_of(head)); !done.ok()) return std::move(done).error();
  if (auto done = (*file)->sync(); !done.ok()) return std::move(done).error();
  if (auto done = disk.rename(kSpareFile, header.file()); !done.ok()) return std::move(done).error();
  if (auto done = disk.sync_directory(); !done.ok()) return std::move(done).error();
  return LaidOutSegment{header, std::shared_ptr<DiskFile>(std::move(*file))};
}

}  // namespace

std::string SegmentHeader::file() const { return segment_file(name); }

std::string encode_segment_header(const SegmentHeader& header) {
  ENSURE(header.kind.size() <= kKindBytes, "kind of the store is too long");
  std::string text(kSegmentHeaderBytes, '\0');
  std::copy(kMagic.begin(), kMagic.end(), text.begin());
  std::byte* at = reinterpret_cast<std::byte*>(text.data());
  put_u32(at + kFormatAt, kStoreFormat);
  put_u32(at + kMinimumReaderAt, kStoreFormat);
  put_u64(at + kNumberAt, header.number);
  put_u64(at + kBytesAt, header.bytes);
  put_u64(at + kNameAt, header.name);
  put_u64(at + kHeadEpochAt, header.epoch);
  put_u32(at + kHeadFlagsAt, header.recycled ? kRecycledFlag : 0);
  put_u32(at + kStateFormatAt, header.state_format);
  std::copy(header.kind.begin(), header.kind.end(), text.begin() + kKindAt);
  put_u32(at + kHeadCrcAt, crc32c(bytes_of(text).first(kHeadCrcAt)));
  return text;
}

Result<SegmentHeader> decode_segment_header(std::span<const std::byte> bytes) {
  if (bytes.size() < kSegmentHeaderBytes) return damaged_segment("shorter than its header");
  const std::byte* at = bytes.data();
  if (std::memcmp(at, kMagic.data(), kMagic.size()) != 0) return damaged_segment("no segment header");
  // Rule 18: the version comes before the checksum, which a newer format may place elsewhere.
  if (get_u32(at + kMinimumReaderAt) > kStoreFormat)
    return Error{Errc::unsupported, "written by a newer version (reader " + std::to_string(get_u32(at + kMinimumReaderAt)) +
                                        " needed, this is " + std::to_string(kStoreFormat) + ")"};
  if (get_u32(at + kHeadCrcAt) != crc32c(bytes.first(kHeadCrcAt))) return damaged_segment("header checksum is wrong");
  return decode_header_fields(bytes);
}

SegmentHeader decode_header_fields(std::span<const std::byte> bytes) {
  const std::byte* at = bytes.data();
  SegmentHeader header;
  header.number = get_u64(at + kNumberAt);
  header.bytes = get_u64(at + kBytesAt);
  header.name = get_u64(at + kNameAt);
  header.epoch = get_u64(at + kHeadEpochAt);
  header.recycled = (get_u32(at + kHeadFlagsAt) & kRecycledFlag) != 0;
  header.state_format = get_u32(at + kStateFormatAt);
  const char* kind = reinterpret_cast<const char*>(at + kKindAt);
  header.kind.assign(kind, ::strnlen(kind, kKindBytes));
  return header;
}

Result<SegmentHeader> read_segment_header(DiskFile& file, std::string_view file_name) {
  std::array<std::byte, kSegmentHeaderBytes> bytes;
  const auto got = file.read_at(0, bytes);
  if (!got.ok()) return got.error();
  auto header = decode_segment_header(std::span(bytes).first(*got));
  if (!header.ok()) return header;
  const auto size = file.size();
  if (!size.ok()) return size.error();
  if (*size != header->bytes || *size > kMaxSegmentBytes)
    return damaged_segment("is " + std::to_string(*size) + " bytes long, laid out were " + std::to_string(header->bytes));
  if (header->file() != file_name) return damaged_segment("header belongs to " + header->file());
  return header;
}

Result<LaidOutSegment> lay_out_segment(Disk& disk, SegmentHeader header, const std::string& recycle) {
  header.recycled = !recycle.empty();
  auto made = try_to_lay_out(disk, header, recycle);
  if (made.ok() || made.error().code != Errc::no_space) return made;
  // Rule 16: give back what was taken. The failure that counts is the first one.
  Error full = std::move(made).error();
  if (auto removed = disk.remove(kSpareFile); !removed.ok() && removed.error().code != Errc::not_found)
    return std::move(removed).error();
  return full;
}

}  // namespace s1mple
