#include "orchestrator/shell/drill_folding.h"

#include <algorithm>
#include <string>

#include "orchestrator/state/little_endian.h"

namespace s1mple {

void fill_drill_record(std::uint64_t number, std::span<std::byte> record) {
  ENSURE(record.size() >= kDrillBytesMin, "drill record too short");
  put_u64(record.data(), number);
  for (std::size_t i = kDrillBytesMin; i < record.size(); ++i) record[i] = static_cast<std::byte>(number * 31 + i);
}

Result<void> DrillFolding::apply(std::span<const std::byte> payload) {
  if (payload.size() < kDrillBytesMin) return Error{Errc::invalid, "a drill record is at least 8 bytes long"};
  expected_.resize(payload.size());
  fill_drill_record(records_ + 1, expected_);
  if (!std::equal(payload.begin(), payload.end(), expected_.begin()))
    return Error{Errc::invalid, "is not drill record " + std::to_string(records_ + 1)};
  ++records_;
  bytes_ += payload.size();
  return {};
}

Result<void> DrillFolding::read_snapshot(const JsonValue& state, std::uint32_t) {
  const auto records = state.uint_at("records");
  if (!records.ok()) return records.error();
  const auto bytes = state.uint_at("bytes");
  if (!bytes.ok()) return bytes.error();
  records_ = *records;
  bytes_ = *bytes;
  return {};
}

void DrillFolding::write_snapshot(JsonWriter& out) const {
  out.begin_object().number("records", records_).number("bytes", bytes_).end_object();
}

void DrillFolding::describe(std::span<const std::byte> payload, JsonWriter& out) const {
  out.begin_object();
  if (payload.size() >= kDrillBytesMin) out.number("number", get_u64(payload.data()));
  out.end_object();
}

}  // namespace s1mple
