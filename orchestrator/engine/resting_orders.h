// RestingOrders: which orders may not stay at the venue, and their cancelling.
//
// An operator's halt or flatten takes everything that is not protective (a flatten cancels those too, by
// itself); an open breaker, safe mode and draining take what adds risk, that is: what buys. Protective stops
// stay.
// Owner: the engine. Thread: loop. Asking again for what is being cancelled does nothing.
#pragma once

#include <string_view>

#include "orchestrator/engine/circuit_breaker.h"
#include "orchestrator/engine/trading_gate.h"
#include "orchestrator/execution/execution_handler.h"

namespace s1mple {

class RestingOrders {
 public:
  RestingOrders(Recorder& recorder, ExecutionHandler& handler, const CircuitBreaker& breaker)
      : recorder_(recorder), handler_(handler), breaker_(breaker) {}

  void set_safe_mode() { safe_mode_ = true; }
  void set_draining() { draining_ = true; }
  // Why this working order may not stay; empty: it may.
  [[nodiscard]] std::string_view why_not(const Order& order) const;
  void sweep();                        // all of them
  void sweep(const Order& order);      // this one
  [[nodiscard]] bool has_any() const;  // working orders that may not stay

 private:
  Recorder& recorder_;
  ExecutionHandler& handler_;
  const CircuitBreaker& breaker_;
  bool safe_mode_ = false;
  bool draining_ = false;
};

[[nodiscard]] inline bool adds_risk(const Order& order) { return order.intent.side == Side::buy; }

}  // namespace s1mple
