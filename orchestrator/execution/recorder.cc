#include "orchestrator/execution/recorder.h"

namespace s1mple {
namespace {

// The order that a fact is about, or nothing.
const ClientId* order_of(const Fact& fact) {
  if (const auto* f = std::get_if<OrderIntended>(&fact)) return &f->intent.client_id;
  if (const auto* f = std::get_if<OrderSent>(&fact)) return &f->client_id;
  if (const auto* f = std::get_if<OrderAccepted>(&fact)) return &f->client_id;
  if (const auto* f = std::get_if<OrderClosed>(&fact)) return &f->client_id;
  if (const auto* f = std::get_if<RequestChanged>(&fact)) return &f->client_id;
  if (const auto* f = std::get_if<FillCounted>(&fact)) return &f->fill.client_id;
  return nullptr;
}

}  // namespace

void Recorder::record(Fact fact) {
  if (store_gone_) return;
  const auto applied = books_.apply(fact);
  ENSURE(applied.ok(), applied.error().story);
  if (const ClientId* id = order_of(fact))
    if (const Order* order = books_.find_order(*id)) index_.refresh(*order, now_);
  step_.facts.push_back(std::move(fact));
}

Result<bool> Recorder::is_counted(const ExecutionId& id) const {
  if (books_.is_counted(id)) return true;
  auto old = old_fill(id);
  if (!old.ok()) return std::move(old).error();
  return old->has_value();
}

Result<std::optional<Order>> Recorder::old_order(const ClientId& id, const VenueOrderId& venue_id) const {
  if (old_ == nullptr || (id.empty() && venue_id.empty())) return std::optional<Order>();
  return id.empty() ? old_->find_order(venue_id) : old_->find_order(id);
}

Result<std::optional<Fill>> Recorder::old_fill(const ExecutionId& id) const {
  return old_ == nullptr ? Result<std::optional<Fill>>(std::optional<Fill>()) : old_->find_fill(id);
}

Step Recorder::take() {
  step_.without_barrier = store_gone_;
  Step step = std::move(step_);
  step_ = {};
  return step;
}

}  // namespace s1mple
