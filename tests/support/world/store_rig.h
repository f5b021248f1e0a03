// StoreRig: one store on a simulated disk, driven step by step, with what was acknowledged written down.
//
// Lives through any number of process starts on one disk or on copies of it. The numbered folding refuses any
// record that is not the next one, so a recovery that succeeds has exactly the records 1 to seq.
// Thread: one. Errors: REQUIRE nothing by itself; the tests judge.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "orchestrator/state/state_store.h"
#include "tests/support/world/manual_jobs.h"
#include "tests/support/world/numbered_folding.h"
#include "tests/support/world/sim_disk.h"
#include "tests/support/world/virtual_clock.h"

namespace s1mple {

// Small enough that a few dozen records change segments several times.
[[nodiscard]] inline StoreOptions tiny_store() {
  StoreOptions options;
  options.max_group_bytes = 1536;
  options.close_segment_at = 7168;
  options.log_hard_cap = 8 * options.segment_bytes();
  options.space_low = 3 * options.segment_bytes();
  options.space_out = options.segment_bytes() + 4096;
  return options;
}

// One process on the store: from its start until it is thrown away.
class StoreProcess final : public StorageListener {
 public:
  StoreProcess(SimDisk& disk, std::uint64_t seed, RecoverySettings settings)
      : disk_(disk), jobs_(Random(seed)), recovery_(disk, folding_, clock_, settings) {}

  // Recovers and opens; an Error when either the store is refused or the power went.
  Result<void> start() {
    if (auto done = recovery_.run(); !done.ok()) return done;
    store_ = std::make_unique<StateStore>(
        StateStore::Parts{disk_, folding_, clock_, jobs_.writer, jobs_.helper, *this}, recovery_);
    acknowledged_ = store_->durable_seq();
    return {};
  }

  void on_durable(std::uint64_t seq) override { acknowledged_ = seq; }
  void on_store_failed(const Error& error) override { failure_ = error; }
  void on_space(Space space) override { space_ = space; }

  // Applies and submits `count` records, in one batch.
  void commit(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto record = numbered_record(folding_.records() + 1);
      ENSURE(folding_.apply(record).ok(), "the rig's own record is refused");
      store_->submit(record);
    }
    store_->flush();
  }
  // Whether the stop was clean, or nothing when it never ended.
  std::optional<bool> close() {
    std::optional<bool> clean;
    store_->close([&clean](Result<void> outcome) { clean = outcome.ok(); });
    jobs_.run_all();
    return clean;
  }

  void stall_snapshots(bool stalled) { folding_.stall_snapshots(stalled); }
  [[nodiscard]] StateStore& store() { return *store_; }
  [[nodiscard]] ManualJobs& jobs() { return jobs_; }
  [[nodiscard]] VirtualClock& clock() { return clock_; }
  [[nodiscard]] const StoreRecovery& recovery() const { return recovery_; }
  [[nodiscard]] const RecoveryReport& report() const { return recovery_.report(); }
  [[nodiscard]] const NumberedFolding& folding() const { return folding_; }
  [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
  [[nodiscard]] Space space() const { return space_; }
  [[nodiscard]] bool is_open() const { return store_ != nullptr; }

 private:
  SimDisk& disk_;
  VirtualClock clock_;
  NumberedFolding folding_;
  ManualJobs jobs_;
  StoreRecovery recovery_;
  std::unique_ptr<StateStore> store_;
  std::uint64_t acknowledged_ = 0;
  std::optional<Error> failure_;
  Space space_ = Space::ok;
};

[[nodiscard]] inline RecoverySettings tiny_settings(RecoveryMode mode = RecoveryMode::open) {
  RecoverySettings settings;
  settings.mode = mode;
  settings.options = tiny_store();
  return settings;
}

}  // namespace s1mple
