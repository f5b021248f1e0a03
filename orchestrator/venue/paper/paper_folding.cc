#include "orchestrator/venue/paper/paper_folding.h"

#include "orchestrator/venue/paper/paper_codec.h"
#include "orchestrator/venue/paper/paper_snapshot.h"

namespace s1mple {

Result<void> PaperFolding::apply(std::span<const std::byte> payload) {
  return decode_paper_facts(payload, [this](const PaperFact& fact) { return books_.apply(fact); });
}

Result<void> PaperFolding::read_snapshot(const JsonValue& state, std::uint32_t) {
  return books_.read_json(state);
}

Result<void> PaperFolding::read_snapshot_text(std::string_view state, std::uint32_t) {
  return books_.read_text(state);
}

void PaperFolding::write_snapshot(JsonWriter& out) const { books_.write_json(out); }

std::unique_ptr<SnapshotSlices> PaperFolding::snapshot_slices() const {
  return std::make_unique<PaperSnapshot>(books_);
}

void PaperFolding::describe(std::span<const std::byte> payload, JsonWriter& out) const {
  const auto record = decode_paper_record(payload);
  if (!record) return Folding::describe(payload, out);
  out.begin_array();
  for (const PaperFact& fact : *record) write_json(fact, out);
  out.end_array();
}

}  // namespace s1mple
