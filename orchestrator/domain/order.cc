#include "orchestrator/domain/order.h"

namespace s1mple {
namespace {

OrderStatus closed_status(Outcome outcome) {
  switch (outcome) {
    case Outcome::filled: return OrderStatus::filled;
    case Outcome::cancelled: return OrderStatus::cancelled;
    case Outcome::expired: return OrderStatus::expired;
    case Outcome::rejected: return OrderStatus::rejected;
    case Outcome::abandoned: return OrderStatus::abandoned;
    case Outcome::none: break;
  }
  ensure_failed(__FILE__, __LINE__, "outcome != none", "a closed order has an outcome");
}

}  // namespace

OrderStatus status_of(const Order& order) {
  if (order.is_closed()) return closed_status(order.outcome);
  if (!order.certain) return OrderStatus::in_doubt;
  if (order.request == RequestKind::cancelling) return OrderStatus::pending_cancel;
  switch (order.stage) {
    case Stage::intended: return OrderStatus::intended;
    case Stage::sent: return OrderStatus::sent;
    case Stage::live: return order.filled.is_positive() ? OrderStatus::partially_filled : OrderStatus::open;
    case Stage::closed: break;
  }
  ensure_failed(__FILE__, __LINE__, "stage in range", "Stage out of range");
}

}  // namespace s1mple
