// Rounds of reads: what a complete view, or a failed one, means for gate, breaker and phase.
#include <algorithm>

#include "orchestrator/engine/engine_parts.h"

namespace s1mple {

void EngineParts::tick_rounds() {
  if (!venue_up && !rounds.is_reading()) return;
  const bool was_reading = rounds.is_reading();
  take_outcome(rounds.tick(reconciliation.wants_wide_view()));
  if (!was_reading && rounds.is_reading()) (void)handler.take_touched();  // known before the reads began
}

void EngineParts::take_outcome(RoundOutcome outcome) {
  switch (outcome) {
    case RoundOutcome::none: return;
    case RoundOutcome::failed: return round_failed();
    case RoundOutcome::view_ready: return judge_view();
  }
}

void EngineParts::judge_view() {
  const RoundTrigger trigger = rounds.trigger();
  const VenueView view = rounds.take_view();
  const bool news = trigger != RoundTrigger::start && trigger != RoundTrigger::reconnect;
  const RoundResult result = reconciliation.judge(
      view, {info.epoch, [this](const Order& order) { return may_resend(order); }, news});
  digest();
  breaker.success();
  if (remind_at) notices.alert("info", "venue_readable", "the venue can be read again");
  remind_at.reset();
  if (result.settled) {
    recorder.record(ReconciliationEnded{now, std::string(to_text(trigger)), result.found});
    notices.note("reconciliation", to_text(trigger), std::to_string(result.found) + " differences");
    open_gate();
  } else {
    rounds.want_again(trigger, std::nullopt);
  }
  on_breaker(breaker.probe_ended(
                 result.settled && data_is_fresh(),
                 result.settled ? "reads and reconciliation were clean" : "the venue's answers differ"),
             "");
  resting.sweep();
  if (lacks_evidence())
    rounds.want_again(RoundTrigger::lookup, result.again_at);
  else if (result.settled)
    rounds.forget_pauses();
}

void EngineParts::open_gate() {
  if (!venue_up) return;
  reconciled = true;
  gate.clear(ReasonSource::gate, "reconciling");
  if (phase != Phase::reconciling) return;
  phase = Phase::running;
  running_since = now;
  notices.note("phase", "running", "reconciled with the venue");
}

// Failures are not absence: nothing is concluded, the gate stays as it is, the round begins anew.
void EngineParts::round_failed() {
  const std::string text = "the venue cannot be read: " + rounds.failure();
  on_breaker(breaker.failure(text), text);
  on_breaker(breaker.probe_ended(false, text), "");
  if (remind_at && now < *remind_at) return;
  notices.critical("venue_unreadable", text + (reconciled ? "" : "; the gate stays closed until it can"));
  remind_at = now + config.execution.reconciliation.remind_every;
}

bool EngineParts::may_resend(const Order& order) const {
  if (phase == Phase::draining) return false;
  if (info.mode == StartMode::safe) return order.intent.protective;
  switch (gate.durable_mode_for(order.intent.strategy)) {
    case TradingMode::active: return true;
    case TradingMode::reducing: return !adds_risk(order);
    case TradingMode::halted: return false;
  }
  ENSURE(false, "TradingMode out of range");
}

// Something is open that only the venue can answer, and nobody is waiting for that answer already.
bool EngineParts::lacks_evidence() const {
  if (recorder.index().in_doubt() != 0 || handler.held_closings() != 0) return true;
  const auto working = recorder.index().all_working();
  return std::ranges::any_of(working, [&](const Order* order) {
    return order->request == RequestKind::cancelling && !handler.is_unanswered(order->intent.client_id);
  });
}

}  // namespace s1mple
