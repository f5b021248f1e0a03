#include "orchestrator/execution/execution_handler.h"

namespace s1mple {
namespace {

Outcome outcome_of(VenueStatus status) {
  switch (status) {
    case VenueStatus::cancelled: return Outcome::cancelled;
    case VenueStatus::expired: return Outcome::expired;
    case VenueStatus::rejected: return Outcome::rejected;
    case VenueStatus::open:
    case VenueStatus::filled: return Outcome::none;
  }
  ENSURE(false, "VenueStatus out of range");
}

bool is_countable(const Fill& fill) {
  return fill.quantity.is_positive() && cost_of(fill.price, fill.quantity).has_value();
}

}  // namespace

const Order* ExecutionHandler::find(const ClientId& id, const VenueOrderId& venue_id) const {
  const Order* order = id.empty() ? nullptr : recorder_.books().find_order(id);
  return order != nullptr || venue_id.empty() ? order : recorder_.books().find_order(venue_id);
}

bool ExecutionHandler::merge(const VenueOrder& seen, Provenance provenance) {
  const Order* order = find(seen.client_id, seen.venue_id);
  if (order == nullptr) return merge_old(seen);
  touched_.insert(order->intent.client_id);
  if (contradicts(*order, seen.symbol, seen.side, "order " + seen.venue_id.text())) return true;
  if (seen.status == VenueStatus::open) {
    if (order->is_closed()) {
      if (order->outcome == Outcome::abandoned) revive(*order, seen);
      return true;  // an older message than what is known
    }
    accept(*order, seen.venue_id, provenance);
    if (seen.filled > order->filled) findings_.lookup = std::max(findings_.lookup, Lookup::soon);
    return true;
  }
  const bool says_how_much = seen.status != VenueStatus::filled || seen.filled.is_positive();
  const HeldClosing closing{outcome_of(seen.status), seen.reason, says_how_much ? seen.filled : seen.quantity,
                            seen.closed_at, provenance};
  if (!order->is_closed() && closing.outcome != Outcome::rejected) accept(*order, seen.venue_id, provenance);
  close(*order, closing);
  return true;
}

bool ExecutionHandler::merge(const Fill& reported, Provenance provenance) {
  const auto counted = recorder_.is_counted(reported.execution_id);
  if (!counted.ok()) return unreadable(counted.error());
  if (*counted) return true;
  const Order* order = find(reported.client_id, reported.venue_id);
  if (order == nullptr) return merge_old(reported, provenance);
  touched_.insert(order->intent.client_id);
  if (contradicts(*order, reported.symbol, reported.side, "fill " + reported.execution_id.text()))
    return true;
  if (!is_countable(reported)) {
    trouble(TroubleKind::halt, "impossible_fill",
            "fill " + reported.execution_id.text() + " of order " + order->intent.client_id.text() +
                " has an impossible amount and was not counted");
    return true;
  }
  if (!order->is_closed()) accept(*order, reported.venue_id, provenance);
  Fill fill = reported;
  fill.client_id = order->intent.client_id;
  fill.strategy = order->intent.strategy;
  const Order before = *order;
  recorder_.record(FillCounted{fill, provenance});
  report(*order, ReportKind::filled, fill.execution_id);
  judge_fill(*order, before, fill);
  settle(*order);
  if (const auto held = held_.find(fill.client_id); held != held_.end())
    close(*order, HeldClosing(held->second));
  return true;
}

// Real money is always counted; that it should not have been possible halts.
void ExecutionHandler::judge_fill(const Order& order, const Order& before, const Fill& fill) {
  const std::string& id = order.intent.client_id.text();
  if (order.filled > order.intent.quantity)
    return trouble(TroubleKind::halt, "overfill",
                   "order " + id + " over " + order.intent.quantity.text() + " was filled " +
                       order.filled.text() + " (fill " + fill.execution_id.text() + ")");
  if (before.is_closed())
    trouble(TroubleKind::halt, "fill_after_closing",
            "order " + id + " was " + std::string(to_text(before.outcome)) + " when fill " +
                fill.execution_id.text() + " over " + fill.quantity.text() + " came");
}

void ExecutionHandler::accept(const Order& order, const VenueOrderId& venue_id, Provenance provenance) {
  if (order.is_closed()) {
    if (order.outcome == Outcome::abandoned) findings_.lookup = Lookup::now;
    return;
  }
  const bool is_new = order.stage < Stage::live;
  if (is_new || (order.venue_id.empty() && !venue_id.empty()))
    recorder_.record(OrderAccepted{order.intent.client_id, venue_id, recorder_.now(), provenance});
  if (is_new) report(order, ReportKind::accepted);
  prove_exists(order);
  settle(order);
}

void ExecutionHandler::prove_exists(const Order& order) {
  if (order.certain) return;
  const RequestKind request = order.request == RequestKind::adding ? RequestKind::none : order.request;
  recorder_.record(
      RequestChanged{order.intent.client_id, request, true, recorder_.now(), "the venue has shown it"});
}

void ExecutionHandler::close(const Order& order, const HeldClosing& closing) {
  const ClientId& id = order.intent.client_id;
  if (order.is_closed()) return close_abandoned(order, closing);
  if (closing.filled > order.filled) {
    held_[id] = closing;
    findings_.lookup = std::max(findings_.lookup, Lookup::soon);
    return;
  }
  const bool asked_for = order.request == RequestKind::cancelling;
  const bool short_of_ours =
      closing.outcome == Outcome::none;  // the venue calls less than our quantity filled: the rest is gone
  recorder_.record(OrderClosed{
      id, short_of_ours ? Outcome::cancelled : closing.outcome,
      short_of_ours ? "the venue closed it with " + order.filled.text() + " filled" : closing.reason,
      closing.at, closing.provenance});
  report(order, ReportKind::closed);
  findings_.reports.back().asked_for = asked_for;
  if (!asked_for) tell_if_unguarded(order);
  settle(order);
}

// S08: a stop that went without our asking leaves its position without one.
void ExecutionHandler::tell_if_unguarded(const Order& order) {
  const OrderIntent& intent = order.intent;
  const Position& position = recorder_.books().position({intent.strategy, intent.symbol});
  if (!intent.protective || !position.quantity.is_positive()) return;
  trouble(TroubleKind::critical, "protection_lost",
          "stop " + intent.client_id.text() + " of " + intent.strategy.text() + " was " +
              std::string(to_text(order.outcome)) + " by the venue (" + order.reason +
              "): " + position.quantity.text() + " " + intent.symbol.text() + " is without it");
}

// The only change of an outcome: what was proven absent was there after all.
void ExecutionHandler::close_abandoned(const Order& order, const HeldClosing& closing) {
  recorder_.index().drop_revenant(order.intent.client_id);
  if (order.outcome != Outcome::abandoned) return;
  if (closing.outcome == Outcome::none || closing.outcome == Outcome::abandoned) return;
  recorder_.record(
      OrderClosed{order.intent.client_id, closing.outcome, closing.reason, closing.at, closing.provenance});
  trouble(TroubleKind::halt, "abandoned_found",
          "order " + order.intent.client_id.text() + " was abandoned, but the venue had it and says " +
              std::string(to_text(closing.outcome)));
}

void ExecutionHandler::revive(const Order& order, const VenueOrder& seen) {
  const Quantity remaining = seen.filled < seen.quantity ? seen.quantity - seen.filled : Quantity{};
  if (order.venue_id.empty())
    recorder_.record(
        OrderAccepted{order.intent.client_id, seen.venue_id, recorder_.now(), Provenance::reconciled});
  recorder_.index().set_revenant(order, remaining);
  recorder_.act(SendCancel{order.intent.client_id, seen.venue_id, order.intent.symbol});
  findings_.lookup = std::max(findings_.lookup, Lookup::soon);
  trouble(TroubleKind::halt, "abandoned_live",
          "order " + order.intent.client_id.text() + " was " + std::string(to_text(order.outcome)) +
              " in our books but is open at the venue; it is cancelled there");
}

void ExecutionHandler::report(const Order& order, ReportKind kind, const ExecutionId& execution) {
  findings_.reports.push_back({order.intent.strategy, kind, order.intent.client_id, execution});
}

bool ExecutionHandler::contradicts(const Order& order, const Symbol& symbol, Side side,
                                   const std::string& what) {
  if (order.intent.symbol == symbol && order.intent.side == side) return false;
  trouble(TroubleKind::halt, "order_mismatch",
          what + " carries our id " + order.intent.client_id.text() + " but is a " +
              std::string(to_text(side)) + " of " + symbol.text() + "; it was not taken over");
  return true;
}

}  // namespace s1mple
