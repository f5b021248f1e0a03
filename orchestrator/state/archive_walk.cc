// Frame after frame of an archive, for listing, salvage, and telling where one is damaged.
#include <algorithm>

#include "orchestrator/state/archive_reader.h"
#include "orchestrator/state/store_names.h"

namespace s1mple {
namespace {

// No frame is longer: an entry is one order or fill, whose texts came out of one record.
constexpr std::size_t kWindowBytes = std::size_t{4} << 20;

// The part of the file around the place that is looked at.
class Window {
 public:
  Window(DiskFile& file, std::uint64_t bytes) : file_(file), bytes_(bytes) {}

  // From `offset` on: at least half a window, where there is so much.
  Result<std::span<const std::byte>> at(std::uint64_t offset) {
    const std::uint64_t wanted = std::min<std::uint64_t>(kWindowBytes / 2, bytes_ - offset);
    if (offset < begin_ || offset + wanted > begin_ + loaded_.size()) {
      loaded_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kWindowBytes, bytes_ - offset)));
      const auto got = file_.read_at(offset, loaded_);
      if (!got.ok()) return got.error();
      if (*got != loaded_.size()) return Error{Errc::damaged, "ends early"};
      begin_ = offset;
    }
    return std::span<const std::byte>(loaded_).subspan(static_cast<std::size_t>(offset - begin_));
  }

 private:
  DiskFile& file_;
  std::uint64_t bytes_;
  std::uint64_t begin_ = 0;
  std::vector<std::byte> loaded_;
};

// How many zeros lead to the next page, if nothing but zeros does.
std::size_t gap(std::span<const std::byte> bytes, std::uint64_t offset) {
  const std::size_t to_page = kArchivePageBytes - static_cast<std::size_t>(offset % kArchivePageBytes);
  if (to_page == kArchivePageBytes || to_page > bytes.size()) return 0;
  const auto zeros = bytes.first(to_page);
  return std::all_of(zeros.begin(), zeros.end(), [](std::byte byte) { return byte == std::byte{0}; }) ? to_page : 0;
}

Result<void> visit_frame(const Frame& frame, const VisitEntry& visit) {
  if (frame.header.type != static_cast<std::uint8_t>(ArchiveFrame::entries)) return {};
  const auto records = frame_records(frame);
  if (!records) return {};
  for (const auto record : *records)
    if (auto entry = decode_entry(record))
      if (auto visited = visit(std::move(*entry)); !visited.ok()) return visited;
  return {};
}

}  // namespace

Result<void> each_archive_entry(DiskFile& file, std::uint64_t number, std::uint64_t bytes, const VisitEntry& visit,
                                const OnBadStretch& on_bad) {
  Window window(file, bytes);
  std::uint64_t bad_from = 0;  // 0: nothing bad just now
  for (std::uint64_t offset = kSegmentHeaderBytes; offset < bytes;) {
    const auto here = window.at(offset);
    if (!here.ok()) return here.error();
    const auto frame = read_frame(*here, 0, number);
    const std::size_t step = frame ? frame->bytes : gap(*here, offset);
    if (step == 0) {
      if (bad_from == 0) bad_from = offset;
      offset += std::min<std::uint64_t>(kFrameAlign, bytes - offset);
      continue;
    }
    if (bad_from != 0)
      if (auto told = on_bad(std::exchange(bad_from, 0), offset); !told.ok()) return told;
    if (frame)
      if (auto visited = visit_frame(*frame, visit); !visited.ok()) return visited;
    offset += step;
  }
  return bad_from == 0 ? Result<void>() : on_bad(bad_from, bytes);
}

Result<std::uint64_t> first_bad_frame(DiskFile& file, const ArchiveRef& ref) {
  std::uint64_t place = 0;
  const auto number = parse_archive_file(ref.file).value_or(0);
  const auto walked = each_archive_entry(
      file, number, ref.bytes, [](ArchiveEntry) { return Result<void>(); },
      [&place](std::uint64_t from, std::uint64_t) {
        place = from;
        return Result<void>(Error{Errc::damaged, "found"});
      });
  if (!walked.ok() && place == 0) return walked.error();
  return place;
}

}  // namespace s1mple
