// ExecutionConfig: how patient the execution is with the venue, and what counts as proof.
//
// Units: spans of engine time (market time in a replay). Defaults are Kraken's where a venue matters; the
// paper environment sets visibility_margin and second_read_after to 0 and prove_at_once to true.
// Thread: plain values. Errors: none; relations are checked by the constructor of the engine.
#pragma once

#include <map>

#include "common/base/time.h"
#include "orchestrator/domain/amounts.h"
#include "orchestrator/domain/names.h"

namespace s1mple {

// When an order that no read shows is proven never to have existed (DESIGN section 4, "definitely absent").
struct AbsenceRule {
  Nanos visibility_margin =
      90s;  // the first read begins this long after the order's deadline: REST lags the socket
  Nanos second_read_after = 30s;  // the second one begins this long after the first
  bool prove_at_once =
      false;  // the venue refuses requests of an older epoch: one read of this epoch is enough for those
  bool resend_unchanged =
      false;  // replay: market time has not moved since the intent, so it is sent under its own id
};

struct ReconciliationConfig {
  Nanos interval = 60s;       // periodic check; 0: off (a replay)
  Nanos query_timeout = 10s;  // no page after this long: could not ask
  Nanos retry_base = 500ms;   // full jitter: U(0, min(cap, base * 2^n))
  Nanos retry_cap = 30s;
  Nanos settle_delay = 1s;    // pause before reads are repeated because the venue's own answers differ
  Nanos overlap = 600s;       // reads begin this long before the last agreement
  Nanos remind_every = 600s;  // alert again while the venue cannot be asked
  std::map<Asset, Money> balance_tolerance;  // a difference up to this is recorded and taken on; absent: 0
};

struct ExecutionConfig {
  Nanos order_deadline = 10s;  // of the venue's acceptance, from the making of the intent
  Nanos request_timeout = 5s;  // no answer after this long: in doubt
  AbsenceRule absence;
  ReconciliationConfig reconciliation;
};

}  // namespace s1mple
