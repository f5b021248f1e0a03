// DrillFolding: the state of a store made by `store drill`: how many records there are, each checked.
//
// Record n (8 bytes at least): bytes 0 to 7 are n, little-endian; byte i from 8 on is (n * 31 + i) mod 256 (DESIGN
// section 8). A record that is not exactly that is refused, so a drill proves more than checksums do.
// Thread: the loop thread.
#pragma once

#include <cstdint>
#include <vector>

#include "orchestrator/state/folding.h"

namespace s1mple {

inline constexpr std::string_view kDrillKind = "drill";
inline constexpr std::size_t kDrillBytesMin = 8;

void fill_drill_record(std::uint64_t number, std::span<std::byte> record);

class DrillFolding final : public Folding {
 public:
  [[nodiscard]] std::string_view kind() const override { return kDrillKind; }
  Result<void> apply(std::span<const std::byte> payload) override;
  Result<void> read_snapshot(const JsonValue& state, std::uint32_t format) override;
  void write_snapshot(JsonWriter& out) const override;
  void describe(std::span<const std::byte> payload, JsonWriter& out) const override;

  [[nodiscard]] std::uint64_t records() const { return records_; }

 private:
  std::uint64_t records_ = 0;
  std::uint64_t bytes_ = 0;
  std::vector<std::byte> expected_;
};

}  // namespace s1mple
