#include "orchestrator/execution/reconciliation.h"

#include <algorithm>

namespace s1mple {

RoundResult Reconciliation::judge(const VenueView& view, const RoundRules& rules) {
  view_ = &view;
  rules_ = rules;
  result_ = {};
  touched_ = handler_.take_touched();
  const Sorted sorted = sort(view);
  unresolved_ = sorted.unresolved;
  unresolved_views_ = sorted.unresolved == 0 ? 0 : unresolved_views_ + 1;
  if (sorted.unresolved != 0) unsettled();
  judge_strangers(sorted);
  merge_fills(sorted);
  merge_orders(sorted);
  repeat_cancels(sorted);
  if (handler_.held_closings() != 0) unsettled();  // the venue's orders say more than its trades: they lag
  if (result_.settled && recorder_.index().in_doubt() == 0)
    judge_balances();  // else a difference may be a fill to come
  view_ = nullptr;
  return result_;
}

Reconciliation::Sorted Reconciliation::sort(const VenueView& view) {
  Sorted sorted;
  sorted.by_client.reserve(view.open.size() + view.closed.size());
  for (const auto* orders : {&view.open, &view.closed})  // what closed meanwhile is closed
    for (const VenueOrder& order : *orders) {
      if (!order.client_id.empty()) sorted.by_client[order.client_id] = &order;
      sorted.by_venue[order.venue_id] = &order;
    }
  for (const Fill& fill : view.trades) {
    const auto counted = recorder_.is_counted(fill.execution_id);
    if (counted.ok() ? !*counted : !unreadable(counted.error())) sort_trade(fill, sorted);
  }
  return sorted;
}

void Reconciliation::sort_trade(const Fill& fill, Sorted& sorted) {
  const Books& books = recorder_.books();
  const Order* order =
      fill.client_id.empty() ? books.find_order(fill.venue_id) : books.find_order(fill.client_id);
  const auto seen = sorted.by_venue.find(fill.venue_id);
  if (order == nullptr && seen != sorted.by_venue.end() && !seen->second->client_id.empty())
    order = books.find_order(seen->second->client_id);
  if (order == nullptr && is_old(fill.client_id, fill.venue_id)) {
    sorted.fills_of_live.push_back(&fill);
  } else if (order == nullptr) {
    const bool is_known_stranger = !fill.client_id.empty() || seen != sorted.by_venue.end();
    if (!is_known_stranger && unresolved_views_ + 1 < kPatience)
      ++sorted.unresolved;
    else
      sorted.foreign.push_back(&fill);
  } else if (order->stage >= Stage::live) {
    sorted.fills_of_live.push_back(&fill);
  } else {
    sorted.fills_of_unanswered[order->intent.client_id].push_back(&fill);
  }
}

void Reconciliation::merge_fills(const Sorted& sorted) {
  for (const Fill* fill : sorted.fills_of_live) merge_fill(*fill, sorted);
  if (sorted.fills_of_unanswered.empty() && recorder_.index().working() == 0) return;
  for (const Order* order : recorder_.index().all_working()) {
    if (order->stage >= Stage::live) continue;
    const auto seen = sorted.by_client.find(order->intent.client_id);
    if (seen != sorted.by_client.end() && seen->second->status != VenueStatus::rejected) {
      VenueOrder as_open = *seen->second;  // accepted first; how it ended comes after its fills
      as_open.status = VenueStatus::open;
      handler_.merge(as_open, Provenance::reconciled);
      ++result_.found;
    }
    const auto fills = sorted.fills_of_unanswered.find(order->intent.client_id);
    if (fills == sorted.fills_of_unanswered.end()) continue;
    for (const Fill* fill : fills->second) merge_fill(*fill, sorted);
  }
}

void Reconciliation::merge_fill(const Fill& reported, const Sorted& sorted) {
  Fill fill = reported;
  if (const auto seen = sorted.by_venue.find(fill.venue_id);
      fill.client_id.empty() && seen != sorted.by_venue.end())
    fill.client_id = seen->second->client_id;  // the trade names only the venue's order, which names ours
  handler_.merge(fill, Provenance::reconciled);
  ++result_.found;
  if (!rules_.differences_are_news) return;
  discrepancy({"missed_fill:" + fill.execution_id.text(), "missed_fill", fill.client_id.text(), "not counted",
               fill.quantity.text() + " at " + fill.price.text(), "the venue's trades", "counted", false,
               recorder_.now()});
}

void Reconciliation::merge_orders(const Sorted& sorted) {
  for (const Order* order : recorder_.index().all_working()) {
    const ClientId id = order->intent.client_id;
    const auto seen = sorted.by_client.find(id);
    if (seen == sorted.by_client.end()) {
      judge_unseen(*order);
      continue;
    }
    first_absent_.erase(id);
    vanished_.erase(id);
    if (seen->second->filled > order->filled) unsettled();  // its trades are not listed yet
    if (touched_.contains(id) && seen->second->status == VenueStatus::open)
      continue;  // what came meanwhile is younger
    handler_.merge(*seen->second, Provenance::reconciled);
    if (!order->is_closed()) continue;
    ++result_.found;
    if (rules_.differences_are_news)
      discrepancy({"missed_closing:" + id.text(), "missed_closing", id.text(), "open",
                   std::string(to_text(order->outcome)), "the venue's closed orders", "closed", false,
                   recorder_.now()});
  }
}

void Reconciliation::repeat_cancels(const Sorted& sorted) {
  for (const Order* order : recorder_.index().all_working()) {
    if (order->request != RequestKind::cancelling || handler_.is_unanswered(order->intent.client_id))
      continue;
    const auto seen = sorted.by_client.find(order->intent.client_id);
    if (seen != sorted.by_client.end() && seen->second->status == VenueStatus::open)
      handler_.cancel(*order, "still open: asked again");
  }
}

// What the reads show and the books do not hold as working.
void Reconciliation::judge_strangers(const Sorted& sorted) {
  for (const VenueOrder& order : view_->open) {
    const Order* ours = order.client_id.empty() ? recorder_.books().find_order(order.venue_id)
                                                : recorder_.books().find_order(order.client_id);
    if (ours == nullptr && is_old(order.client_id, order.venue_id))
      handler_.merge(order, Provenance::reconciled);
    else if (ours == nullptr)
      judge_stranger(order);
    else if (ours->is_closed() && sorted.by_client.at(ours->intent.client_id)->status == VenueStatus::open)
      judge_revenant(*ours, order);
  }
  for (const VenueOrder& order : view_->closed)
    if (is_ours(order.client_id, recorder_.books().identity()) &&
        recorder_.books().find_order(order.client_id) == nullptr && !is_old(order.client_id, order.venue_id))
      judge_stranger(order);
  for (const Fill* fill : sorted.foreign) judge_foreign_fill(*fill);
}

bool Reconciliation::is_old(const ClientId& id, const VenueOrderId& venue_id) {
  if (!id.empty() && !is_ours(id, recorder_.books().identity())) return false;
  const auto old = recorder_.old_order(id, venue_id);
  return old.ok() ? old->has_value() : unreadable(old.error());
}

bool Reconciliation::unreadable(const Error& error) {
  unsettled();
  return handler_.unreadable(error);
}

// Closed in our books long enough for the venue's lists to know it, and still open there.
void Reconciliation::judge_revenant(const Order& ours, const VenueOrder& theirs) {
  const ClientId& id = ours.intent.client_id;
  if (touched_.contains(id) || ours.closed_at + config_.absence.visibility_margin > view_->began) return;
  discrepancy({"revenant:" + id.text(), "revenant", id.text(), std::string(to_text(ours.outcome)), "open",
               "the venue's open orders", "cancelled there; counted until it is gone", false,
               recorder_.now()});
  handler_.revive(ours, theirs);
}

void Reconciliation::judge_stranger(const VenueOrder& order) {
  const std::string theirs = std::string(to_text(order.side)) + " " + order.quantity.text() + " " +
                             order.symbol.text() + ", " + std::string(to_text(order.status));
  if (is_ours(order.client_id, recorder_.books().identity())) return unknown_own(order.client_id, theirs);
  if (discrepancy({"external_order:" + order.venue_id.text(), "external_order", order.venue_id.text(),
                   "unknown", theirs, "the venue's open orders", "left alone; it belongs to no strategy",
                   false, recorder_.now()}))
    handler_.trouble(TroubleKind::warning, "external_order",
                     "order " + order.venue_id.text() + " (" + theirs + ") is not ours and is left alone");
}

void Reconciliation::unknown_own(const ClientId& id, const std::string& theirs) {
  if (discrepancy({"unknown_own_order:" + id.text(), "unknown_own_order", id.text(), "no intent", theirs,
                   "the venue's orders",
                   "none: our log was rolled back or damaged, or another home uses our tag", true,
                   recorder_.now()}))
    handler_.trouble(TroubleKind::halt, "identity",
                     "the venue shows order " + id.text() + " (" + theirs +
                         ") with our tag, but no intent of ours: rollback, damage or a second home");
}

void Reconciliation::judge_foreign_fill(const Fill& fill) {
  const Books& books = recorder_.books();
  if (is_ours(fill.client_id, books.identity()))
    return unknown_own(fill.client_id, "fill " + fill.execution_id.text());
  if (!books.balances_since() || fill.time <= *books.balances_since())
    return;  // part of the balance that was taken over
  const std::string theirs = std::string(to_text(fill.side)) + " " + fill.quantity.text() + " " +
                             fill.symbol.text() + " at " + fill.price.text();
  if (!discrepancy({"external_fill:" + fill.execution_id.text(), "external_fill", fill.execution_id.text(),
                    "unknown", theirs, "the venue's trades", "moves the balances, belongs to no strategy",
                    true, recorder_.now()}))
    return;
  Fill adopted = fill;
  adopted.client_id = ClientId();
  adopted.strategy = StrategyName();
  if (fill.quantity.is_positive() && cost_of(fill.price, fill.quantity))
    recorder_.record(FillCounted{adopted, Provenance::adopted});
  handler_.trouble(TroubleKind::latch, "foreign_fill",
                   "fill " + fill.execution_id.text() + " (" + theirs + ") is of no order of ours");
}

bool Reconciliation::discrepancy(DiscrepancyFound found) {
  for (const Discrepancy& known : recorder_.books().discrepancies())
    if (known.found.id == found.id && !(known.accepted && found.open) && known.found.ours == found.ours &&
        known.found.theirs == found.theirs)
      return false;
  ++result_.found;
  recorder_.record(std::move(found));
  return true;
}

}  // namespace s1mple
