#include "tests/unit/supervisor_client/fake_terminal.h"

#include <cstdlib>

#include "supervisor/client/text.h"
#include "tests/support/catch.h"

namespace s1mple {

using namespace client;

FakeTerminal::FakeTerminal(Size size, bool colour)
    : size_(size), colour_(colour), cells_(static_cast<std::size_t>(size.columns * size.rows)) {}

FakeTerminal::Shown& FakeTerminal::at(int column, int row) {
  return cells_.at(static_cast<std::size_t>(row * size_.columns + column));
}

void FakeTerminal::receive(std::string_view bytes) {
  while (!bytes.empty()) {
    if (bytes.front() == '\x1b') {
      const auto end = bytes.find_first_not_of("0123456789;", 2);
      REQUIRE(end != std::string_view::npos);
      control(bytes.substr(1, end));
      bytes.remove_prefix(end + 1);
      continue;
    }
    const auto [glyph, length] = first_code_point(bytes);
    put(glyph);
    bytes.remove_prefix(length);
  }
}

void FakeTerminal::control(std::string_view sequence) {
  REQUIRE(sequence.front() == '[');
  const char last = sequence.back();
  const std::string numbers(sequence.substr(1, sequence.size() - 2));
  if (last == 'H') {
    const auto semicolon = numbers.find(';');
    row_ = numbers.empty() ? 0 : std::atoi(numbers.c_str()) - 1;
    column_ = semicolon == std::string::npos ? 0 : std::atoi(numbers.c_str() + semicolon + 1) - 1;
  } else if (last == 'J') {
    REQUIRE(numbers == "2");
    for (auto& cell : cells_) cell = {U' ', ""};
  } else {
    REQUIRE(last == 'm');
    look_ = numbers == "0" ? "" : look_ + std::string(sequence);
  }
}

void FakeTerminal::put(char32_t glyph) {
  const int columns = columns_of(glyph);
  REQUIRE(columns > 0);
  if (column_ + columns > size_.columns || row_ >= size_.rows) FAIL("written outside the screen");
  at(column_, row_) = {glyph, look_};
  if (columns == 2) at(column_ + 1, row_) = {0, look_};
  column_ += columns;
}

bool FakeTerminal::shows(const Screen& screen) const {
  for (int row = 0; row < size_.rows; ++row)
    for (int column = 0; column < size_.columns; ++column) {
      const auto& shown = cells_[static_cast<std::size_t>(row * size_.columns + column)];
      const Cell& wanted = screen.at(column, row);
      std::string look(sgr_of(wanted.tone, colour_));
      if (!look.empty()) look.erase(0, 1);
      if (shown.glyph != wanted.glyph || shown.look != look) return false;
    }
  return true;
}

}  // namespace s1mple
