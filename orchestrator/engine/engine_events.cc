// What each event means, before the machines draw their conclusions (engine_settle.cc).
#include "orchestrator/engine/engine_parts.h"
#include "orchestrator/engine/operator_desk.h"

namespace s1mple {

void EngineParts::happen(const MarketTrade& trade) {
  ++market_events;
  market.saw(trade);
  on_data(data.trade(trade.symbol, now), false);
  if (!may_tell_strategies()) return;
  while (desk.has_queued()) {  // what happened before is told before
    desk.deliver_one();
    digest();
  }
  desk.on_market(trade);
}

void EngineParts::happen(const DataConnected&) { on_data(data.connected(now), false); }
void EngineParts::happen(const DataHeartbeat&) { on_data(data.heartbeat(now), false); }
void EngineParts::happen(const DataLost& lost) { on_data(data.lost(lost.reason, now), false); }

void EngineParts::happen(const DataEnded&) {
  data_ended = true;
  on_data(data.ended(now), false);
}

void EngineParts::happen(const OrderPush& push) {
  if (handler.merge(push.order, Provenance::pushed)) return;
  if (is_ours(push.order.client_id, books.identity()))
    rounds.want(RoundTrigger::lookup);  // the reads judge it
}

void EngineParts::happen(const FillPush& push) {
  if (!handler.merge(push.fill, Provenance::pushed))
    rounds.want(RoundTrigger::lookup);  // whose it is, the reads tell
}

void EngineParts::happen(const QueryAnswer& answer) { take_outcome(rounds.on(answer)); }

void EngineParts::happen(const VenueConnected&) {
  if (venue_up && !gate.has(ReasonSource::gate, "venue_lost")) return;
  venue_up = true;
  gate.clear(ReasonSource::gate, "venue_lost");
  gate.raise(ReasonSource::gate, "reconciling",
             "the venue's books have not been compared with ours since the reconnect", now);
  rounds.restart(phase == Phase::reconciling ? RoundTrigger::start : RoundTrigger::reconnect);
}

void EngineParts::happen(const VenueLost& lost) {
  venue_up = false;
  reconciled = false;
  gate.raise(ReasonSource::gate, "venue_lost", lost.reason, now);
  rounds.restart(phase == Phase::reconciling ? RoundTrigger::start
                                             : RoundTrigger::reconnect);  // begins when it is back
}

void EngineParts::happen(const Command& command) { OperatorDesk(*this).handle(command); }

void EngineParts::happen(const Tick&) {
  ++risk_ticks;
  lock_step_turn = true;
}

void EngineParts::happen(const ShutdownAsked& asked) {
  const WallTime until = now + asked.grace - asked.grace / 4;  // the rest is for the last snapshot
  drain_until = drain_until ? std::min(*drain_until, until) : until;
  if (phase == Phase::draining) return;
  phase = Phase::draining;
  orders.close_for_good("shutting down");
  resting.set_draining();
  resting.sweep();
  notices.note("phase", "draining", "no new orders; what adds risk is cancelled, stops stay");
}

void EngineParts::happen(const SupervisorLost& lost) {
  gate.raise(ReasonSource::gate, "supervisor_lost", lost.reason, now);
}
void EngineParts::happen(const SupervisorBack&) { gate.clear(ReasonSource::gate, "supervisor_lost"); }

void EngineParts::happen(const DiskSpaceChanged& changed) {
  const bool was_short = gate.has(ReasonSource::disk);
  gate.clear_all(ReasonSource::disk);
  switch (changed.space) {
    case DiskSpace::ok:
      if (was_short) notices.alert("info", "disk_space_back", "there is room on the disk again");
      return;
    case DiskSpace::low:
      gate.raise(ReasonSource::disk, "disk_low", "the disk is nearly full", now);
      return notices.critical("disk_low", "the disk is nearly full: only orders that reduce risk leave");
    case DiskSpace::out:
      gate.raise(ReasonSource::disk, kDiskOutCode, "the disk is full", now);
      return notices.critical("disk_out", "the disk is full: no orders leave until there is room");
  }
}

void EngineParts::happen(const DiskSlow& slow) {
  if (slow.waiting < config.slow_disk) return;
  breaker.slow_disk();
  const std::string text =
      "a write to the disk has not returned for " + std::to_string(to_ms(slow.waiting)) + " ms";
  if (!slow_disk_told) notices.critical("slow_disk", text);
  slow_disk_told = true;
  on_breaker(breaker.trip("slow_disk", text), text);
}

// Nothing can be made durable any more: only cancels of what adds risk leave for a while, then the end.
void EngineParts::happen(const StoreFailed& failed) {
  recorder.abandon_store();
  store_failed_until = now + config.store_failed_grace;
  for (const Order* order : recorder.index().all_working()) {
    if (!adds_risk(*order)) continue;
    last_cancels.insert(order->intent.client_id);
    recorder.act(SendCancel{order->intent.client_id, order->venue_id, order->intent.symbol});
  }
  notices.critical_without_store("store_failed",
                                 "the store cannot be written (" + failed.story +
                                     "): what adds risk is cancelled, then the orchestrator ends");
}

void EngineParts::after_store_failed(const Event& event) {
  if (ended) return;
  if (const auto* answer = std::get_if<CancelAnswer>(&event.body)) last_cancels.erase(answer->client_id);
  if (const auto* command = std::get_if<Command>(&event.body))
    recorder.act(Reply{command->id, false, static_cast<int>(RpcErrorCode::refused),
                       R"({"reason":"store_failed"})", "the store cannot be written; the orchestrator ends"});
  if (!last_cancels.empty() && now < *store_failed_until) return;
  ended = true;
  recorder.act(Stop{ExitCode::store_failed, "the store cannot be written"});
}

}  // namespace s1mple
