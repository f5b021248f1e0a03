#include <algorithm>

#include "orchestrator/execution/reconciliation.h"

namespace s1mple {

// A working order of ours that neither list shows.
void Reconciliation::judge_unseen(const Order& order) {
  const ClientId& id = order.intent.client_id;
  if (touched_.contains(id) || handler_.is_unanswered(id))
    return;  // younger than the reads, or still being answered
  if (order.stage >= Stage::live)
    judge_vanished(order);
  else
    judge_absent(order);
}

// It was there, so it cannot be absent: the venue's lists lag, or reach back too little.
void Reconciliation::judge_vanished(const Order& order) {
  const ClientId& id = order.intent.client_id;
  const int views = ++vanished_[id];
  if (views < kPatience) return unsettled();
  if (order.certain)
    recorder_.record(
        RequestChanged{id, order.request, false, recorder_.now(), "neither open nor closed at the venue"});
  if (discrepancy({"vanished_order:" + id.text(), "vanished_order", id.text(), "open",
                   "neither open nor closed", std::to_string(views) + " complete reads",
                   "kept in doubt, counted at its worst case", false, recorder_.now()}))
    handler_.trouble(TroubleKind::critical, "vanished_order",
                     "order " + id.text() + " is neither open nor closed at the venue");
}

bool Reconciliation::is_of_earlier_epoch(const Order& order) const {
  const auto parsed = parse_client_id(order.intent.client_id.value);
  return !parsed || parsed->serial.epoch < rules_.epoch || parsed->tag != recorder_.books().identity().tag;
}

// DESIGN section 4, "definitely absent": nothing but evidence turns silence into an outcome.
void Reconciliation::judge_absent(const Order& order) {
  const ClientId& id = order.intent.client_id;
  const AbsenceRule& rule = config_.absence;
  const bool earlier = is_of_earlier_epoch(order);
  if (rule.resend_unchanged && earlier && order.request == RequestKind::adding &&
      order.intent.created_at == view_->as_of && rules_.may_resend && rules_.may_resend(order)) {
    ++result_.found;
    return handler_.send_again(order);
  }
  const bool proven_at_once = rule.prove_at_once && earlier && unresolved_ == 0;
  const WallTime first_from = order.intent.deadline + rule.visibility_margin;
  const auto first = first_absent_.find(id);
  const bool proven =
      proven_at_once || (unresolved_ == 0 && first != first_absent_.end() && view_->began > first->second &&
                         view_->began >= first->second + rule.second_read_after);
  if (proven) {
    ++result_.found;
    first_absent_.erase(id);
    return handler_.abandon(
        order, proven_at_once
                   ? "not_found: the venue refuses requests of an earlier epoch and does not know it"
                   : "not_found: two complete reads after its deadline do not show it");
  }
  if (view_->began >= first_from && first == first_absent_.end()) first_absent_.emplace(id, view_->began);
  const auto begun = first_absent_.find(id);
  const WallTime next = begun == first_absent_.end()
                            ? first_from
                            : std::max(begun->second + rule.second_read_after, view_->began + Nanos(1));
  result_.again_at = result_.again_at ? std::min(*result_.again_at, next) : next;
}

void Reconciliation::judge_balances() {
  std::map<Asset, Money> theirs;
  for (const auto& [asset, total] : recorder_.books().balances()) theirs[asset] = Money{};
  for (const VenueBalance& balance : view_->balances) theirs[balance.asset] = balance.total;
  for (const auto& [asset, total] : theirs) judge_balance(asset, total);
}

void Reconciliation::judge_balance(const Asset& asset, Money theirs) {
  const auto& balances = recorder_.books().balances();
  const auto found = balances.find(asset);
  if (found == balances.end()) {
    if (!theirs.is_zero()) recorder_.record(BalanceSet{asset, theirs, recorder_.now(), Provenance::adopted});
    return;
  }
  const Money difference = theirs - found->second;
  if (difference.is_zero()) {
    mismatched_.erase(asset);
    return;
  }
  auto& [before, views] = mismatched_[asset];
  ++views;
  if (before != difference && views < kPatience) {  // a fill may be under way: look again first
    before = difference;
    return unsettled();
  }
  record_mismatch(asset, found->second, theirs);
}

void Reconciliation::record_mismatch(const Asset& asset, Money ours, Money theirs) {
  const auto tolerance = config_.reconciliation.balance_tolerance.find(asset);
  const Decimal difference = (theirs - ours).value.abs();
  if (tolerance != config_.reconciliation.balance_tolerance.end() && difference <= tolerance->second.value) {
    discrepancy({"balance_difference:" + asset.text(), "balance_difference", asset.text(), ours.text(),
                 theirs.text(), "the venue's balances", "within tolerance: taken on", false,
                 recorder_.now()});
    recorder_.record(BalanceSet{asset, theirs, recorder_.now(), Provenance::reconciled});
    mismatched_.erase(asset);
    return;
  }
  if (discrepancy({"balance_mismatch:" + asset.text(), "balance_mismatch", asset.text(), ours.text(),
                   theirs.text(), "two complete reads", "none: a person decides (accept)", true,
                   recorder_.now()}))
    handler_.trouble(TroubleKind::latch, "balance_mismatch",
                     asset.text() + ": our books say " + ours.text() + ", the venue says " + theirs.text());
}

}  // namespace s1mple
