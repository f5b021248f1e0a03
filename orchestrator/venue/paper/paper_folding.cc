#include "orchestrator/venue/paper/paper_folding.h"

#include <algorithm>

#include "orchestrator/venue/paper/paper_codec.h"
#include "orchestrator/venue/paper/paper_saved.h"
#include "orchestrator/venue/paper/paper_snapshot.h"

namespace s1mple {
namespace {

class ForgottenPaper final : public ArchiveBatch {
 public:
  explicit ForgottenPaper(PaperBooks::Forgotten forgotten) : forgotten_(std::move(forgotten)) {}
  [[nodiscard]] std::size_t size() const override { return forgotten_.orders.size() + forgotten_.trades.size(); }
  [[nodiscard]] ArchiveEntry entry(std::size_t index) const override {
    JsonWriter out;
    if (index < forgotten_.orders.size())
      write_object(forgotten_.orders[index], out);
    else
      write_object(forgotten_.trades[index - forgotten_.orders.size()], out);
    return {keys(index), out.take()};
  }
  [[nodiscard]] std::vector<std::string> keys(std::size_t index) const override {
    if (index >= forgotten_.orders.size())
      return {kExecutionKey + forgotten_.trades[index - forgotten_.orders.size()].exec_id.text()};
    const PaperSavedOrder& order = forgotten_.orders[index];
    return {kClientKey + order.order.client_id.text(), kVenueKey + order.order_id.text()};
  }

 private:
  PaperBooks::Forgotten forgotten_;
};

}  // namespace

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

Eviction PaperFolding::evict() {
  if (!fill_horizon_ || !books_.asked_from()) return {};
  const WallTime before = std::min(books_.latest() - *fill_horizon_, *books_.asked_from());
  PaperBooks::Forgotten forgotten = books_.forget(before, kRowsPerEviction);
  const bool more = forgotten.more;
  return {std::make_shared<ForgottenPaper>(std::move(forgotten)), more};
}

void PaperFolding::describe(std::span<const std::byte> payload, JsonWriter& out) const {
  const auto record = decode_paper_record(payload);
  if (!record) return Folding::describe(payload, out);
  out.begin_array();
  for (const PaperFact& fact : *record) write_json(fact, out);
  out.end_array();
}

}  // namespace s1mple
