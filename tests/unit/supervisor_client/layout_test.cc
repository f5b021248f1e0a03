#include "supervisor/client/layout.h"

#include <numeric>

#include "supervisor/client/text.h"
#include "tests/support/catch.h"

using namespace s1mple::client;

TEST_CASE("rows go to the most important panels first") {
  struct Row {
    const char* name;
    int rows;
    std::vector<int> want;
  };
  const std::vector<RowsAsked> panels{{2, 4, false}, {1, 6, true}, {2, 3, false}, {2, 9, false}};
  const auto row = GENERATE(values<Row>({
      {"no room shows nothing", 0, {0, 0, 0, 0}},
      {"one row is too little for the first, enough for the second", 1, {0, 1, 0, 0}},
      {"the last is dropped first", 5, {2, 1, 2, 0}},
      {"everybody has the least", 7, {2, 1, 2, 2}},
      {"then all grow in turn", 11, {3, 2, 3, 3}},
      {"up to what they want", 22, {4, 6, 3, 9}},
      {"and the rest goes to who stretches", 30, {4, 14, 3, 9}},
  }));
  INFO(row.name);
  CHECK(share_rows(panels, row.rows) == row.want);
}

TEST_CASE("shares never exceed the rows") {
  const std::vector<RowsAsked> panels{{3, 3, false}, {1, 5, true}, {2, 8, false}};
  for (int rows = -2; rows < 60; ++rows) {
    const auto shares = share_rows(panels, rows);
    CHECK(std::accumulate(shares.begin(), shares.end(), 0) <= std::max(0, rows));
  }
}

TEST_CASE("a sentence breaks at blanks, a long word anywhere, and the end is clipped") {
  using Lines = std::vector<std::string>;
  CHECK(wrapped("one two three", 20, 3) == Lines{"one two three"});
  CHECK(wrapped("one two three", 7, 3) == Lines{"one two", "three"});
  CHECK(wrapped("one two three", 8, 3) == Lines{"one two", "three"});
  CHECK(wrapped("one two three", 7, 1) == Lines{"one tw…"});
  CHECK(wrapped("abcdefgh", 3, 5) == Lines{"abc", "def", "gh"});
  CHECK(wrapped("", 3, 5) == Lines{""});
  CHECK(wrapped("abc", 0, 5).empty());
  for (int width = 1; width < 12; ++width)
    for (const auto& line : wrapped("世界 aa 世界世界 b", width, 4))
      CHECK((columns_of(line) <= width || width == 1));
}
