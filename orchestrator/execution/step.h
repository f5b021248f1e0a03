// Step: everything that one event led to.
//
// facts are one atomic record: the mark and its effect are on disk together or not at all. They are ALREADY
// applied to the books when the step is returned; the runtime encodes and submits them. Every action of the
// step waits until that record, and every record before it, is durable, except where `without_barrier` says
// that the store is gone.
// Owner: whoever received it. Thread: plain value.
#pragma once

#include <vector>

#include "orchestrator/domain/action.h"
#include "orchestrator/domain/fact_codec.h"

namespace s1mple {

struct Step {
  Record facts;                 // may be empty: nothing to write
  std::vector<Action> actions;  // in this order
  bool without_barrier =
      false;  // after StoreFailed: perform the actions at once, nothing becomes durable any more
};

}  // namespace s1mple
