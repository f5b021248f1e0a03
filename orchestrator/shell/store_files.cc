#include "orchestrator/shell/store_files.h"

#include <utility>

namespace s1mple {

StoreFiles::StoreFiles(Loop& loop, StoreDirectory directory, Folding& folding, const Clock& clock, RecoverySettings settings)
    : directory_(std::move(directory)), folding_(folding), clock_(clock), disk_(directory_.path()), writer_(loop), helper_(loop),
      recovery_(std::make_unique<StoreRecovery>(disk_, folding_, clock_, std::move(settings))) {}

StoreFiles::~StoreFiles() = default;

Result<bool> StoreFiles::recover() {
  auto done = recovery_->step();
  if (!done) return std::move(done).error().during("recover " + directory_.path());
  if (!*done) return false;
  store_ = std::make_unique<StateStore>(StateStore::Parts{disk_, folding_, clock_, writer_, helper_, *this}, *recovery_);
  return true;
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
