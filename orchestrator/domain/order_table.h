// OrderTable: every order of the books in the order of making, found by its client id at once.
//
// A number is given to each order when it enters, from 1 on; it orders the rows and is never stored: a snapshot
// lists the orders in this order, so reading it gives the same order again. References stay valid until erased.
// Why a hash beside the rows: a recovery finds an order for nearly each record (bench_recovery); client ids do not
// sort as text in the order of making anyway.
// frozen() is for snapshots: who may change a row gets it from find(), so find() is where the row as it was is kept.
// Owner: Books. Thread: loop. Errors: an id that is there already is told to the caller.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "orchestrator/domain/order.h"

namespace s1mple {

class OrderTable {
 public:
  using Rows = std::map<std::uint64_t, Order>;
  using WorkingRows = std::map<std::uint64_t, const Order*>;

  OrderTable() = default;
  OrderTable(OrderTable&&) = default;
  OrderTable& operator=(OrderTable&&) = default;

  // The row, or null if an order has this id.
  Order* insert(Order order);
  [[nodiscard]] Order* find(const ClientId& id);
  [[nodiscard]] const Order* find(const ClientId& id) const;
  // The rows as they are now, to be read one after the other while the table goes on changing. A row is copied only
  // when it may be changed before it was read. One reading at a time; no row leaves the table during it.
  class Frozen;
  [[nodiscard]] Frozen frozen();
  [[nodiscard]] bool is_frozen() const { return reading_ && reading_.use_count() > 1; }
  // Takes the row of a closed order out.
  [[nodiscard]] Order take(std::uint64_t number);
  // To be called when an order's stage became closed.
  void take_from_working(const Order& order);

  [[nodiscard]] const Rows& rows() const { return rows_; }               // oldest first
  [[nodiscard]] const WorkingRows& working() const { return working_; }  // not closed, oldest first
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  // 0 where there is no such order.
  [[nodiscard]] std::uint64_t number_of(const ClientId& id) const;

 private:
  struct Reading {
    std::uint64_t next = 1, last = 0;       // numbers still to be read
    std::map<std::uint64_t, Order> before;  // of these, the ones that may have changed, as they were
  };
  struct Entry {
    std::uint64_t number = 0;
    Order* order = nullptr;
  };
  Rows rows_;
  WorkingRows working_;
  std::unordered_map<std::string_view, Entry> index_;  // views of the ids in the rows, which do not move
  std::uint64_t last_number_ = 0;
  std::shared_ptr<Reading> reading_;  // shared with the one Frozen that there may be
};

class OrderTable::Frozen {
 public:
  // The next order, oldest first, valid until the table changes; null behind the last one. Borrows the table.
  [[nodiscard]] const Order* next();

 private:
  friend class OrderTable;
  Frozen(const Rows& rows, std::shared_ptr<Reading> reading) : rows_(rows), reading_(std::move(reading)) {}
  const Rows& rows_;
  std::shared_ptr<Reading> reading_;
  Order before_;
};

}  // namespace s1mple
