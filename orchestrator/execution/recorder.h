// Recorder: the one place where facts come into being while the engine runs, and where a step is put
// together.
//
// record() applies the fact to the books at once, refreshes what is derived from them and keeps it for the
// step; a fact that the books refuse is a bug of ours and aborts. act() appends an action. take() hands the
// step over.
// Owner: the engine; borrows the books. Thread: loop.
#pragma once

#include "orchestrator/domain/books.h"
#include "orchestrator/domain/old_books.h"
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

  // What the books have forgotten. Until it is given there is nothing of the kind.
  void look_up_in(OldBooks& old) { old_ = &old; }
  [[nodiscard]] Result<bool> is_counted(const ExecutionId& id) const;  // in the books or before them
  // Of an order that the books do not hold; by the venue's id where the client id is empty.
  [[nodiscard]] Result<std::optional<Order>> old_order(const ClientId& id, const VenueOrderId& venue_id) const;
  [[nodiscard]] Result<std::optional<Fill>> old_fill(const ExecutionId& id) const;

  // The store is gone: facts are dropped from here on, actions leave without a barrier.
  void abandon_store() { store_gone_ = true; }

  [[nodiscard]] WallTime now() const { return now_; }
  [[nodiscard]] const Books& books() const { return books_; }
  [[nodiscard]] const OrderIndex& index() const { return index_; }
  [[nodiscard]] OrderIndex& index() { return index_; }

 private:
  Books& books_;
  OrderIndex index_;
  OldBooks* old_ = nullptr;
  Step step_;
  WallTime now_{};
  bool store_gone_ = false;
};

}  // namespace s1mple
