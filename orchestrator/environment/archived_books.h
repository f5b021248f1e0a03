// ArchivedBooks: OldBooks out of a store's archive.
//
// `unreadable` is told each failure, on the loop, from inside the look-up: the process ends over it (damage: exit 65),
// but not before the step in hand is over, in which nobody guesses.
// Owner: the world; borrows the lookup. Thread: loop. Errors: of the archive, and of rows that are none.
#pragma once

#include <functional>

#include "orchestrator/domain/books.h"
#include "orchestrator/domain/old_books.h"
#include "orchestrator/state/archive_entry.h"

namespace s1mple {

class ArchivedBooks final : public OldBooks {
 public:
  ArchivedBooks(ArchiveLookup& archive, std::function<void(const Error&)> unreadable)
      : archive_(archive), unreadable_(std::move(unreadable)) {}
  [[nodiscard]] Result<std::optional<Order>> find_order(const ClientId& id) override;
  [[nodiscard]] Result<std::optional<Order>> find_order(const VenueOrderId& id) override;
  [[nodiscard]] Result<std::optional<Fill>> find_fill(const ExecutionId& id) override;

 private:
  template <class Row>
  Result<std::optional<Row>> find(char letter, const std::string& id, Result<Row> (*read)(std::string_view));
  ArchiveLookup& archive_;
  std::function<void(const Error&)> unreadable_;
};

}  // namespace s1mple
