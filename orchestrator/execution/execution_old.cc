// Evidence about orders that the books have forgotten: closed longer ago than the horizon.
#include "orchestrator/execution/execution_handler.h"

namespace s1mple {

bool ExecutionHandler::unreadable(const Error& error) {
  findings_.lookup = std::max(findings_.lookup, Lookup::soon);
  trouble(TroubleKind::halt, "archive_unreadable",
          "the archive cannot tell what is old, so nothing new is counted: " + error.story);
  return true;
}

bool ExecutionHandler::merge_old(const VenueOrder& seen) {
  const auto old = recorder_.old_order(seen.client_id, seen.venue_id);
  if (!old.ok()) return unreadable(old.error());
  if (!*old) return false;
  const Order& order = **old;
  const ClientId& id = order.intent.client_id;
  if (contradicts(order, seen.symbol, seen.side, "order " + seen.venue_id.text())) return true;
  if (seen.status != VenueStatus::open) {
    recorder_.index().drop_revenant(id);
    return true;  // an older message than what is known
  }
  recorder_.index().set_revenant(order, seen.filled < seen.quantity ? seen.quantity - seen.filled : Quantity{});
  recorder_.act(SendCancel{id, seen.venue_id, order.intent.symbol});
  findings_.lookup = std::max(findings_.lookup, Lookup::soon);
  trouble(TroubleKind::halt, "abandoned_live",
          "order " + id.text() + " was " + std::string(to_text(order.outcome)) +
              " long ago in our books but is open at the venue; it is cancelled there");
  return true;
}

// Real money is always counted, however late; that it should not have been possible halts.
bool ExecutionHandler::merge_old(const Fill& reported, Provenance provenance) {
  const auto old = recorder_.old_order(reported.client_id, reported.venue_id);
  if (!old.ok()) return unreadable(old.error());
  if (!*old) return false;
  const Order& order = **old;
  const ClientId& id = order.intent.client_id;
  const std::string what = "fill " + reported.execution_id.text();
  if (contradicts(order, reported.symbol, reported.side, what)) return true;
  if (!reported.quantity.is_positive() || !cost_of(reported.price, reported.quantity)) {
    trouble(TroubleKind::halt, "impossible_fill",
            what + " of order " + id.text() + " has an impossible amount and was not counted");
    return true;
  }
  Fill fill = reported;
  fill.client_id = id;
  fill.strategy = order.intent.strategy;
  recorder_.record(FillCounted{fill, provenance});
  // Where the books still know the order (a replay of the log from before it left), the fill brings this along.
  if (fill.side == Side::buy)
    recorder_.record(ProtectionSet{fill.strategy, fill.symbol, order.intent.protection});
  trouble(TroubleKind::halt, "fill_after_closing",
          "order " + id.text() + " was " + std::string(to_text(order.outcome)) + " long ago when " + what + " over " +
              fill.quantity.text() + " came");
  return true;
}

}  // namespace s1mple
