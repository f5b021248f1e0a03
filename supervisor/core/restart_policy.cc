#include "supervisor/core/restart_policy.h"

#include <algorithm>

namespace s1mple {

RestartPolicy::RestartPolicy(const RestartSettings& settings, Random& random)
    : settings_(settings), random_(random) {}

void RestartPolicy::restore(const RestartTally& tally, Nanos age, Instant now) {
  step_ = tally.step;
  if (step_ == LadderStep::normal || step_ == LadderStep::recovery)
    step_ = tally.clean ? LadderStep::normal : LadderStep::recovery;
  clean_ = tally.clean;
  parked_reason_ = tally.parked_reason;
  safe_deaths_ = tally.safe_deaths;
  after_store_failed_ = tally.after_store_failed;
  deaths_.clear();
  for (const Nanos death_age : tally.death_ages) deaths_.push_back(now - death_age - age);
  if (tally.reserved) {
    deaths_.push_back(now - age);
    if (step_ == LadderStep::safe) ++safe_deaths_;
  }
  forget_old(now);
}

RestartTally RestartPolicy::tally(Instant now) const {
  RestartTally tally;
  tally.step = step_;
  tally.parked_reason = parked_reason_;
  for (const Instant death : deaths_) tally.death_ages.push_back(now - death);
  tally.safe_deaths = safe_deaths_;
  tally.reserved = reserved_;
  tally.after_store_failed = after_store_failed_;
  tally.clean = clean_;
  return tally;
}

std::size_t RestartPolicy::counted(Instant now) const {
  return static_cast<std::size_t>(std::count_if(deaths_.begin(), deaths_.end(),
                                                [&](Instant death) { return now - death <= settings_.window; }));
}

StartMode RestartPolicy::mode() const {
  switch (step_) {
    case LadderStep::normal: return StartMode::normal;
    case LadderStep::recovery: return StartMode::recovery;
    case LadderStep::safe: return StartMode::safe;
    case LadderStep::parked: break;
  }
  ENSURE(false, "nothing is started while parked");
}

void RestartPolicy::on_start(Instant now) {
  ENSURE(step_ != LadderStep::parked, "nothing is started while parked");
  last_start_ = now;
  reserved_ = true;
  clean_ = false;
  ready_mark_.reset();
}

void RestartPolicy::on_adopt(bool reserved, Instant now) {
  ENSURE(step_ != LadderStep::parked, "nothing runs while parked");
  last_start_ = now;
  reserved_ = reserved;
  clean_ = false;
  ready_mark_.reset();
}

void RestartPolicy::on_ready(Instant now) { ready_mark_ = now; }

void RestartPolicy::on_stable() { reserved_ = false; }

bool RestartPolicy::counts(const Death& death) const {
  if (!death.was_ready) return true;
  return death.ready_for < settings_.stable_after && !death.progressed;
}

// Pays out the time of being ready, and drops what lies outside of the window.
void RestartPolicy::forget_old(Instant now) {
  while (ready_mark_ && now - *ready_mark_ >= settings_.forget_after) {
    *ready_mark_ += settings_.forget_after;
    if (!deaths_.empty()) deaths_.pop_front();
    if (safe_deaths_ > 0) --safe_deaths_;
    if (deaths_.empty() && safe_deaths_ == 0) {
      ready_mark_ = now;
      store_retried_ = false;
    }
  }
  while (!deaths_.empty() && now - deaths_.front() > settings_.window) deaths_.pop_front();
  while (deaths_.size() > kMaxDeaths) deaths_.pop_front();
}

void RestartPolicy::end_of_run(Instant now) {
  forget_old(now);
  ready_mark_.reset();
  reserved_ = false;
}

void RestartPolicy::on_asked_end(const ExitStatus& status, Instant now) {
  end_of_run(now);
  clean_ = status.code == 0;
  after_store_failed_ = status.code == to_int(ExitCode::store_failed);
  if (step_ == LadderStep::normal) step_ = LadderStep::recovery;
}

Nanos RestartPolicy::backoff() {
  Nanos bound = settings_.backoff_base;
  for (std::size_t n = 1; n < deaths_.size() && bound < settings_.backoff_cap; ++n) bound *= 2;
  bound = std::min(bound, settings_.backoff_cap);
  return Nanos(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(bound.count()) + 1)));
}

void RestartPolicy::enter_parked(std::string reason) {
  step_ = LadderStep::parked;
  parked_reason_ = std::move(reason);
  reserved_ = false;
}

void RestartPolicy::enter_safe() {
  step_ = LadderStep::safe;
  safe_deaths_ = 0;
}

Verdict RestartPolicy::after_store_failure(Instant now) {
  after_store_failed_ = true;
  if (!store_retried_) {
    store_retried_ = true;
    return {StartAt{now}, false, false};
  }
  return {StartAt{std::max(now, last_start_ + settings_.store_retry)}, false, false};
}

Verdict RestartPolicy::after_counted(Instant now) {
  deaths_.push_back(now);
  forget_old(now);
  if (step_ == LadderStep::safe) {
    ++safe_deaths_;
    if (safe_deaths_ >= settings_.parked_after) {
      enter_parked("died " + std::to_string(safe_deaths_) + " times in safe mode");
      return {Park{parked_reason_}, true, true};
    }
  } else if (deaths_.size() >= static_cast<std::size_t>(settings_.safe_after)) {
    enter_safe();
    return {StartAt{now + backoff()}, true, true};
  }
  return {StartAt{now + backoff()}, true, false};
}

Verdict RestartPolicy::on_death(const Death& death, Instant now) {
  end_of_run(now);
  if (step_ == LadderStep::normal) step_ = LadderStep::recovery;
  const auto code = death.status.code ? exit_code_of(*death.status.code) : std::nullopt;
  after_store_failed_ = false;
  if (code && !restart_may_help(*code)) {
    enter_parked("exit " + std::to_string(to_int(*code)) + " (" + std::string(to_text(*code)) + ")");
    return {Park{parked_reason_}, false, true};
  }
  if (code == ExitCode::store_failed) return after_store_failure(now);
  store_retried_ = false;
  if (code == ExitCode::lock_held) return {WaitForLock{}, false, false};
  if (!counts(death)) return {StartAt{now}, false, false};
  return after_counted(now);
}

bool RestartPolicy::clear() {
  switch (step_) {
    case LadderStep::normal:
    case LadderStep::recovery:
      return false;
    case LadderStep::safe:
      step_ = LadderStep::recovery;
      break;
    case LadderStep::parked:
      step_ = LadderStep::safe;
      break;
  }
  deaths_.clear();
  safe_deaths_ = 0;
  parked_reason_.clear();
  store_retried_ = false;
  return true;
}

}  // namespace s1mple
