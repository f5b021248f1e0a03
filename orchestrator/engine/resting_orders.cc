#include "orchestrator/engine/resting_orders.h"

#include <algorithm>

#include "orchestrator/engine/flatten.h"

namespace s1mple {

std::string_view RestingOrders::why_not(const Order& order) const {
  if (order.is_closed() || order.intent.protective) return {};
  if (is_flatten_sale(order) && is_flattening(recorder_.books())) return {};
  for (const Reason& reason : recorder_.books().reasons())
    if (reason.source == ReasonSource::operator_halt && concerns(reason, order.intent.strategy))
      return "halted";
  if (!adds_risk(order)) return {};
  if (!breaker_.is_closed()) return "the circuit breaker is open";
  if (safe_mode_) return "safe mode";
  return draining_ ? "draining" : std::string_view();
}

void RestingOrders::sweep(const Order& order) {
  if (order.request == RequestKind::cancelling) return;
  if (const auto why = why_not(order); !why.empty()) handler_.cancel(order, std::string(why));
}

void RestingOrders::sweep() {
  for (const Order* order : recorder_.index().all_working()) sweep(*order);
}

bool RestingOrders::has_any() const {
  const auto working = recorder_.index().all_working();
  return std::ranges::any_of(working, [&](const Order* order) { return !why_not(*order).empty(); });
}

}  // namespace s1mple
