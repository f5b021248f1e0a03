// Conclusions: what follows from a step's findings, and from time alone, until nothing follows any more.
#include <algorithm>

#include "orchestrator/engine/engine_parts.h"

namespace s1mple {

void EngineParts::begin(WallTime at) {
  now = std::max(now, at);
  recorder.begin(now);
  notices.begin_step();
  lock_step_turn = false;
}

void EngineParts::settle() {
  if (ended) return;
  handler.expire();
  digest();
  on_data(data.tick(now), true);
  on_breaker(breaker.tick(breaker_world()), "");
  tick_rounds();
  digest();
  deliver_reports();
  run_timers();
  advance_special_orders();
  digest();
  drain();
  if (notices.wake_at()) notices.hand_over_again();
  if (dirty_since && config.flush_interval > Nanos{} && now >= *dirty_since + config.flush_interval)
    write_lazy_facts();
  tell_mode();
}

Step EngineParts::finish() {
  if (recorder.has_facts()) write_lazy_facts();
  const bool dirty = desk.has_dirty() ||
                     std::ranges::any_of(market.all(), [](const auto& entry) { return entry.second.dirty; });
  if (!dirty)
    dirty_since.reset();
  else if (!dirty_since)
    dirty_since = now;
  notices.end_step();
  return recorder.take();
}

void EngineParts::write_lazy_facts() {
  for (const auto& [symbol, seen] : market.all())
    if (seen.dirty) recorder.record(MarketSeen{symbol, seen.row, seen.price, seen.time, seen.position});
  market.mark_clean();
  desk.save();
  dirty_since.reset();
}

// What the execution found may lead to new orders, and these to new findings.
void EngineParts::digest() {
  for (int i = 0; i < kMaxConclusions; ++i) {
    const Findings findings = handler.take_findings();
    for (const Trouble& trouble : findings.troubles) take_trouble(trouble);
    if (findings.success) breaker.success();
    for (const std::string& failure : findings.failures) on_breaker(breaker.failure(failure), failure);
    if (findings.lookup != Lookup::none)
      rounds.want(RoundTrigger::lookup,
                  findings.lookup == Lookup::soon ? config.execution.reconciliation.settle_delay : Nanos{});
    for (const Report& report : findings.reports) route(report);
    if (findings.reports.empty() && findings.troubles.empty() && findings.failures.empty()) return;
  }
  ENSURE(false, "strategies answer their own reports without end");
}

void EngineParts::route(const Report& report) {
  const Order& order = *books.find_order(report.client_id);
  switch (report.kind) {
    case ReportKind::accepted:
      notices.order(order, "accepted");
      if (order.request == RequestKind::cancelling)
        handler.cancel(order, "asked for before it was known to exist");
      else
        resting.sweep(order);
      break;
    case ReportKind::filled: notices.fill(*books.find_fill(report.execution_id)); break;
    case ReportKind::closed:
      notices.order(order, "closed");
      if (order.intent.protective &&
          (order.outcome == Outcome::cancelled || order.outcome == Outcome::expired) &&
          !report.asked_for &&
          books.position({order.intent.strategy, order.intent.symbol}).quantity.is_positive())
        notices.note("log", "stop_gone",
                     "the protective order " + order.intent.client_id.text() + " is gone: " + order.reason);
      break;
  }
  if (may_tell_strategies() && reports_may_go() && !config.lock_step && !desk.has_queued(report.strategy))
    desk.tell(report);
  else
    desk.queue(report);
}

void EngineParts::take_trouble(const Trouble& trouble) {
  switch (trouble.kind) {
    case TroubleKind::warning: return notices.warn(trouble.code, trouble.text);
    case TroubleKind::critical: return notices.critical(trouble.code, trouble.text);
    case TroubleKind::halt: return halt(trouble.code, trouble.text);
    case TroubleKind::latch: return on_breaker(breaker.trip(trouble.code, trouble.text), trouble.text);
  }
}

void EngineParts::halt(const std::string& code, const std::string& text) {
  const bool known = std::ranges::any_of(books.reasons(), [&](const Reason& r) {
    return r.source == ReasonSource::operator_halt && r.code == code;
  });
  if (known) return notices.note("log", code, text);
  recorder.record(ReasonRaised{ReasonSource::operator_halt, code, text, now});
  notices.critical(code, text + "; trading is halted until resume");
  resting.sweep();
}

void EngineParts::on_breaker(CircuitBreaker::Move move, const std::string& text) {
  switch (move) {
    case CircuitBreaker::Move::none: return;
    case CircuitBreaker::Move::opened: {
      std::string why = text;
      for (const Reason& reason : books.reasons())
        if (reason.source == ReasonSource::breaker) why = reason.text;
      notices.critical("breaker_open", "the circuit breaker is open: " + why);
      notices.note("breaker", "open", why);
      return resting.sweep();
    }
    case CircuitBreaker::Move::probing:
      notices.note("breaker", "half_open", "probing");
      return rounds.want(RoundTrigger::probe);
    case CircuitBreaker::Move::closed:
      notices.alert("info", "breaker_closed", "the circuit breaker is closed again");
      return notices.note("breaker", "closed", "trading goes on");
  }
}

void EngineParts::on_data(const DataStep& step, bool silence) {
  if (step.ask != DataAsk::none) recorder.act(AskData{step.ask, step.channels, step.why});
  if (!step.changed) return;
  gate.clear_all(ReasonSource::data);
  if (step.to != DataState::live) gate.raise(ReasonSource::data, to_text(step.to), step.why, now);
  notices.note("data", to_text(step.to), step.why);
  const bool was_up = step.from == DataState::live || step.from == DataState::stale;
  if (silence && was_up && step.to == DataState::waiting)
    on_breaker(breaker.trip("silence", step.why), step.why);
}

bool EngineParts::may_tell_strategies() const {
  return phase == Phase::running && info.mode != StartMode::safe;
}

// A report may make a strategy act, which is better done with a price; but a stop should not wait for long.
bool EngineParts::reports_may_go() const {
  return data_is_fresh() || data_ended || (!config.lock_step && now >= running_since + kReportPatience);
}

void EngineParts::deliver_reports() {
  if (!may_tell_strategies() || !reports_may_go() || !desk.has_queued()) return;
  if (config.lock_step) {
    if (lock_step_turn && handler.unanswered() == 0 && !rounds.is_reading()) desk.deliver_one();
    return digest();
  }
  for (int i = 0; i < kReportsPerStep && desk.deliver_one(); ++i) digest();
}

void EngineParts::run_timers() {
  if (!may_tell_strategies()) return;
  if (config.lock_step &&
      (!lock_step_turn || desk.has_queued() || handler.unanswered() != 0 || rounds.is_reading()))
    return;
  desk.on_timers();
}

void EngineParts::advance_special_orders() {
  if (!reconciled || phase == Phase::reconciling) return;
  if (!books.reasons().empty() && flatten.is_active()) flatten.advance(data_is_fresh());
  if (!guards_stops()) return;
  safe_stops.advance([this](const StrategyName& strategy) {
    return info.mode == StartMode::safe || gate.durable_mode_for(strategy) == TradingMode::halted;
  });
}

// Flatten takes the stops away itself, to sell what they hold back. While somebody else may be making ids with our
// tag, no order is made with it.
bool EngineParts::guards_stops() const {
  const auto is_identity = [](const Reason& r) { return r.source == ReasonSource::operator_halt && r.code == "identity"; };
  if (std::ranges::any_of(books.reasons(), is_identity)) return false;
  return reconciled && phase == Phase::running && (info.mode == StartMode::safe || !books.reasons().empty()) &&
         !flatten.is_active();
}

void EngineParts::drain() {
  if (phase != Phase::draining) return;
  const bool late = now >= *drain_until;
  if (!late && (handler.unanswered() != 0 || resting.has_any() || flatten.is_active())) return;
  if (late && resting.has_any())
    notices.warn("drain_incomplete",
                 "the grace ended before every order that adds risk was proven cancelled");
  recorder.record(RunEnded{now, late ? "shutdown, grace over" : "shutdown"});
  recorder.act(Stop{ExitCode::done, "shutdown"});
  ended = true;
}

void EngineParts::tell_mode() {
  const TradingMode mode = gate.mode();
  if (mode == told_mode) return;
  told_mode = mode;
  notices.trading(to_text(mode), mode == TradingMode::active ? "" : gate.story(StrategyName()));
}

CircuitBreaker::World EngineParts::breaker_world() const {
  CircuitBreaker::World world;
  // What a start found unanswered is no doubt of the running system yet: the gate is closed until it has been asked.
  world.in_doubt = reconciled ? recorder.index().in_doubt() : 0;
  world.oldest_doubt = recorder.index().oldest_doubt();
  if (data_is_fresh()) world.data_fresh_since = data.since();
  world.may_probe = phase == Phase::running && reconciled && venue_up && !rounds.is_reading();
  return world;
}

bool EngineParts::is_settled() const {
  if (phase != Phase::running || ended || store_failed_until) return false;
  if (handler.unanswered() != 0 || rounds.is_reading()) return false;
  if (!data_is_fresh() && !data_ended) return false;
  // A row that is played while no order may leave is one that the strategies can never trade on.
  if (config.lock_step && gate.has(ReasonSource::gate)) return false;
  if (may_tell_strategies() && desk.has_queued()) return false;
  const auto due = wake_at();
  return !due || *due > now;
}

std::optional<WallTime> EngineParts::wake_at() const {
  if (ended) return std::nullopt;
  if (store_failed_until) return last_cancels.empty() ? now : *store_failed_until;
  std::optional<WallTime> earliest = handler.wake_at();
  const auto consider = [&earliest](std::optional<WallTime> at) {
    if (at) earliest = earliest ? std::min(*earliest, *at) : at;
  };
  if (venue_up || rounds.is_reading()) consider(rounds.wake_at());
  consider(data.wake_at());
  consider(notices.wake_at());
  consider(breaker.wake_at(breaker_world()));
  consider(drain_until);
  if (dirty_since && config.flush_interval > Nanos{}) consider(*dirty_since + config.flush_interval);
  if (reconciled && phase != Phase::reconciling) consider(flatten.wake_at());
  if (guards_stops()) consider(safe_stops.wake_at());
  if (!may_tell_strategies()) return earliest;
  const bool may_turn = !config.lock_step || (handler.unanswered() == 0 && !rounds.is_reading());
  if (may_turn && desk.has_queued()) consider(reports_may_go() ? now : running_since + kReportPatience);
  if (may_turn) consider(desk.wake_at());
  return earliest;
}

}  // namespace s1mple
