// OrphanReaper: waits for the children that nobody here started, as process 1 of a container has to.
//
// Whose parent ends is handed to process 1, and stays a zombie until that waits for it. Children that a Child watches
// are left to it, with their status.
// Owner: whoever runs as process 1 (or is a subreaper), one per process. Thread: the loop's. Failure: none.
#pragma once

#include <cstdint>

#include "common/os/signals.h"
#include "common/os/timer.h"

namespace s1mple {

class OrphanReaper {
 public:
  explicit OrphanReaper(Loop& loop);

  [[nodiscard]] std::uint64_t reaped() const { return reaped_; }

 private:
  void look();

  SignalWatcher ended_;
  Timer again_;
  std::uint64_t reaped_ = 0;
};

}  // namespace s1mple
