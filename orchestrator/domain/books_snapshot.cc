#include "orchestrator/domain/books_snapshot.h"

namespace s1mple {
namespace {

// The members that `write` writes, without braces.
std::string members_of(auto&& write) {
  JsonWriter out;
  out.begin_object();
  write(out);
  out.end_object();
  const std::string text = out.take();
  return text.substr(1, text.size() - 2);
}

}  // namespace

BooksSnapshot::BooksSnapshot(Books& books, std::size_t rows_per_slice)
    : books_(books),
      orders_(books.orders_.frozen()),
      rows_per_slice_(rows_per_slice),
      fills_(books.fills_.size()),
      before_rows_(members_of([&](JsonWriter& out) { books.write_before_rows(out); })),
      behind_rows_(members_of([&](JsonWriter& out) { books.write_behind_rows(out); })) {}

bool BooksSnapshot::append_slice(std::string& out) {
  for (std::size_t rows = 0; rows < rows_per_slice_; ++rows)
    if (!append_row(out)) return false;
  return true;
}

bool BooksSnapshot::append_row(std::string& out) {
  switch (part_) {
    case Part::before_rows:
      out += "{" + before_rows_ + R"(,"orders":[)";
      part_ = Part::orders;
      return true;
    case Part::orders:
      if (const Order* order = orders_.next()) {
        if (next_++ != 0) out += ',';
        out += row_of(*order);
        return true;
      }
      out += R"(],"fills":[)";
      part_ = Part::fills;
      next_ = 0;
      return true;
    case Part::fills:
      if (next_ == fills_) {
        out += "]," + behind_rows_ + "}";
        return false;
      }
      if (next_ != 0) out += ',';
      out += row_of(books_.fills()[next_++]);
      return true;
  }
  ENSURE(false, "Part out of range");
}

}  // namespace s1mple
