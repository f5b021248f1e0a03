#include "orchestrator/environment/books_folding.h"

#include "orchestrator/domain/fact_codec.h"

namespace s1mple {
namespace {

class ForgottenBooks final : public ArchiveBatch {
 public:
  explicit ForgottenBooks(Books::Forgotten forgotten) : forgotten_(std::move(forgotten)) {}
  [[nodiscard]] std::size_t size() const override { return forgotten_.orders.size() + forgotten_.fills.size(); }
  [[nodiscard]] ArchiveEntry entry(std::size_t index) const override {
    if (index < forgotten_.orders.size()) {
      const Order& order = forgotten_.orders[index];
      ArchiveEntry entry{{kClientKey + order.intent.client_id.text()}, row_of(order)};
      if (!order.venue_id.empty()) entry.keys.push_back(kVenueKey + order.venue_id.text());
      return entry;
    }
    const Fill& fill = forgotten_.fills[index - forgotten_.orders.size()];
    return {{kExecutionKey + fill.execution_id.text()}, row_of(fill)};
  }

 private:
  Books::Forgotten forgotten_;
};

}  // namespace

Result<void> BooksFolding::apply(std::span<const std::byte> payload) {
  return decode_facts(payload, [this](const Fact& fact) { return books_.apply(fact); });
}

Result<void> BooksFolding::read_snapshot(const JsonValue& state, std::uint32_t) { return books_.read_json(state); }

Result<void> BooksFolding::read_snapshot_text(std::string_view state, std::uint32_t) {
  return books_.read_text(state);
}

void BooksFolding::write_snapshot(JsonWriter& out) const { books_.write_json(out); }

std::shared_ptr<const ArchiveBatch> BooksFolding::evict() {
  if (!fill_horizon_) return nullptr;
  return std::make_shared<ForgottenBooks>(books_.forget(books_.latest() - *fill_horizon_));
}

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
