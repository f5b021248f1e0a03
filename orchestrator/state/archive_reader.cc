#include "orchestrator/state/archive_reader.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "common/base/crc32c.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

// Where a hash should lie is guessed so many times before the search only halves.
constexpr int kGuesses = 4;
constexpr std::size_t kFirstReadBytes = kEntriesFrameBytes + 2048;

Error damaged_at(const std::string& file, std::uint64_t offset, std::string_view reason) {
  return {Errc::damaged, file + " at " + std::to_string(offset) + ": " + std::string(reason)};
}

Result<void> read_whole(DiskFile& file, std::uint64_t offset, std::span<std::byte> into) {
  const auto got = file.read_at(offset, into);
  if (!got.ok()) return got.error();
  return *got == into.size() ? Result<void>() : Result<void>(Error{Errc::damaged, "ends early"});
}

// Where in [low, high) of pages a hash should be, by even spread between the hashes at both ends.
std::uint64_t guess(std::uint64_t low, std::uint64_t high, std::uint64_t from, std::uint64_t to, std::uint64_t hash) {
  const int shift = std::max(0, 32 - std::countl_zero(to - from));
  const std::uint64_t whole = ((to - from) >> shift) + 1;
  const std::uint64_t part = (std::clamp(hash, from, to) - from) >> shift;
  return low + std::min(part * (high - low) / whole, high - low - 1);
}

}  // namespace

Result<ArchiveReader> ArchiveReader::open(Disk& disk, const ArchiveRef& ref, std::uint64_t* offset) {
  std::uint64_t nowhere = 0;
  std::uint64_t& at = offset == nullptr ? nowhere : *offset;
  at = 0;
  auto file = disk.open(ref.file, OpenFor::reading);
  if (!file.ok()) return std::move(file).error();
  const auto size = (*file)->size();
  if (!size.ok()) return size.error();
  const bool possible = ref.bytes % kArchivePageBytes == 0 && ref.bytes >= kSegmentHeaderBytes + kArchivePageBytes;
  at = std::min(*size, ref.bytes);
  if (*size < ref.bytes || !possible)
    return damaged_at(ref.file, at, "is " + std::to_string(*size) + " bytes long, the snapshot names " +
                                        std::to_string(ref.bytes));
  ArchiveReader reader;
  std::vector<std::byte> page(kArchivePageBytes);
  at = 0;
  if (auto read = read_whole(**file, 0, page); !read.ok()) return std::move(read).error();
  auto header = decode_archive_header(page);
  if (!header.ok()) return std::move(header).error().during(ref.file);
  if (archive_file(header->number) != ref.file) return damaged_at(ref.file, 0, "header belongs to another file");
  at = ref.bytes - kArchivePageBytes;
  if (auto read = read_whole(**file, at, page); !read.ok()) return std::move(read).error();
  auto directory = decode_directory(page, header->number);
  if (!directory) return damaged_at(ref.file, at, "the directory does not check out");
  for (const ArchiveRun& run : directory->runs)
    if (run.offset > at || run.pages() > (at - run.offset) / kArchivePageBytes)
      return damaged_at(ref.file, at, "the directory names what is not there");
  reader.ref_ = ref;
  reader.file_ = std::move(file).value();
  reader.header_ = std::move(header).value();
  reader.directory_ = std::move(*directory);
  reader.tail_bytes_ = *size - ref.bytes;
  return reader;
}

Result<std::vector<ArchiveSlot>> read_index_page(DiskFile& file, std::uint64_t number, const ArchiveRun& run,
                                                 std::uint64_t page) {
  const std::uint64_t offset = run.offset + page * kArchivePageBytes;
  std::array<std::byte, kArchivePageBytes> bytes;
  if (auto read = read_whole(file, offset, bytes); !read.ok()) return std::move(read).error();
  auto slots = decode_index_page(bytes, number);
  const bool is_last = page + 1 == run.pages();
  const std::uint64_t expected = is_last ? run.slots - page * kSlotsPerPage : kSlotsPerPage;
  if (!slots || slots->size() != expected)
    return damaged_at(archive_file(number), offset, "an index page does not check out");
  return std::move(*slots);
}

Result<std::optional<std::string>> ArchiveReader::find(std::string_view key) {
  for (auto run = directory_.runs.rbegin(); run != directory_.runs.rend(); ++run) {
    auto found = find_in_run(*run, key);
    if (!found.ok() || *found) return found;
  }
  return std::optional<std::string>();
}

