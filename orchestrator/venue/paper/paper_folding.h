// PaperFolding: the exchange's books as its own store sees them (orchestrator/state/folding.h), kind "paper".
//
// With a horizon evict() takes out what is older, by the books' own latest time, and than what the client asked
// for last; without one nothing leaves. One record is one step of PaperExchange. Ownership: borrows the books, which must be new. Thread: loop.
// Errors: records and snapshots that cannot be true are refused; the books are then thrown away.
#pragma once

#include "orchestrator/state/folding.h"
#include "orchestrator/venue/paper/paper_books.h"

namespace s1mple {

class PaperFolding : public Folding {
 public:
  // Trades, then orders, taken out by one evict(): about 2 ms.
  static constexpr std::size_t kRowsPerEviction = 1'000;

  explicit PaperFolding(PaperBooks& books, std::optional<Nanos> fill_horizon = std::nullopt)
      : books_(books), fill_horizon_(fill_horizon) {}

  [[nodiscard]] std::string_view kind() const override { return "paper"; }
  Result<void> apply(std::span<const std::byte> payload) override;
  Result<void> read_snapshot(const JsonValue& state, std::uint32_t format) override;
  Result<void> read_snapshot_text(std::string_view state, std::uint32_t format) override;
  void write_snapshot(JsonWriter& out) const override;
  [[nodiscard]] std::unique_ptr<SnapshotSlices> snapshot_slices() const override;
  [[nodiscard]] Eviction evict() override;
  void describe(std::span<const std::byte> payload, JsonWriter& out) const override;  // a list of facts

 private:
  PaperBooks& books_;
  std::optional<Nanos> fill_horizon_;
};

}  // namespace s1mple
