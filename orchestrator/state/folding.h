// Folding: what a store's records add up to. The store keeps bytes; the owner of the state implements this.
//
// apply() is the same function that changed the state at run time, so recovery cannot differ from what ran. The
// snapshot of a state is one JSON object, written whole or in slices of at most a few milliseconds, and shows the
// state at the moment it was asked for, whatever is applied later.
// Ownership: borrowed by the store and by StoreRecovery. Thread: the loop thread only.
// Errors: apply and read_snapshot refuse what they cannot understand; recovery then stops with exit code 65.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/base/json.h"
#include "common/base/result.h"
#include "orchestrator/state/archive_entry.h"

namespace s1mple {

// One snapshot in the making, fixed at the moment of Folding::snapshot_slices().
class SnapshotSlices {
 public:
  virtual ~SnapshotSlices() = default;
  // Appends the next part of the state's JSON text (at most about 5 ms of work); false when it was the last.
  virtual bool append_slice(std::string& out) = 0;
};

// What leaves the state at once.
struct Eviction {
  std::shared_ptr<const ArchiveBatch> batch;  // null or empty: nothing
  bool more = false;                          // the bound was reached: there may be more to evict
};

class Folding {
 public:
  virtual ~Folding() = default;
  // "orchestrator", "paper" or "drill": stands in every file; a directory of another kind is refused.
  [[nodiscard]] virtual std::string_view kind() const = 0;
  // The version of records and snapshot body. Files of a newer one are refused untouched.
  [[nodiscard]] virtual std::uint32_t format() const { return 1; }

  virtual Result<void> apply(std::span<const std::byte> payload) = 0;
  // `format` is the one that the snapshot was written with, at most format(): older ones are upgraded here.
  virtual Result<void> read_snapshot(const JsonValue& state, std::uint32_t format) = 0;
  // The same of the text itself; the default parses it. For owners of many rows, who need no tree of them.
  virtual Result<void> read_snapshot_text(std::string_view state, std::uint32_t format);
  // One JSON object.
  virtual void write_snapshot(JsonWriter& out) const = 0;
  // The default writes the whole state at once and hands it out as one slice; a large state overrides it.
  [[nodiscard]] virtual std::unique_ptr<SnapshotSlices> snapshot_slices() const;

  // Takes out of the state what is older than the owner's horizon, at most about 2 ms of work. Asked before
  // snapshot_slices(), once in each pass of the loop until there is no more; what it gives is in the archive before the
  // snapshot without it counts, and found by look-ups at any time. No record may need it any more: recovery may apply
  // later records with it or without it, and must come to the same.
  [[nodiscard]] virtual Eviction evict() { return {}; }

  // One JSON value for `store log`. The default shows a payload that is JSON as it is, any other as hex text.
  virtual void describe(std::span<const std::byte> payload, JsonWriter& out) const;
};

}  // namespace s1mple
