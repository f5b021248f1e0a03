#include "orchestrator/environment/books_folding.h"

#include "orchestrator/domain/fact_codec.h"

namespace s1mple {

Result<void> BooksFolding::apply(std::span<const std::byte> payload) {
  return decode_facts(payload, [this](const Fact& fact) { return books_.apply(fact); });
}

Result<void> BooksFolding::read_snapshot(const JsonValue& state, std::uint32_t) { return books_.read_json(state); }

Result<void> BooksFolding::read_snapshot_text(std::string_view state, std::uint32_t) {
  return books_.read_text(state);
}

void BooksFolding::write_snapshot(JsonWriter& out) const { books_.write_json(out); }

void BooksFolding::describe(std::span<const std::byte> payload, JsonWriter& out) const {
  const auto record = decode_record(payload);
  if (!record) {
    out.begin_object().text("error", record.error().story).end_object();
    return;
  }
  out.begin_array();
  for (const Fact& fact : *record) write_json(fact, out);
  out.end_array();
}

}  // namespace s1mple
