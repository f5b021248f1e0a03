// Screen: what a terminal shows, as cells. Drawing clips; nothing ever lands outside.
//
// A wide glyph takes its cell and the next one (glyph 0). Where half of one would be cut or overwritten, the rest
// becomes a blank: no cell ever holds half a character. Units: columns and rows from 0. Thread: plain value.
#pragma once

#include <string>
#include <vector>

#include "supervisor/client/styled.h"

namespace s1mple::client {

struct Size {
  int columns = 80;
  int rows = 24;
  friend bool operator==(const Size&, const Size&) = default;
};

struct Cell {
  char32_t glyph = U' ';  // 0: the right half of a wide glyph
  Tone tone = Tone::plain;
  friend bool operator==(const Cell&, const Cell&) = default;
};

class Screen {
 public:
  static constexpr int kColumnsMax = 500;
  static constexpr int kRowsMax = 200;

  explicit Screen(Size size);  // clamped to 1 .. kColumnsMax, kRowsMax

  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] const Cell& at(int column, int row) const;

  // Draws within [column, column + width); returns the column after the last one drawn.
  int put(int column, int row, int width, std::string_view text, Tone tone);
  int put(int column, int row, int width, const Line& line);
  void fill(int column, int row, int width, char32_t glyph, Tone tone);

  // Rows without trailing blanks, each with a line end: for tests and for output that is no terminal.
  [[nodiscard]] std::string text() const;

 private:
  void set(int column, int row, char32_t glyph, Tone tone);
  [[nodiscard]] Cell* cell(int column, int row);
  Size size_;
  std::vector<Cell> cells_;
};

// The same with ASCII only.
[[nodiscard]] Screen ascii_screen(const Screen& screen);

}  // namespace s1mple::client
