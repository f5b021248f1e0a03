// SnapshotWriter: writes one snapshot at a time in the background (FORMAT.md section 4; rules 2, 14, 16, 19, 20).
//
// Slices are made on the loop, one per visit, and written by the helper; the journal is finished and published
// only when the snapshot's last record is durable, so that no snapshot is ever ahead of the log. A full disk
// abandons the snapshot and removes the journal; the log goes on. Anything else that fails is final.
// Ownership: borrows disk and helper; owned by the store's core, which the jobs keep alive. Thread: loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "orchestrator/state/disk.h"
#include "orchestrator/state/folding.h"
#include "orchestrator/state/snapshot_file.h"
#include "orchestrator/state/job_runner.h"

namespace s1mple {

class SnapshotWriter {
 public:
  // Runs a job on the helper and then `done` on the loop, unless the store is gone or failed by then.
  using RunOnHelper = std::function<void(std::function<void()> job, std::function<void()> done)>;
  // Called once per snapshot: the header as written, or why not (no_space: abandoned; else final).
  using Finished = std::function<void(Result<SnapshotHeader>)>;

  SnapshotWriter(Disk& disk, RunOnHelper run, Finished finished);

  [[nodiscard]] bool active() const { return stage_ != Stage::idle; }
  // The last record in the snapshot under way; 0 without one.
  [[nodiscard]] std::uint64_t holds_upto() const { return active() ? writing_->header.seq : 0; }
  // `header` without body_*, with the archives as they are; `leaving` is appended to them before the header is
  // written. `keep_as`: the name under which the present state.json is kept.
  void begin(SnapshotHeader header, std::unique_ptr<SnapshotSlices> slices, std::string keep_as,
             std::uint64_t durable_seq, std::vector<std::shared_ptr<const ArchiveBatch>> leaving);
  void on_durable(std::uint64_t durable_seq);

 private:
  enum class Stage : std::uint8_t { idle, streaming, waiting, publishing };
  // What the jobs share; the loop looks at it only between them.
  struct Writing {
    std::unique_ptr<DiskFile> journal;
    SnapshotHeader header;
    std::string chunk;
    std::string keep_as;
    std::vector<std::shared_ptr<const ArchiveBatch>> leaving;
    Result<void> outcome;
  };
  void write_slice();
  void publish_if_durable();
  void abandon(Error why);

  Disk& disk_;
  RunOnHelper run_;
  Finished finished_;
  Stage stage_ = Stage::idle;
  std::uint64_t durable_seq_ = 0;
  std::unique_ptr<SnapshotSlices> slices_;
  std::shared_ptr<Writing> writing_;
};

}  // namespace s1mple
