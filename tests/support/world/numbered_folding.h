// NumberedFolding: a state that knows what each record must be, so that a wrong, missing or repeated one shows.
//
// Record n is n (8 bytes, little-endian) and then 0 to 299 bytes that follow from n. The snapshot is written in
// three slices. Thread: one. Errors: apply refuses any record that is not the next one.
#pragma once

#include <array>
#include <memory>
#include <string>
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
    records_ = *records;
    return {};
  }
  void write_snapshot(JsonWriter& out) const override {
    out.begin_object().number("records", records_).text("padding", std::string(1500, '.')).end_object();
  }
  [[nodiscard]] std::unique_ptr<SnapshotSlices> snapshot_slices() const override {
    JsonWriter out;
    write_snapshot(out);
    return std::make_unique<ThreeSlices>(out.take());
  }
  [[nodiscard]] std::uint64_t records() const { return records_; }

 private:
  class ThreeSlices final : public SnapshotSlices {
   public:
    explicit ThreeSlices(std::string text) : text_(std::move(text)) {}
    bool append_slice(std::string& out) override {
      out += text_.substr(0, kSliceBytes);
      text_.erase(0, kSliceBytes);
      return !text_.empty();
    }

   private:
    static constexpr std::size_t kSliceBytes = 600;
    std::string text_;
  };
  std::uint64_t records_ = 0;
};

}  // namespace s1mple
