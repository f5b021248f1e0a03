// Storage: the port through which every durable fact passes. Records go in, acknowledgements come out later.
//
// submit() numbers a record (from 1) and queues it; flush() hands whatever is queued to the disk, at the latest
// when the sync that is running has returned, so records submitted meanwhile share one sync. Call flush() once at
// the end of each batch (one loop iteration): without it nothing becomes durable. A record is bytes of the owner;
// the owner applies it to its own state first, then submits it, both within one callback of the loop.
// Acknowledgements come in order through StorageListener, never from inside submit().
// Thread: the loop thread only. Errors: a failed store is final (on_store_failed once); what is submitted after
// that gets a number and is never acknowledged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "common/base/enum_text.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "orchestrator/state/archive_entry.h"

namespace s1mple {

// How much room the disk has left. low: no new risk (reducing). out: space for the next groups is about to be
// gone (halted). Both are told before a write can fail, and ok again when space returns.
enum class Space : std::uint8_t { ok, low, out };
inline constexpr EnumTexts<Space, 3> kSpaceTexts{{{Space::ok, "ok"}, {Space::low, "low"}, {Space::out, "out"}}};
constexpr const auto& enum_texts(Space) { return kSpaceTexts; }

class StorageListener {
 public:
  virtual ~StorageListener() = default;
  // Every record up to and including `seq` survives a power cut from here on.
  virtual void on_durable(std::uint64_t seq) = 0;
  // The store is dead: nothing is acknowledged after this call. The process ends with exit code 66.
  virtual void on_store_failed(const Error& error) = 0;
  virtual void on_space(Space space) = 0;
};

struct StorageStatus {
  std::uint64_t seq = 0;           // the last record submitted
  std::uint64_t durable_seq = 0;   // the last record acknowledged
  std::uint64_t snapshot_seq = 0;  // the record up to which the newest snapshot reaches
  std::int64_t commit_p50_us = 0;  // over the last kCommitWindow commits; 0 before the first
  std::int64_t commit_p99_us = 0;
  std::uint64_t commits = 0;       // groups made durable since the start
  // When the oldest record that waits for its acknowledgement was submitted: the runtime judges 1 s and 5 s by it.
  std::optional<Instant> oldest_unacknowledged_since;
  Space space = Space::ok;
  bool failed = false;
};

class Storage : public ArchiveLookup {
 public:
  // Without an archive nothing is in it.
  [[nodiscard]] Result<std::optional<std::string>> archived(std::string_view) override {
    return std::optional<std::string>();
  }
  // The record's number. Aborts on a payload over max_record_bytes(): split the step before.
  virtual std::uint64_t submit(std::span<const std::byte> payload) = 0;
  virtual void flush() = 0;
  [[nodiscard]] virtual std::size_t max_record_bytes() const = 0;
  [[nodiscard]] virtual std::uint64_t last_seq() const = 0;
  [[nodiscard]] virtual std::uint64_t durable_seq() const = 0;
  [[nodiscard]] virtual StorageStatus status() const = 0;
};

}  // namespace s1mple
