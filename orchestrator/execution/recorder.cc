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

Step Recorder::take() {
  step_.without_barrier = store_gone_;
  Step step = std::move(step_);
  step_ = {};
  return step;
}

}  // namespace s1mple
