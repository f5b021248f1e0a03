#include "orchestrator/state/salvage_archive.h"

#include <algorithm>
#include <utility>

#include "orchestrator/state/archive_reader.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

constexpr std::size_t kEntriesAtOnce = 20'000;

class ListedBatch final : public ArchiveBatch {
 public:
  explicit ListedBatch(std::vector<ArchiveEntry> entries) : entries_(std::move(entries)) {}
  [[nodiscard]] std::size_t size() const override { return entries_.size(); }
  [[nodiscard]] ArchiveEntry entry(std::size_t index) const override { return entries_[index]; }

 private:
  std::vector<ArchiveEntry> entries_;
};

// Gathers entries and appends them, many at a time.
class Copy {
 public:
  Copy(Disk& to, ArchiveOrder order) : to_(to), order_(std::move(order)) {}

  Result<void> take(ArchiveEntry entry) {
    entries_.push_back(std::move(entry));
    return entries_.size() < kEntriesAtOnce ? Result<void>() : write();
  }
  Result<void> write() {
    order_.batches = {std::make_shared<ListedBatch>(std::exchange(entries_, {}))};
    auto written = append_to_archive(to_, std::move(written_), order_);
    if (!written.ok()) return std::move(written).error();
    written_ = std::move(written).value();
    return {};
  }
  [[nodiscard]] std::vector<ArchiveRef> written() && { return std::move(written_); }

 private:
  Disk& to_;
  ArchiveOrder order_;
  std::vector<ArchiveEntry> entries_;
  std::vector<ArchiveRef> written_;
};

Result<void> copy_one(Disk& from, const ArchiveRef& archive, Copy& copy, std::vector<LeftBehind>& left) {
  auto file = from.open(archive.file, OpenFor::reading);
  if (!file.ok()) {
    left.push_back({{archive.file, 0, "cannot be opened: " + file.error().story}, 0, 0});
    return {};
  }
  const auto size = (*file)->size();
  if (!size.ok()) return size.error();
  if (*size < archive.bytes) left.push_back({{archive.file, *size, "ends here; the snapshot names more"}, 0, 0});
  return each_archive_entry(
      **file, parse_archive_file(archive.file).value_or(0), std::min(*size, archive.bytes),
      [&copy](ArchiveEntry entry) { return copy.take(std::move(entry)); },
      [&](std::uint64_t offset, std::uint64_t to) {
        left.push_back({{archive.file, offset, "does not check out up to " + std::to_string(to)}, 0, 0});
        return Result<void>();
      });
}

}  // namespace

Result<std::vector<ArchiveRef>> salvage_archives(Disk& from, Disk& to, const std::vector<ArchiveRef>& archives,
                                                 ArchiveOrder order, std::vector<LeftBehind>& left) {
  Copy copy(to, std::move(order));
  for (const ArchiveRef& archive : archives)
    if (auto copied = copy_one(from, archive, copy, left); !copied.ok()) return std::move(copied).error();
  if (auto written = copy.write(); !written.ok()) return std::move(written).error();
  return std::move(copy).written();
}

}  // namespace s1mple
