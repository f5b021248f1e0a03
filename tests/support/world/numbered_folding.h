// NumberedFolding: a state that knows what each record must be, so that a wrong, missing or repeated one shows.
//
// Record n is n (8 bytes, little-endian) and then 0 to 299 bytes that follow from n. The snapshot is written in
// three slices. Every record is also an entry "e<n>" of the state; evict() takes out all but the last kKept of
// them, at most kEvicted at once, so each is at any time either in the state or in the archive. A stalled snapshot has
// always one more slice. Thread: one. Errors: apply refuses any record that is not the next one.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/state/folding.h"
#include "orchestrator/state/little_endian.h"

namespace s1mple {

[[nodiscard]] inline std::vector<std::byte> numbered_record(std::uint64_t number) {
  std::vector<std::byte> record(static_cast<std::size_t>(8 + number * 37 % 300));
  put_u64(record.data(), number);
  for (std::size_t i = 8; i < record.size(); ++i) record[i] = static_cast<std::byte>(number * 7 + i);
  return record;
}

class NumberedFolding : public Folding {
 public:
  static constexpr std::uint64_t kKept = 12, kEvicted = 9;
  [[nodiscard]] std::string_view kind() const override { return "numbered"; }
  [[nodiscard]] std::uint32_t format() const override { return 2; }

  Result<void> apply(std::span<const std::byte> payload) override {
    const auto expected = numbered_record(records_ + 1);
    if (!std::equal(payload.begin(), payload.end(), expected.begin(), expected.end()))
      return Error{Errc::invalid, "is not record " + std::to_string(records_ + 1)};
    ++records_;
    return {};
  }
  Result<void> read_snapshot(const JsonValue& state, std::uint32_t) override {
    const auto records = state.uint_at("records");
    if (!records.ok()) return records.error();
    const auto kept_from = state.uint_at("kept_from");
    if (!kept_from.ok()) return kept_from.error();
    records_ = *records;
    kept_from_ = *kept_from;
    return {};
  }
  void write_snapshot(JsonWriter& out) const override {
    out.begin_object().number("records", records_).number("kept_from", kept_from_).text("padding", std::string(1500, '.')).end_object();
  }
  [[nodiscard]] std::unique_ptr<SnapshotSlices> snapshot_slices() const override {
    JsonWriter out;
    write_snapshot(out);
    return std::make_unique<ThreeSlices>(out.take(), stalled_);
  }
  [[nodiscard]] Eviction evict() override {
    if (records_ < kept_from_ + kKept) return {};
    const std::uint64_t old_until = records_ + 1 - kKept;
    const std::uint64_t first = std::exchange(kept_from_, std::min(old_until, kept_from_ + kEvicted));
    return {std::make_shared<Evicted>(first, kept_from_), kept_from_ < old_until};
  }
  void stall_snapshots(bool stalled) { stalled_ = stalled; }
  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] std::uint64_t kept_from() const { return kept_from_; }
  [[nodiscard]] static std::string row_of(std::uint64_t number) { return "{\"n\":" + std::to_string(number) + "}"; }

 private:
  class ThreeSlices final : public SnapshotSlices {
   public:
    ThreeSlices(std::string text, const bool& stalled) : text_(std::move(text)), stalled_(stalled) {}
    bool append_slice(std::string& out) override {
      if (stalled_) return true;
      out += text_.substr(0, kSliceBytes);
      text_.erase(0, kSliceBytes);
      return !text_.empty();
    }

   private:
    static constexpr std::size_t kSliceBytes = 600;
    std::string text_;
    const bool& stalled_;
  };
  class Evicted final : public ArchiveBatch {
   public:
    Evicted(std::uint64_t first, std::uint64_t end) : first_(first), end_(end) {}
    [[nodiscard]] std::size_t size() const override { return static_cast<std::size_t>(end_ - first_); }
    [[nodiscard]] ArchiveEntry entry(std::size_t index) const override {
      return {keys(index), row_of(first_ + index)};
    }
    [[nodiscard]] std::vector<std::string> keys(std::size_t index) const override {
      return {"e" + std::to_string(first_ + index)};
    }

   private:
    std::uint64_t first_, end_;
  };
  std::uint64_t records_ = 0;
  std::uint64_t kept_from_ = 1;
  bool stalled_ = false;
};

}  // namespace s1mple
