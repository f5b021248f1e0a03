// PaperSnapshot: the exchange's books as JSON text, in slices, as they are at the moment of its making.
//
// Closed orders and trades never change, so only what may change is copied; the rest is read from the books
// when its turn comes. The slices together are one JSON object, which PaperBooks::read_json takes.
// Ownership: borrows the books. Thread: loop.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "orchestrator/state/folding.h"
#include "orchestrator/venue/paper/paper_books.h"

namespace s1mple {

class PaperSnapshot final : public SnapshotSlices {
 public:
  // Rows of one slice: about 1 ms of work.
  static constexpr std::size_t kRowsPerSlice = 500;

  explicit PaperSnapshot(const PaperBooks& books);

  bool append_slice(std::string& out) override;

 private:
  enum class Part : std::uint8_t { head, orders, closed, trades };
  void go_on(Part part, std::string_view between, std::string& out);
  void append_order(std::string& out);
  void append_closed(std::string& out);
  void append_trade(std::string& out);

  const PaperBooks& books_;
  std::string head_;                       // everything before the orders
  std::vector<PaperOrder> open_;           // by number
  std::vector<std::uint64_t> early_;       // numbers in front of first_
  std::uint64_t first_;
  std::size_t orders_, closed_, trades_;   // as many as there were
  Part part_ = Part::head;
  std::size_t next_ = 0;                   // of this part
  std::size_t next_open_ = 0;
};

}  // namespace s1mple