// The first page whose last hash is not below `hash`; run.pages() when there is none.
Result<std::uint64_t> ArchiveReader::first_page(const ArchiveRun& run, std::uint64_t hash) {
  std::uint64_t low = 0, high = run.pages();                // pages below low end below it; pages from high on begin
  std::uint64_t from = 0, to = ~std::uint64_t{0};           // at it or above
  for (int tries = 0; low < high; ++tries) {
    const std::uint64_t page = tries < kGuesses ? guess(low, high, from, to, hash) : low + (high - low) / 2;
    const auto slots = read_index_page(*file_, header_.number, run, page);
    if (!slots.ok()) return slots.error();
    if (slots->back().hash < hash) {
      low = page + 1;
      from = slots->back().hash;
    } else if (slots->front().hash >= hash) {
      high = page;
      to = slots->front().hash;
    } else {
      return page;
    }
  }
  return low;
}

Result<std::optional<std::string>> ArchiveReader::find_in_run(const ArchiveRun& run, std::string_view key) {
  const std::uint64_t hash = archive_hash(key);
  const auto first = first_page(run, hash);
  if (!first.ok()) return first.error();
  for (std::uint64_t page = *first; page < run.pages(); ++page) {
    const auto slots = read_index_page(*file_, header_.number, run, page);
    if (!slots.ok()) return slots.error();
    for (const ArchiveSlot& slot : *slots) {
      if (slot.hash < hash) continue;
      if (slot.hash > hash) return std::optional<std::string>();
      auto row = row_at(slot, key);
      if (!row.ok() || *row) return row;
    }
  }
  return std::optional<std::string>();
}

// The entry there, if it has this key: two keys may have one hash.
Result<std::optional<std::string>> ArchiveReader::row_at(const ArchiveSlot& slot, std::string_view key) {
  const std::uint64_t offset = slot.frame_offset();
  const Error bad = damaged_at(ref_.file, offset, "an entry does not check out");
  if (offset >= ref_.bytes) return bad;
  const auto ahead = static_cast<std::size_t>(std::min<std::uint64_t>(kFirstReadBytes, ref_.bytes - offset));
  frame_.resize(ahead);
  if (auto read = read_whole(*file_, offset, frame_); !read.ok()) return std::move(read).error();
  if (frame_.size() >= kFrameHeaderBytes) {
    const std::uint64_t claimed = kFrameHeaderBytes + padded_bytes(frame_length(frame_));
    if (claimed > ref_.bytes - offset) return bad;
    if (claimed > ahead) {
      frame_.resize(static_cast<std::size_t>(claimed));
      if (auto read = read_whole(*file_, offset, frame_); !read.ok()) return std::move(read).error();
    }
  }
  const auto frame = read_frame(frame_, 0, header_.number);
  const auto entries = frame ? frame_records(*frame) : std::nullopt;
  if (!entries || slot.index() >= entries->size()) return bad;
  auto entry = decode_entry((*entries)[slot.index()]);
  if (!entry) return bad;
  if (std::find(entry->keys.begin(), entry->keys.end(), key) == entry->keys.end()) return std::optional<std::string>();
  return std::optional(std::move(entry->row));
}

Result<bool> ArchiveCheck::step() {
  if (!file_) {
    auto checked = ArchiveReader::open(disk_, ref_, &offset_);
    if (!checked.ok()) return std::move(checked).error();
    auto file = disk_.open(ref_.file, OpenFor::reading);
    if (!file.ok()) return std::move(file).error();
    file_ = std::move(file).value();
    offset_ = 0;
  }
  slice_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kSliceBytes, ref_.bytes - offset_)));
  if (auto read = read_whole(*file_, offset_, slice_); !read.ok()) return std::move(read).error();
  crc_ = crc32c(slice_, crc_);
  offset_ += slice_.size();
  if (offset_ < ref_.bytes) return false;
  if (crc_ == ref_.crc) return true;
  offset_ = 0;
  auto place = first_bad_frame(*file_, ref_);
  if (!place.ok()) return std::move(place).error();
  offset_ = *place;
  return damaged_at(ref_.file, offset_, "its bytes have another checksum than the snapshot names");
}

}  // namespace s1mple
