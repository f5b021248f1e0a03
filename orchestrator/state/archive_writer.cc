#include "orchestrator/state/archive_writer.h"

#include <algorithm>
#include <utility>

#include "common/base/crc32c.h"
#include "orchestrator/state/archive_reader.h"
#include "orchestrator/state/little_endian.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

constexpr std::size_t kWriteChunkBytes = std::size_t{1} << 20;
// A run is merged with the next older one while that is less than so many times as large.
constexpr std::uint64_t kMergeBelow = 4;

// Slots in order, out of memory or out of an older run.
class SlotSource {
 public:
  explicit SlotSource(std::vector<ArchiveSlot> slots) : slots_(std::move(slots)) {}
  SlotSource(DiskFile& file, std::uint64_t number, ArchiveRun run) : file_(&file), number_(number), run_(run) {}

  // False at the end.
  Result<bool> has_next() {
    if (next_ < slots_.size()) return true;
    if (file_ == nullptr || page_ == run_.pages()) return false;
    auto page = read_index_page(*file_, number_, run_, page_++);
    if (!page.ok()) return std::move(page).error();
    slots_ = std::move(page).value();
    next_ = 0;
    return true;
  }
  [[nodiscard]] const ArchiveSlot& peek() const { return slots_[next_]; }
  void pop() { ++next_; }

 private:
  std::vector<ArchiveSlot> slots_;
  std::size_t next_ = 0;
  DiskFile* file_ = nullptr;
  std::uint64_t number_ = 0;
  ArchiveRun run_;
  std::uint64_t page_ = 0;
};

class Appending {
 public:
  Appending(DiskFile& file, std::uint64_t number, const ArchiveRef& present, const ArchiveOrder& order)
      : file_(file), number_(number), order_(order), flushed_(present.bytes), crc_(present.crc) {
    header_.epoch = order.epoch;
    header_.sequence = order.seq;
  }

  Result<void> put(std::span<const std::byte> bytes) {
    crc_ = crc32c(bytes, crc_);
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    return buffer_.size() >= kWriteChunkBytes ? flush() : Result<void>();
  }
  Result<void> flush() {
    auto written = file_.write_at(flushed_, buffer_);
    flushed_ += buffer_.size();
    buffer_.clear();
    return written;
  }
  Result<void> put_entries(ArchiveDirectory& directory) {
    for (const auto& batch : order_.batches)
      for (std::size_t i = 0; i < batch->size(); ++i) {
        const ArchiveEntry entry = batch->entry(i);
        ++(entry.is_order() ? directory.orders : directory.fills);
        for (const std::string& key : entry.keys) slots_.push_back(ArchiveSlot::of(key, offset(), in_frame_));
        append_entry(frame_, entry);
        ++in_frame_;
        if (frame_.size() < kEntriesFrameBytes && in_frame_ < kMaxEntriesOfFrame) continue;
        if (auto put = put_frame(); !put.ok()) return put;
      }
    if (auto put = in_frame_ == 0 ? Result<void>() : put_frame(); !put.ok()) return put;
    const std::size_t over = static_cast<std::size_t>(offset() % kArchivePageBytes);
    return over == 0 ? Result<void>() : put(std::vector<std::byte>(kArchivePageBytes - over));
  }
  Result<void> put_index(ArchiveDirectory& directory);
  [[nodiscard]] std::vector<std::byte> directory_page(const ArchiveDirectory& directory) const {
    return encode_directory(directory, number_, header_);
  }

  [[nodiscard]] std::uint64_t offset() const { return flushed_ + buffer_.size(); }
  [[nodiscard]] std::uint32_t crc() const { return crc_; }

 private:
  Result<void> put_frame() {
    FrameHeader header = header_;
    header.type = static_cast<std::uint8_t>(ArchiveFrame::entries);
    header.length = static_cast<std::uint32_t>(frame_.size() - kFrameHeaderBytes);
    header.count = static_cast<std::uint32_t>(std::exchange(in_frame_, 0));
    frame_.resize(kFrameHeaderBytes + padded_bytes(header.length));
    seal_frame(frame_, number_, header);
    auto done = put(frame_);
    frame_.assign(kFrameHeaderBytes, std::byte{0});
    return done;
  }

