// Reads archives: looks an id up, lists entries, checks every byte (FORMAT.md section 6).
//
// Holds a file and its directory, no index: memory does not grow with the archive. A look-up reads a few pages of each
// run and one frame; each is checked by its own checksum before a byte of it is believed.
// Ownership: its own open file; what a snapshot names of it never changes. Thread: one at a time.
// Errors: damaged (with file and offset in the story), unsupported, io.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/state/archive_format.h"
#include "orchestrator/state/disk.h"

namespace s1mple {

class ArchiveReader {
 public:
  // Size, header and directory are found right; `offset`, where given, says where not.
  [[nodiscard]] static Result<ArchiveReader> open(Disk& disk, const ArchiveRef& ref, std::uint64_t* offset = nullptr);

  [[nodiscard]] Result<std::optional<std::string>> find(std::string_view key);

  [[nodiscard]] const ArchiveRef& ref() const { return ref_; }
  [[nodiscard]] std::uint64_t number() const { return header_.number; }
  [[nodiscard]] const SegmentHeader& header() const { return header_; }
  [[nodiscard]] const ArchiveDirectory& directory() const { return directory_; }
  [[nodiscard]] std::uint64_t tail_bytes() const { return tail_bytes_; }  // behind what the snapshot names

 private:
  ArchiveReader() = default;
  [[nodiscard]] Result<std::uint64_t> first_page(const ArchiveRun& run, std::uint64_t hash);
  [[nodiscard]] Result<std::optional<std::string>> find_in_run(const ArchiveRun& run, std::string_view key);
  [[nodiscard]] Result<std::optional<std::string>> row_at(const ArchiveSlot& slot, std::string_view key);

  ArchiveRef ref_;
  std::unique_ptr<DiskFile> file_;
  SegmentHeader header_;
  ArchiveDirectory directory_;
  std::uint64_t tail_bytes_ = 0;
  std::vector<std::byte> frame_;
};

// Every byte that a snapshot names, in slices, against its checksum.
class ArchiveCheck {
 public:
  static constexpr std::size_t kSliceBytes = std::size_t{4} << 20;
  ArchiveCheck(Disk& disk, ArchiveRef ref) : disk_(disk), ref_(std::move(ref)) {}
  // True when all of it was read and is right.
  Result<bool> step();
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  [[nodiscard]] const ArchiveRef& ref() const { return ref_; }

 private:
  Disk& disk_;
  ArchiveRef ref_;
  std::unique_ptr<DiskFile> file_;
  std::vector<std::byte> slice_;
  std::uint64_t offset_ = 0;
  std::uint32_t crc_ = 0;
};

[[nodiscard]] Result<std::vector<ArchiveSlot>> read_index_page(DiskFile& file, std::uint64_t number,
                                                               const ArchiveRun& run, std::uint64_t page);

// Every entry whose frame checks out, in the order of writing; `on_bad` is told each stretch that does not. Looks no
// further than `bytes`. An Error of `visit` or `on_bad` ends it.
using VisitEntry = std::function<Result<void>(ArchiveEntry)>;
using OnBadStretch = std::function<Result<void>(std::uint64_t from, std::uint64_t to)>;
Result<void> each_archive_entry(DiskFile& file, std::uint64_t number, std::uint64_t bytes, const VisitEntry& visit,
                                const OnBadStretch& on_bad);
// The first frame that does not check out; 0 where all do by themselves.
[[nodiscard]] Result<std::uint64_t> first_bad_frame(DiskFile& file, const ArchiveRef& ref);

}  // namespace s1mple
