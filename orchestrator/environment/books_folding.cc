#include "orchestrator/environment/books_folding.h"

#include "orchestrator/domain/books_snapshot.h"
#include "orchestrator/domain/fact_codec.h"

namespace s1mple {
namespace {

class ForgottenBooks final : public ArchiveBatch {
 public:
  explicit ForgottenBooks(Books::Forgotten forgotten) : forgotten_(std::move(forgotten)) {}
  [[nodiscard]] std::size_t size() const override { return forgotten_.orders.size() + forgotten_.fills.size(); }
  [[nodiscard]] ArchiveEntry entry(std::size_t index) const override {
    if (index < forgotten_.orders.size()) return {keys(index), row_of(forgotten_.orders[index])};
    return {keys(index), row_of(forgotten_.fills[index - forgotten_.orders.size()])};
  }
  [[nodiscard]] std::vector<std::string> keys(std::size_t index) const override {
    if (index >= forgotten_.orders.size())
      return {kExecutionKey + forgotten_.fills[index - forgotten_.orders.size()].execution_id.text()};
    const Order& order = forgotten_.orders[index];
    std::vector<std::string> keys{kClientKey + order.intent.client_id.text()};
    if (!order.venue_id.empty()) keys.push_back(kVenueKey + order.venue_id.text());
    return keys;
  }

 private:
  Books::Forgotten forgotten_;
};

class BooksSlices final : public SnapshotSlices {
 public:
  explicit BooksSlices(Books& books) : snapshot_(books) {}
  bool append_slice(std::string& out) override { return snapshot_.append_slice(out); }

 private:
  BooksSnapshot snapshot_;
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

std::unique_ptr<SnapshotSlices> BooksFolding::snapshot_slices() const { return std::make_unique<BooksSlices>(books_); }

Eviction BooksFolding::evict() {
  if (!fill_horizon_) return {};
  Books::Forgotten forgotten = books_.forget(books_.latest() - *fill_horizon_, kRowsPerEviction);
  const bool more = forgotten.more;
  return {std::make_shared<ForgottenBooks>(std::move(forgotten)), more};
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
