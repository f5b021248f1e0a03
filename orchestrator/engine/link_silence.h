// LinkSilence: how long the orchestrator has listened for its supervisor in vain.
//
// Only time in which we listened counts: a look adds what passed since the look before, but never more than kStep. A
// process that was suspended, starved or busy has not heard the pings that wait in its socket; it reads them before
// it looks again, so it never takes its own absence for its supervisor's.
// Pure: time is passed in, monotonic. Owner: the shell's link. Thread: loop. Errors: none.
#pragma once

#include "common/base/time.h"

namespace s1mple {

class LinkSilence {
 public:
  static constexpr Nanos kLook = 250ms;       // how often it is looked at
  static constexpr Nanos kStep = 2 * kLook;   // what one look adds at most
  static constexpr Nanos kQuiet = 5s;         // the gate closes (DESIGN section 6)

  explicit LinkSilence(Instant now) : looked_(now) {}

  void heard(Instant now);
  // The silence up to now.
  Nanos look(Instant now);

 private:
  Instant looked_;
  Nanos silent_{};
};

}  // namespace s1mple
