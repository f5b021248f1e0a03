#include "supervisor/client/table.h"

#include "supervisor/client/text.h"
#include "tests/support/catch.h"

using namespace s1mple::client;

namespace {

std::string text_of(const Page& page) {
  std::string out;
  for (const auto& line : page) out += plain_text(line) + "|\n";
  return out;
}

Table amounts() {
  Table table;
  table.columns = {{"symbol"}, {"amount", Align::point}, {"note", Align::left, 2}, {"n", Align::right, 1}};
  table.rows = {{{"BTC/EUR"}, {"0.0200"}, {"first"}, {"1"}},
                {{"ETH"}, {"-1500"}, {"second one"}, {"22"}},
                {{""}, {"12.5"}, {""}, {"333"}}};
  return table;
}

}  // namespace

TEST_CASE("amounts stand with their decimal points below each other") {
  CHECK(text_of(table_lines(amounts())) ==
        "symbol       amount  note          n|\n"
        "BTC/EUR      0.0200  first         1|\n"
        "ETH      -1500       second one   22|\n"
        "            12.5                 333|\n");
}

TEST_CASE("in a narrow room the least important columns go first, then the rest is clipped") {
  CHECK(text_of(table_lines(amounts(), 26)) ==
        "symbol       amount    n|\n"
        "BTC/EUR      0.0200    1|\n"
        "ETH      -1500        22|\n"
        "            12.5     333|\n");
  for (int width = 1; width < 60; ++width)
    for (const auto& line : table_lines(amounts(), width)) CHECK(columns_of(line) <= width);
}

TEST_CASE("a table without rows is its titles") {
  Table table;
  table.columns = {{"a"}, {"b", Align::point}};
  CHECK(text_of(table_lines(table)) == "a  b|\n");
}

TEST_CASE("a column that is empty in every row is not shown") {
  Table table;
  table.columns = {{"a"}, {"b"}, {"c"}};
  table.rows = {{{"1"}, {""}, {"3"}}, {{""}, {""}, {"4"}}};
  CHECK(text_of(table_lines(table)) == "a  c|\n1  3|\n   4|\n");
}

TEST_CASE("labels are padded to the longest") {
  CHECK(text_of(labelled({{"a", {{"1"}}}, {"long", {{"2"}, {"3"}}}})) == "a     1|\nlong  23|\n");
}
