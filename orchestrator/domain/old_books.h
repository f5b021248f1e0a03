// OldBooks: what the books have forgotten because it is older than their horizon, and an archive still knows.
//
// The books stay bounded; "intent in our log" and "counted once, for ever" still hold, because an id that the books do
// not know is asked for here before anybody calls it unknown. A look-up may read the disk (a few preads, on the loop
// thread), so it is asked only then: about a new fill, or an id that no working order has. Values are copies.
// Owner: the environment. Thread: loop.
// Errors: the archive cannot be read. Then nobody knows whether the id is an old one: nothing is counted, nothing is
// called foreign (P4, P5).
#pragma once

#include <optional>

#include "common/base/result.h"
#include "orchestrator/domain/fill.h"

namespace s1mple {

class OldBooks {
 public:
  virtual ~OldBooks() = default;
  [[nodiscard]] virtual Result<std::optional<Order>> find_order(const ClientId& id) = 0;
  [[nodiscard]] virtual Result<std::optional<Order>> find_order(const VenueOrderId& id) = 0;
  [[nodiscard]] virtual Result<std::optional<Fill>> find_fill(const ExecutionId& id) = 0;
};

}  // namespace s1mple
