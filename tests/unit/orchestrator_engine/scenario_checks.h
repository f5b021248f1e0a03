// What every scenario of the engine ends with: one order per intent, and books that agree with the venue's.
// Thread: one; for tests.
#pragma once

#include <set>

#include "tests/support/catch.h"
#include "tests/support/engine/engine_rig.h"

namespace s1mple {

// The venue never saw the same id twice (I2), and every id it saw has its intent in our log (I1).
inline void check_one_order_per_intent(const EngineRig& rig) {
  std::set<ClientId> seen;
  for (const OrderIntent& intent : rig.venue.sent) {
    CHECK(seen.insert(intent.client_id).second);
    CHECK(rig.books->find_order(intent.client_id) != nullptr);
  }
  CHECK(rig.folded() == rig.books_json());
}

inline void check_books_agree(const EngineRig& rig) {
  for (const auto& [asset, total] : rig.venue.balances) {
    const auto ours = rig.books->balances().find(asset);
    CHECK((ours == rig.books->balances().end() ? Money() : ours->second) == total);
  }
  CHECK(rig.books->fills().size() == rig.venue.trades.size());
  CHECK(rig.books->orders().working().size() == rig.venue.open_count());
}

struct Started {
  EngineRig rig;
  Started() {
    rig.start();
    rig.market("100");
  }
};

}  // namespace s1mple