  DiskFile& file_;
  std::uint64_t number_;
  const ArchiveOrder& order_;
  FrameHeader header_;
  std::uint64_t flushed_;
  std::uint32_t crc_;
  std::vector<std::byte> buffer_;
  std::vector<std::byte> frame_ = std::vector<std::byte>(kFrameHeaderBytes);
  std::size_t in_frame_ = 0;
  std::vector<ArchiveSlot> slots_;
};

// The batch's own slots, together with those of the runs that are small beside it, as one run.
Result<void> Appending::put_index(ArchiveDirectory& directory) {
  ArchiveRun run{offset(), slots_.size()};
  std::sort(slots_.begin(), slots_.end());
  std::vector<SlotSource> sources;
  sources.emplace_back(std::move(slots_));
  auto& runs = directory.runs;
  while (!runs.empty() && (runs.back().slots < kMergeBelow * run.slots || runs.size() == kMaxRuns)) {
    run.slots += runs.back().slots;
    sources.emplace_back(file_, number_, runs.back());
    runs.pop_back();
  }
  std::vector<ArchiveSlot> page;
  for (;;) {
    SlotSource* least = nullptr;
    for (SlotSource& source : sources) {
      const auto more = source.has_next();
      if (!more.ok()) return more.error();
      if (*more && (least == nullptr || source.peek() < least->peek())) least = &source;
    }
    if (least != nullptr) {
      page.push_back(least->peek());
      least->pop();
    }
    if (page.size() == kSlotsPerPage || (least == nullptr && !page.empty())) {
      if (auto done = put(encode_index_page(page, number_, header_)); !done.ok()) return done;
      page.clear();
    }
    if (least == nullptr) break;
  }
  runs.push_back(run);
  return {};
}

struct OpenArchive {
  std::unique_ptr<DiskFile> file;
  std::uint64_t number = 1;
  bool is_new = false;
  ArchiveRef ref;  // what is there already
  ArchiveDirectory directory;
};

Result<OpenArchive> open_archive(Disk& disk, const std::vector<ArchiveRef>& present, const ArchiveOrder& order) {
  OpenArchive open;
  if (!present.empty()) {
    auto reader = ArchiveReader::open(disk, present.back());
    if (!reader.ok()) return std::move(reader).error();
    open.directory = reader->directory();
    open.number = reader->number();
    open.ref = present.back();
    auto file = disk.open(open.ref.file, OpenFor::writing);
    if (!file.ok()) return std::move(file).error();
    open.file = std::move(file).value();
    return open;
  }
  open.is_new = true;
  open.ref.file = archive_file(open.number);
  auto file = disk.open(open.ref.file, OpenFor::creating);
  if (!file.ok()) return std::move(file).error();
  open.file = std::move(file).value();
  SegmentHeader header;
  header.number = open.number;
  header.epoch = order.epoch;
  header.kind = order.kind;
  header.state_format = order.state_format;
  const std::string head = encode_archive_header(header);
  if (auto written = open.file->write_at(0, bytes_of(head)); !written.ok()) return std::move(written).error();
  open.ref.bytes = head.size();
  open.ref.crc = crc32c(bytes_of(head));
  return open;
}

}  // namespace

Result<std::vector<ArchiveRef>> append_to_archive(Disk& disk, std::vector<ArchiveRef> present,
                                                  const ArchiveOrder& order) {
  std::size_t entries = 0;
  for (const auto& batch : order.batches) entries += batch->size();
  if (entries == 0) return present;
  auto open = open_archive(disk, present, order);
  if (!open.ok()) return std::move(open).error();
  Appending append(*open->file, open->number, open->ref, order);
  auto done = append.put_entries(open->directory);
  if (done.ok()) done = append.put_index(open->directory);
  if (done.ok()) done = append.put(append.directory_page(open->directory));
  if (done.ok()) done = append.flush();
  if (done.ok()) done = open->file->sync();
  if (done.ok() && open->is_new) done = disk.sync_directory();
  if (!done.ok()) return std::move(done).error().during("append to " + open->ref.file);
  open->ref.bytes = append.offset();
  open->ref.crc = append.crc();
  if (open->is_new)
    present.push_back(open->ref);
  else
    present.back() = open->ref;
  return present;
}

}  // namespace s1mple
