// StateStore: Storage on files, as orchestrator/state/FORMAT.md lays them out.
//
// One engine step = one record = one submit. Records are encoded here on the loop thread; one writer writes and
// syncs group after group, at most one of them unforced (rules 1, 7); a helper lays out or recycles the next
// segment and writes snapshots, so that neither is ever in the way of a commit (rules 8, 16, 19).
// Snapshots: begin by themselves whenever a segment is closed; the folding must then equal all submitted records,
// which holds between any two callbacks of the loop. Failures: a failed write or sync, or abandon(), is final.
// Ownership: borrows disk, folding, clock, runners, listener; all outlive it. Destroy the runners first
// or keep the store until they are idle. Thread: loop thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "common/base/result.h"
#include "common/base/time.h"
#include "orchestrator/state/disk.h"
#include "orchestrator/state/folding.h"
#include "orchestrator/state/recovery.h"
#include "orchestrator/state/storage.h"
#include "orchestrator/state/job_runner.h"

namespace s1mple {

class StateStore final : public Storage {
 public:
  // What the store runs on. `writer` and `helper` must be two runners: a snapshot takes longer than a commit.
  struct Parts {
    Disk& disk;
    Folding& folding;
    const Clock& clock;
    JobRunner& writer;
    JobRunner& helper;
    StorageListener& listener;
  };

  // `recovery` has finished in mode `open` on the same disk and folding, under the lock.
  StateStore(Parts parts, StoreRecovery& recovery);
  ~StateStore() override;

  std::uint64_t submit(std::span<const std::byte> payload) override;
  void flush() override;
  [[nodiscard]] std::size_t max_record_bytes() const override;
  [[nodiscard]] std::uint64_t last_seq() const override;
  [[nodiscard]] std::uint64_t durable_seq() const override;
  [[nodiscard]] StorageStatus status() const override;
  [[nodiscard]] std::uint64_t epoch() const;
  [[nodiscard]] Result<std::optional<std::string>> archived(std::string_view key) override;

  // Starts a snapshot now unless one is being written; for tests and for operators.
  void request_snapshot();
  // Looks at the free space in the background; the runtime calls it every few seconds.
  void check_space();
  // Flushes, writes a final snapshot and the clean-stop mark, then calls `done` once. Nothing may be submitted
  // afterwards. An Error means that the stop was not clean; a failed store answers with its failure.
  void close(std::function<void(Result<void>)> done);
  // The owner's verdict that the disk does not come back (sync_deadline): fails the store with `error`.
  void abandon(Error error);

 private:
  struct Core;
  std::shared_ptr<Core> core_;  // shared with the jobs under way, so that a late completion finds it closed
};

}  // namespace s1mple
