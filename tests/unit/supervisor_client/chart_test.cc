#include "supervisor/client/chart.h"

#include "supervisor/client/text.h"
#include "tests/support/catch.h"

using namespace s1mple;
using namespace s1mple::client;
using namespace s1mple::literals;

namespace {

std::vector<Decimal> whole(std::initializer_list<int> values) {
  std::vector<Decimal> out;
  for (const int value : values) out.push_back(Decimal::from_int(value));
  return out;
}

}  // namespace

TEST_CASE("a rising line rises from the lower left to the upper right") {
  CHECK(chart_lines(whole({1, 2, 3, 4}), 4, 4, false) ==
        std::vector<std::string>{"   *", "  * ", " *  ", "*   "});
}

TEST_CASE("a jump is joined, so that it stays a line") {
  CHECK(chart_lines(whole({1, 1, 4, 4}), 4, 4, false) ==
        std::vector<std::string>{"  **", "  * ", "  * ", "**  "});
}

TEST_CASE("the newest value is at the right edge") {
  CHECK(chart_lines(whole({5, 5}), 5, 1, false) == std::vector<std::string>{"   **"});
}

TEST_CASE("braille has eight dots a character") {
  CHECK(chart_lines(whole({1, 2, 3, 4}), 2, 1, true) == std::vector<std::string>{"⡠⠊"});
  CHECK(chart_lines(whole({1}), 2, 1, true) == std::vector<std::string>{" ⠐"});
}

TEST_CASE("every line has exactly its width, whatever the values") {
  std::vector<Decimal> wild;
  for (int i = 0; i < 700; ++i) wild.push_back(i % 2 == 0 ? "999999999999999999"_dec : "-999999999999999999"_dec);
  for (const bool utf8 : {true, false})
    for (const int width : {1, 2, 7, 80})
      for (const auto& line : chart_lines(wild, width, 3, utf8)) CHECK(columns_of(line) == width);
  CHECK(chart_lines({}, 3, 2, true) == std::vector<std::string>{"   ", "   "});
  CHECK(chart_lines(wild, 0, 3, true).empty());
  CHECK(chart_lines(wild, 3, 0, true).empty());
}
