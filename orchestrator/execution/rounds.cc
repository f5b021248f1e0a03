#include "orchestrator/execution/rounds.h"

#include <algorithm>

namespace s1mple {
namespace {

constexpr std::uint32_t kMaxExponent = 20;
constexpr std::uint32_t kHasty = 20;  // a settle_delay of 0 (replay) is believed so many times in a row

std::optional<WallTime> earlier(std::optional<WallTime> a, std::optional<WallTime> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

void Rounds::want(RoundTrigger trigger, Nanos delay) {
  const WallTime at = recorder_.now() + delay;
  if (!wanted_) wanted_ = Wanted{trigger, at};
  wanted_->trigger = std::min(wanted_->trigger, trigger);
  wanted_->at = std::min(wanted_->at, at);
}

void Rounds::want_again(RoundTrigger trigger, std::optional<WallTime> not_before) {
  const Nanos base = pauses_ < kHasty ? config_.settle_delay : std::max<Nanos>(config_.settle_delay, 1s);
  const Nanos pause = base + jitter(base, pauses_);
  ++pauses_;
  const WallTime at = std::max(recorder_.now() + pause, not_before.value_or(WallTime{}));
  want(trigger, at - recorder_.now());
}

void Rounds::restart(RoundTrigger trigger) {
  reads_.abort();
  wanted_ = Wanted{trigger, recorder_.now()};
}

RoundOutcome Rounds::tick(bool wide) {
  if (reads_.is_reading()) return judge(reads_.tick(recorder_.now()));
  if (periodic_at_ && *periodic_at_ <= recorder_.now()) want(RoundTrigger::periodic);
  if (wanted_ && wanted_->at <= recorder_.now()) begin(wide);
  return RoundOutcome::none;
}

void Rounds::begin(bool wide) {
  trigger_ = wanted_->trigger;
  wanted_.reset();
  periodic_at_.reset();
  recorder_.act(reads_.begin(recorder_.now(), reach_back(wide), config_.query_timeout));
}

// What came before the last agreement needs no second look; what never had an answer is older than that.
WallTime Rounds::reach_back(bool wide) const {
  const Books& books = recorder_.books();
  WallTime since = books.reconciliation() ? books.reconciliation()->at : recorder_.now();
  for (const auto& [key, group] : recorder_.index().groups())
    for (const auto& [order_key, entry] : group.working)
      if (wide || !books.reconciliation() || entry.order->stage < Stage::live)
        since = std::min(since, entry.order->intent.created_at);
  return since - config_.overlap;
}

RoundOutcome Rounds::on(const QueryAnswer& answer) {
  const RoundOutcome outcome = judge(reads_.on(answer, recorder_.now()));
  if (const auto question = reads_.take_question()) recorder_.act(*question);
  return outcome;
}

RoundOutcome Rounds::judge(VenueReads::Progress progress) {
  switch (progress) {
    case VenueReads::Progress::waiting: return RoundOutcome::none;
    case VenueReads::Progress::failed:
      want(trigger_, jitter(config_.retry_base, failures_));
      ++failures_;
      return RoundOutcome::failed;
    case VenueReads::Progress::complete:
      failures_ = 0;
      if (config_.interval > Nanos{}) periodic_at_ = recorder_.now() + config_.interval;
      return RoundOutcome::view_ready;
  }
  ENSURE(false, "Progress out of range");
}

Nanos Rounds::jitter(Nanos base, std::uint32_t exponent) {
  Nanos limit = base;
  for (std::uint32_t i = 0; i < std::min(exponent, kMaxExponent) && limit < config_.retry_cap; ++i)
    limit *= 2;
  return Nanos(random_.between(0, std::min(limit, config_.retry_cap).count()));
}

std::optional<WallTime> Rounds::wake_at() const {
  if (reads_.is_reading()) return reads_.wake_at();
  return earlier(periodic_at_, wanted_ ? std::optional(wanted_->at) : std::nullopt);
}

}  // namespace s1mple
