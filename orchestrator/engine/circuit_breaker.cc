#include "orchestrator/engine/circuit_breaker.h"

#include <algorithm>

namespace s1mple {

ReasonWay way_of(std::string_view code) {
  if (code == "silence" || code == "failures" || code == "flapping") return ReasonWay::self_healing;
  if (code == "in_doubt" || code == "slow_disk") return ReasonWay::condition;
  return ReasonWay::latched;
}

bool CircuitBreaker::has(std::string_view code) const {
  return std::ranges::any_of(recorder_.books().reasons(), [&](const Reason& r) {
    return r.source == ReasonSource::breaker && r.code == code;
  });
}

bool CircuitBreaker::is_latched() const {
  return std::ranges::any_of(recorder_.books().reasons(), [](const Reason& r) {
    return r.source == ReasonSource::breaker && way_of(r.code) == ReasonWay::latched;
  });
}

CircuitBreaker::Move CircuitBreaker::trip(std::string_view code, const std::string& text) {
  const WallTime now = recorder_.now();
  if (way_of(code) == ReasonWay::condition) last_bad_ = now;
  if (!has(code)) recorder_.record(ReasonRaised{ReasonSource::breaker, std::string(code), text, now});
  const std::uint32_t failed = recorder_.books().breaker().failed_probes;
  switch (state()) {
    case BreakerState::open: return Move::none;
    case BreakerState::closed:
      move_to(BreakerState::open, 0, std::string(code) + ": " + text);
      return Move::opened;
    case BreakerState::half_open:
      move_to(BreakerState::open, failed + 1, std::string(code) + ": " + text);
      return Move::none;  // it never closed: the alert of the opening still stands
  }
  ENSURE(false, "BreakerState out of range");
}

CircuitBreaker::Move CircuitBreaker::failure(const std::string& text) {
  if (++failures_ < config_.max_failures) return Move::none;
  return trip("failures", std::to_string(failures_) + " failures in a row, the last: " + text);
}

bool CircuitBreaker::condition_holds(const World& world) const {
  const WallTime now = recorder_.now();
  const bool many = world.in_doubt > config_.max_in_doubt;
  const bool old = world.oldest_doubt && now - *world.oldest_doubt >= config_.max_doubt_age;
  const bool slow = slow_disk_at_ && now - *slow_disk_at_ < config_.clear_period;
  return many || old || slow || (has("in_doubt") && world.in_doubt > 0);
}

CircuitBreaker::Move CircuitBreaker::tick(const World& world) {
  const WallTime now = recorder_.now();
  if (condition_holds(world)) last_bad_ = now;
  if (!has("in_doubt")) {
    if (world.in_doubt > config_.max_in_doubt)
      return trip("in_doubt", std::to_string(world.in_doubt) + " orders in doubt, allowed are " +
                                  std::to_string(config_.max_in_doubt));
    if (world.oldest_doubt && now - *world.oldest_doubt >= config_.max_doubt_age)
      return trip("in_doubt", "an order has been in doubt for " +
                                  std::to_string(to_ms(now - *world.oldest_doubt) / 1000) + " s");
  }
  if (state() != BreakerState::open || is_latched() || !world.may_probe || !world.data_fresh_since ||
      now < probe_at(world))
    return Move::none;
  move_to(BreakerState::half_open, recorder_.books().breaker().failed_probes,
          "probe: reads, reconciliation and fresh data");
  return Move::probing;
}

WallTime CircuitBreaker::probe_at(const World& world) const {
  const Breaker& breaker = recorder_.books().breaker();
  Nanos interval = config_.probe_interval;
  for (std::uint32_t i = 0; i < breaker.failed_probes && interval < config_.probe_interval_max; ++i)
    interval *= 2;
  WallTime at = breaker.since + std::min(interval, config_.probe_interval_max);
  if (last_bad_ != WallTime{}) at = std::max(at, last_bad_ + config_.clear_period);
  if (world.data_fresh_since) at = std::max(at, *world.data_fresh_since + config_.probe_period);
  return at;
}

CircuitBreaker::Move CircuitBreaker::probe_ended(bool clean, const std::string& why) {
  if (state() != BreakerState::half_open) return Move::none;
  if (!clean) {
    move_to(BreakerState::open, recorder_.books().breaker().failed_probes + 1, "probe failed: " + why);
    return Move::none;
  }
  return close("probe passed: " + why);
}

CircuitBreaker::Move CircuitBreaker::resume(const std::string& why) {
  const std::vector<Reason> reasons = recorder_.books().reasons();
  for (const Reason& reason : reasons)
    if (reason.source == ReasonSource::breaker && way_of(reason.code) == ReasonWay::latched)
      recorder_.record(ReasonCleared{reason.source, reason.code, why, recorder_.now()});
  const bool others = std::ranges::any_of(recorder_.books().reasons(),
                                          [](const Reason& r) { return r.source == ReasonSource::breaker; });
  return is_closed() || others ? Move::none : close(why);
}

CircuitBreaker::Move CircuitBreaker::close(const std::string& why) {
  const std::vector<Reason> reasons = recorder_.books().reasons();
  for (const Reason& reason : reasons)
    if (reason.source == ReasonSource::breaker)
      recorder_.record(ReasonCleared{reason.source, reason.code, why, recorder_.now()});
  failures_ = 0;
  move_to(BreakerState::closed, 0, why);
  return Move::closed;
}

void CircuitBreaker::move_to(BreakerState state, std::uint32_t failed_probes, const std::string& why) {
  recorder_.record(BreakerMoved{state, failed_probes, recorder_.now(), why});
}

std::optional<WallTime> CircuitBreaker::wake_at(const World& world) const {
  std::optional<WallTime> at;
  if (world.oldest_doubt && !has("in_doubt")) at = *world.oldest_doubt + config_.max_doubt_age;
  if (state() == BreakerState::open && !is_latched() && world.may_probe && world.data_fresh_since &&
      !condition_holds(world)) {
    const WallTime probe = probe_at(world);
    at = at ? std::min(*at, probe) : probe;
  }
  return at;
}

}  // namespace s1mple
