// StoreFiles: one store on its directory: lock, disk, threads, recovery, and afterwards the StateStore.
//
// The runtime and the environment hold it as their Storage before recovery is done, so that the world can be put
// together in one place; it must not be used as one until is_open(). What the store reports goes to the listener.
// Owner: the process; borrows folding and clock. Thread: loop; while is_analysing() the folding and what it
// folds into belong to the store's writer thread. Errors: of recovery; Errc::damaged is exit code 65.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/os/loop.h"
#include "orchestrator/shell/loop_job_runner.h"
#include "orchestrator/shell/posix_disk.h"
#include "orchestrator/shell/store_directory.h"
#include "orchestrator/state/archive_reader.h"
#include "orchestrator/state/recovery.h"
#include "orchestrator/state/state_store.h"

namespace s1mple {

class StoreFiles final : public StorageListener {
 public:
  StoreFiles(Loop& loop, StoreDirectory directory, Folding& folding, const Clock& clock, RecoverySettings settings);
  ~StoreFiles() override;

  // Reads snapshot and log on the store's own thread, which writes nothing; recover() then goes on from
  // there. `tell` is called on the loop with each slice, `done` once; an error is recover()'s.
  void analyse_in_background(std::function<void(RecoveryProgress)> tell, std::function<void()> done);
  [[nodiscard]] bool is_analysing() const { return analysing_; }
  // One slice of recovery; true when the store is open. Not while is_analysing().
  Result<bool> recover();
  [[nodiscard]] RecoveryProgress progress() const { return recovery_->progress(); }
  [[nodiscard]] const RecoveryReport& report() const { return recovery_->report(); }
  // Reads every byte of the archives in the background, in slices; `damaged` is called on the loop, at most once.
  void check_archives(std::function<void(const Error&)> damaged);
  // "state.json at byte 12: ...; help": for people, of a damaged store.
  [[nodiscard]] std::string damage_story() const;

  [[nodiscard]] StateStore& store() { return *store_; }
  [[nodiscard]] bool is_open() const { return store_ != nullptr; }
  void set_listener(StorageListener& listener) { listener_ = &listener; }

  void on_durable(std::uint64_t seq) override;
  void on_store_failed(const Error& error) override;
  void on_space(Space space) override;

 private:
  Loop& loop_;
  StoreDirectory directory_;
  Folding& folding_;
  const Clock& clock_;
  PosixDisk disk_;
  LoopJobRunner writer_, helper_;
  std::shared_ptr<StoreRecovery> recovery_;  // shared with the analysis under way
  bool analysing_ = false;
  std::optional<Error> analysis_failed_;
  std::unique_ptr<StateStore> store_;
  void check_next_slice(std::shared_ptr<std::vector<ArchiveCheck>> checks, std::function<void(const Error&)> damaged);
  StorageListener* listener_ = nullptr;
};

}  // namespace s1mple
