// BooksSnapshot: the books as JSON text, in slices, as they are at the moment of its making.
//
// The slices together are the bytes that Books::write_json() would have given at that moment, whatever is applied
// between them: fills never change and are only appended, an order that is about to change is copied first
// (OrderTable::frozen), and everything else, which is bounded by constants and by the configuration, is text at once.
// Units: a slice is a number of rows, so that it does not depend on a clock; kRowsPerSlice is about 1 ms of work.
// Ownership: borrows the books; one at a time, and nothing is forgotten meanwhile. Thread: loop. Errors: none.
#pragma once

#include <cstddef>
#include <string>

#include "orchestrator/domain/books.h"

namespace s1mple {

class BooksSnapshot {
 public:
  static constexpr std::size_t kRowsPerSlice = 500;

  explicit BooksSnapshot(Books& books, std::size_t rows_per_slice = kRowsPerSlice);

  // Appends the next slice; false when it was the last.
  bool append_slice(std::string& out);

 private:
  enum class Part : std::uint8_t { before_rows, orders, fills };
  bool append_row(std::string& out);

  const Books& books_;
  OrderTable::Frozen orders_;
  const std::size_t rows_per_slice_, fills_;  // as many fills as there were
  std::string before_rows_, behind_rows_;     // members, without the braces around them
  Part part_ = Part::before_rows;
  std::size_t next_ = 0;                      // row of this part
};

}  // namespace s1mple
