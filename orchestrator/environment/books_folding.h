// BooksFolding: the orchestrator's books as what its store folds its records into.
// With a horizon evict() takes out what is older, by the books' own latest time, never by a clock; without one (the
// commands that only look) nothing leaves.
// Owner: the shell; borrows the books, which must be empty when recovery begins. Thread: loop.
#pragma once

#include "orchestrator/domain/books.h"
#include "orchestrator/state/folding.h"

namespace s1mple {

class BooksFolding : public Folding {
 public:
  // Orders looked at, and fills taken out, by one evict(): about 2 ms.
  static constexpr std::size_t kRowsPerEviction = 1'000;

  explicit BooksFolding(Books& books, std::optional<Nanos> fill_horizon = std::nullopt)
      : books_(books), fill_horizon_(fill_horizon) {}
  [[nodiscard]] std::string_view kind() const override { return "orchestrator"; }
  Result<void> apply(std::span<const std::byte> payload) override;
  Result<void> read_snapshot(const JsonValue& state, std::uint32_t format) override;
  Result<void> read_snapshot_text(std::string_view state, std::uint32_t format) override;
  void write_snapshot(JsonWriter& out) const override;
  [[nodiscard]] std::unique_ptr<SnapshotSlices> snapshot_slices() const override;
  [[nodiscard]] Eviction evict() override;
  void describe(std::span<const std::byte> payload, JsonWriter& out) const override;

 private:
  Books& books_;
  std::optional<Nanos> fill_horizon_;
};

}  // namespace s1mple
