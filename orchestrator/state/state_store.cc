#include "orchestrator/state/state_store.h"

#include <utility>

#include "orchestrator/state/recovery_work.h"
#include "orchestrator/state/store_core.h"

namespace s1mple {

StateStore::StateStore(Parts parts, StoreRecovery& recovery) {
  StoreRecovery::Work& work = *recovery.work_;
  ENSURE(work.phase == StoreRecovery::Work::Phase::finished && work.settings.mode == RecoveryMode::open,
         "the store was not recovered for opening");
  ENSURE(work.store.tail.file, "a recovery opens one store");
  core_ = std::make_shared<Core>(parts, work.settings.options, std::move(work.store));
  core_->retire_segments();
}

StateStore::~StateStore() { core_->detached = true; }

std::uint64_t StateStore::submit(std::span<const std::byte> payload) { return core_->submit(payload); }
void StateStore::flush() { core_->flush(); }
std::size_t StateStore::max_record_bytes() const {
  return static_cast<std::size_t>(core_->group_limit() - kGroupOverhead);
}
std::uint64_t StateStore::last_seq() const { return core_->seq; }
std::uint64_t StateStore::durable_seq() const { return core_->durable_seq; }
Result<std::optional<std::string>> StateStore::archived(std::string_view key) { return core_->archived(key); }
std::uint64_t StateStore::epoch() const { return core_->epoch; }

StorageStatus StateStore::status() const {
  StorageStatus status;
  status.seq = core_->seq;
  status.durable_seq = core_->durable_seq;
  status.snapshot_seq = core_->snapshot.seq;
  status.commit_p50_us = core_->stats.percentile_us(50);
  status.commit_p99_us = core_->stats.percentile_us(99);
  status.commits = core_->stats.commits();
  status.space = core_->space;
  status.failed = core_->failure.has_value();
  if (core_->in_flight && !core_->in_flight->empty())
    status.oldest_unacknowledged_since = core_->in_flight->since();
  else if (!core_->groups.empty())
    status.oldest_unacknowledged_since = core_->groups.front()->since();
  return status;
}

void StateStore::request_snapshot() {
  core_->snapshot_wanted = true;
  core_->begin_snapshot_if_wanted();
}

void StateStore::check_space() { core_->check_space(); }

void StateStore::close(std::function<void(Result<void>)> done) {
  ENSURE(!core_->close_done, "close() twice");
  core_->close_done = std::move(done);
  if (core_->failure) return core_->answer_close(*core_->failure);
  core_->advance_close();
}

void StateStore::abandon(Error error) { core_->fail(std::move(error)); }

}  // namespace s1mple
