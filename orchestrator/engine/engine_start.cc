// The beginning of a run: who we are, what was left behind, and what must be known before an order may leave.
#include "orchestrator/engine/engine_parts.h"
#include "orchestrator/execution/order_ids.h"

namespace s1mple {

void EngineParts::start(const StartInfo& start_info) {
  info = start_info;
  phase = Phase::reconciling;
  recorder.index().rebuild(books, now);
  market.recall(books.market(), config.lock_step);
  take_identity();
  recorder.record(RunStarted{now, info.epoch, std::string(to_text(info.mode)), info.cause});
  notices.hand_over_again();
  take_halts();
  take_strategies();
  handler.doubt_everything_unanswered();
  if (breaker.state() == BreakerState::half_open)
    on_breaker(breaker.probe_ended(false, "the process ended during it"), "");
  gate.raise(ReasonSource::gate, "reconciling",
             "the venue's books have not been compared with ours since this start", now);
  gate.raise(ReasonSource::data, to_text(data.state()), "no market data yet", now);
  if (info.mode == StartMode::safe) {
    resting.set_safe_mode();
    gate.raise(ReasonSource::safe, "safe_mode", "started in safe mode: strategies do not run", now);
    notices.critical("safe_mode",
                     "started in safe mode (" + info.cause +
                         "): strategies do not run, stops are kept, what adds risk is cancelled");
  }
  on_data(data.start(now), false);
  rounds.want(RoundTrigger::start);
  told_mode = gate.mode();
}

void EngineParts::take_identity() {
  const IdentitySet& known = books.identity();
  if (known.tag.empty()) {
    ENSURE(is_tag(info.new_tag), "new books need a tag");
    recorder.record(IdentitySet{info.environment, info.venue, info.account, info.new_tag, info.earlier_tags});
  } else {
    ENSURE(
        known.environment == info.environment && known.venue == info.venue && known.account == info.account,
        "the configuration check refuses another environment, venue or account on the same books");
    if (info.draw_new_tag) {
      IdentitySet renewed = known;
      renewed.earlier_tags.push_back(known.tag);
      renewed.tag = info.new_tag;
      if (renewed.tag == known.tag)
        renewed.tag.back() = kTagDigits[(kTagDigits.find(known.tag.back()) + 1) % kTagDigits.size()];
      recorder.record(std::move(renewed));
    }
  }
  orders.restart(books.identity().tag, info.epoch);
}

void EngineParts::take_halts() {
  latched_by_supervisor = info.halted_by_supervisor;
  if (info.halted_by_supervisor && !books.is_halted_by_operator())
    recorder.record(ReasonRaised{ReasonSource::operator_halt, std::string(kHaltCode),
                                 info.halt_reason.empty() ? "halted by the supervisor" : info.halt_reason,
                                 now});
  if (info.after_store_failed)
    halt("store_failed", "the store could not be written in the run before; look at the disk, then resume");
  if (info.fell_back_to_older_generation)
    notices.critical("snapshot_damaged",
                     "the newest snapshot was damaged; the generation before and unbroken logs gave the same "
                     "state, the bad file was set aside");
}

void EngineParts::take_strategies() {
  for (const auto& [name, story] : desk.recall())
    halt("strategy_memory",
         "strategy " + name.text() + " cannot read what it remembered (" + story + "): it does not run");
  std::set<StrategyName> orphans;
  for (const Order* order : recorder.index().all_working())
    if (!desk.knows(order->intent.strategy)) orphans.insert(order->intent.strategy);
  for (const StrategyName& name : orphans)
    notices.warn(
        "orphaned_orders",
        "strategy " + name.text() + " has working orders but is not configured; they are left as they are");
}

}  // namespace s1mple
