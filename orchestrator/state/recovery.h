// StoreRecovery: from whatever a crash left in the directory to a proven state, in slices.
//
// It reads the newest good snapshot and every record after it through Folding::apply. Analysis never writes;
// repairs (cut the torn tail, complete a rename, force what was read, ...) follow from it as a list of steps:
// `inspect` stops before them and lists them as pending, `repair` performs them, `open` performs them and then
// forces a new epoch, after which a StateStore can go on. Each step() is bounded (kSliceBytes, one sync), so that
// the loop answers pings in between. May be interrupted anywhere and repeated (rule 11).
// Archives: `open` checks size, header and directory, the other modes every byte; the owner of an open store checks
// the rest in the background (StoreFiles).
// Damage (rules 7, 12, 13): step() fails, nothing was written, damage() names file, offset, reason and the way out.
// The folding must be fresh; after a failure it is to be thrown away. `repair` and `open` need the directory's lock.
// Thread: one at a time, with disk and folding; reads and syncs inside step().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/enum_text.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "orchestrator/state/archive_format.h"
#include "orchestrator/state/disk.h"
#include "orchestrator/state/folding.h"
#include "orchestrator/state/store_options.h"

namespace s1mple {

enum class RecoveryMode : std::uint8_t { inspect, repair, open };

struct RecoverySettings {
  RecoveryMode mode = RecoveryMode::open;
  std::uint64_t mirror_epoch = 0;   // the supervisor's copy of the epoch; 0 when there is none
  bool after_store_failed = false;  // the last process ended with 66: nothing that it wrote is trusted to be on
                                    // the disk, so what was recovered goes to new files (rule 10)
  StoreOptions options;
  std::string directory = "D";      // as a person would type it: for the commands in messages
};

// What is wrong with stored bytes, for exit code 65.
struct StoreDamage {
  std::string file;
  std::uint64_t offset = 0;
  std::string reason;
  std::string help;  // the command that leads on
};

struct RecoveryProgress {
  std::string_view phase;  // "snapshot", "log", "repair"
  std::uint64_t done = 0;  // bytes
  std::uint64_t total = 0;
};

struct RecoveryReport {
  std::uint64_t seq = 0;           // the last record
  std::uint64_t records = 0;       // seq - snapshot_seq
  std::uint32_t digest = 0;        // d(seq), see record_digest.h
  std::uint64_t snapshot_seq = 0;  // of the snapshot that recovery began with
  std::uint64_t found_epoch = 0;   // the highest in the directory
  std::uint64_t epoch = 0;         // open: the new one, forced; else found_epoch
  bool clean_stop = false;
  bool was_empty = false;          // nothing of a store existed: a first start
  bool salvaged = false;           // the books were written by `store salvage`: draw a new tag, start halted
  bool older_generation = false;   // the newest snapshot was damaged; the one before and the logs gave everything
  std::uint64_t torn_bytes = 0;    // cut from the end of the log: never acknowledged
  std::vector<ArchiveRef> archives;         // as the snapshot names them
  std::uint64_t archived_orders = 0, archived_fills = 0;
  std::uint64_t archive_tail_bytes = 0;     // behind what it names: ignored, and written over
  std::vector<std::string> set_aside;  // files kept for a person, by their new names
  std::vector<std::string> pending;    // inspect: what a start would do first ("cut_tail", "complete_rename", ...)
};

class StoreRecovery {
 public:
  StoreRecovery(Disk& disk, Folding& folding, const Clock& clock, RecoverySettings settings);
  ~StoreRecovery();
  StoreRecovery(const StoreRecovery&) = delete;
  StoreRecovery& operator=(const StoreRecovery&) = delete;

  // One slice; true when finished. After an Error, or true, it must not be called again.
  Result<bool> step();
  // Everything was read and found right; the steps that follow are repairs, and write.
  [[nodiscard]] bool has_analysed() const;
  // All slices.
  Result<void> run();
  [[nodiscard]] RecoveryProgress progress() const;
  [[nodiscard]] const RecoveryReport& report() const;             // complete after step() returned true
  [[nodiscard]] const std::optional<StoreDamage>& damage() const;  // set when step() failed with Errc::damaged

 private:
  friend class StateStore;
  struct Work;
  std::unique_ptr<Work> work_;
};

// The kind that the directory's files name ("orchestrator", ...); nothing when no file names one.
[[nodiscard]] Result<std::optional<std::string>> stored_kind(Disk& disk);

}  // namespace s1mple
