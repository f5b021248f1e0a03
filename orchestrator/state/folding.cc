#include "orchestrator/state/folding.h"

#include <utility>

namespace s1mple {
namespace {

class WholeSnapshot final : public SnapshotSlices {
 public:
  explicit WholeSnapshot(std::string text) : text_(std::move(text)) {}
  bool append_slice(std::string& out) override {
    out += text_;
    return false;
  }

 private:
  std::string text_;
};

std::string hex_text(std::span<const std::byte> bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::byte byte : bytes) {
    text += kHex[std::to_integer<std::size_t>(byte) >> 4];
    text += kHex[std::to_integer<std::size_t>(byte) & 15U];
  }
  return text;
}

}  // namespace

std::unique_ptr<SnapshotSlices> Folding::snapshot_slices() const {
  JsonWriter out;
  write_snapshot(out);
  return std::make_unique<WholeSnapshot>(out.take());
}

Result<void> Folding::read_snapshot_text(std::string_view state, std::uint32_t format) {
  auto json = JsonValue::parse(state);
  return json ? read_snapshot(*json, format) : Result<void>(std::move(json).error());
}

void Folding::describe(std::span<const std::byte> payload, JsonWriter& out) const {
  const std::string text(reinterpret_cast<const char*>(payload.data()), payload.size());
  const auto json = JsonValue::parse(text);
  if (json.ok() && json->is_object())
    out.raw(json->dump());
  else
    out.text(hex_text(payload));
}

}  // namespace s1mple
