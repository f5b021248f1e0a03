#include "orchestrator/environment/archived_books.h"

namespace s1mple {

template <class Row>
Result<std::optional<Row>> ArchivedBooks::find(char letter, const std::string& id,
                                               Result<Row> (*read)(std::string_view)) {
  auto found = archive_.archived(letter + id);
  if (found.ok() && !*found) return std::optional<Row>();
  auto row = found.ok() ? read(**found) : Result<Row>(std::move(found).error());
  if (row.ok()) return std::optional(std::move(row).value());
  Error error = std::move(row).error().during("look up " + id + " in the archive");
  if (unreadable_) unreadable_(error);
  return error;
}

Result<std::optional<Order>> ArchivedBooks::find_order(const ClientId& id) {
  return find<Order>(kClientKey, id.text(), order_of_row);
}
Result<std::optional<Order>> ArchivedBooks::find_order(const VenueOrderId& id) {
  return find<Order>(kVenueKey, id.text(), order_of_row);
}
Result<std::optional<Fill>> ArchivedBooks::find_fill(const ExecutionId& id) {
  return find<Fill>(kExecutionKey, id.text(), fill_of_row);
}

}  // namespace s1mple
