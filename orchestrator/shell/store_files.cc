#include "orchestrator/shell/store_files.h"

#include <utility>

namespace s1mple {

StoreFiles::StoreFiles(Loop& loop, StoreDirectory directory, Folding& folding, const Clock& clock,
                       RecoverySettings settings)
    : loop_(loop),
      directory_(std::move(directory)),
      folding_(folding),
      clock_(clock),
      disk_(directory_.path()),
      writer_(loop, Worker::Haste::hasty),
      helper_(loop),
      recovery_(std::make_shared<StoreRecovery>(disk_, folding_, clock_, std::move(settings))) {}

StoreFiles::~StoreFiles() = default;

void StoreFiles::analyse_in_background(std::function<void(RecoveryProgress)> tell,
                                       std::function<void()> done) {
  analysing_ = true;
  auto failed = std::make_shared<std::optional<Error>>();
  auto job = [failed, recovery = recovery_, tell = std::move(tell), &loop = loop_] {
    while (!recovery->has_analysed()) {
      if (auto step = recovery->step(); !step) return failed->emplace(std::move(step).error()), void();
      loop.post([tell, progress = recovery->progress()] { tell(progress); });
    }
  };
  writer_.run(std::move(job), [this, failed, done = std::move(done)] {
    analysing_ = false;
    analysis_failed_ = std::move(*failed);
    done();
  });
}

Result<bool> StoreFiles::recover() {
  ENSURE(!analysing_, "the store's own thread is reading it");
  auto done = analysis_failed_ ? Result<bool>(*analysis_failed_) : recovery_->step();
  if (!done) return std::move(done).error().during("recover " + directory_.path());
  if (!*done) return false;
  store_ = std::make_unique<StateStore>(StateStore::Parts{disk_, folding_, clock_, writer_, helper_, *this}, *recovery_);
  return true;
}

void StoreFiles::check_archives(std::function<void(const Error&)> damaged) {
  auto checks = std::make_shared<std::vector<ArchiveCheck>>();
  for (const ArchiveRef& archive : report().archives) checks->emplace_back(disk_, archive);
  check_next_slice(std::move(checks), std::move(damaged));
}

void StoreFiles::check_next_slice(std::shared_ptr<std::vector<ArchiveCheck>> checks,
                                  std::function<void(const Error&)> damaged) {
  if (checks->empty()) return;
  auto outcome = std::make_shared<Result<bool>>(false);
  helper_.run([outcome, checks] { *outcome = checks->back().step(); },
              [this, outcome, checks, damaged = std::move(damaged)] {
                if (!outcome->ok()) return damaged(Error(outcome->error()).during(directory_.path()));
                if (**outcome) checks->pop_back();
                check_next_slice(checks, damaged);
              });
}

std::string StoreFiles::damage_story() const {
  const auto& damage = recovery_->damage();
  if (!damage) return {};
  return directory_.path() + "/" + damage->file + " at byte " + std::to_string(damage->offset) + ": " + damage->reason + "; " + damage->help;
}

void StoreFiles::on_durable(std::uint64_t seq) {
  if (listener_) listener_->on_durable(seq);
}
void StoreFiles::on_store_failed(const Error& error) {
  if (listener_) listener_->on_store_failed(error);
}
void StoreFiles::on_space(Space space) {
  if (listener_) listener_->on_space(space);
}

}  // namespace s1mple
