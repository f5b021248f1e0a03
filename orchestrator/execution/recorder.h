// Recorder: the one place where facts come into being while the engine runs, and where a step is put
// together.
//
// record() applies the fact to the books at once, refreshes what is derived from them and keeps it for the
// step; a fact that the books refuse is a bug of ours and aborts. act() appends an action. take() hands the
// step over.
// Owner: the engine; borrows the books. Thread: loop.
#pragma once

#include "orchestrator/domain/books.h"
#include "orchestrator/execution/order_index.h"
#include "orchestrator/execution/step.h"

namespace s1mple {

class Recorder {
 public:
  Recorder(Books& books, OrderIndex index) : books_(books), index_(std::move(index)) {}

  void begin(WallTime now) { now_ = now; }
  void record(Fact fact);
  void act(Action action) { step_.actions.push_back(std::move(action)); }
  [[nodiscard]] bool has_facts() const { return !step_.facts.empty(); }
  [[nodiscard]] Step take();

  // The store is gone: facts are dropped from here on, actions leave without a barrier.
  void abandon_store() { store_gone_ = true; }

  [[nodiscard]] WallTime now() const { return now_; }
  [[nodiscard]] const Books& books() const { return books_; }
  [[nodiscard]] const OrderIndex& index() const { return index_; }
  [[nodiscard]] OrderIndex& index() { return index_; }

 private:
  Books& books_;
  OrderIndex index_;
  Step step_;
  WallTime now_{};
  bool store_gone_ = false;
};

}  // namespace s1mple
