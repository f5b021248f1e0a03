#include "supervisor/client/screen.h"

#include <algorithm>

#include "common/base/ensure.h"
#include "supervisor/client/text.h"

namespace s1mple::client {

Screen::Screen(Size size)
    : size_{std::clamp(size.columns, 1, kColumnsMax), std::clamp(size.rows, 1, kRowsMax)},
      cells_(static_cast<std::size_t>(size_.columns) * static_cast<std::size_t>(size_.rows)) {}

Cell* Screen::cell(int column, int row) {
  if (column < 0 || column >= size_.columns || row < 0 || row >= size_.rows) return nullptr;
  return &cells_[static_cast<std::size_t>(row) * static_cast<std::size_t>(size_.columns) +
                 static_cast<std::size_t>(column)];
}

const Cell& Screen::at(int column, int row) const {
  ENSURE(column >= 0 && column < size_.columns && row >= 0 && row < size_.rows, "cell outside the screen");
  return cells_[static_cast<std::size_t>(row) * static_cast<std::size_t>(size_.columns) +
                static_cast<std::size_t>(column)];
}

void Screen::set(int column, int row, char32_t glyph, Tone tone) {
  Cell* target = cell(column, row);
  if (target == nullptr) return;
  Cell* next = cell(column + 1, row);
  Cell* before = cell(column - 1, row);
  if (target->glyph == 0 && before != nullptr) before->glyph = U' ';
  if (columns_of(target->glyph) == 2 && next != nullptr) next->glyph = U' ';
  *target = {glyph, tone};
}

int Screen::put(int column, int row, int width, std::string_view text, Tone tone) {
  const int end = std::min(column + width, size_.columns);
  while (!text.empty()) {
    const auto [glyph, bytes] = first_code_point(text);
    text.remove_prefix(bytes);
    const int columns = columns_of(glyph);
    if (columns == 0) continue;
    if (column + columns > end) break;
    Cell* left = cell(column, row);
    Cell* right = columns == 2 ? cell(column + 1, row) : nullptr;
    const bool whole = left != nullptr && (columns == 1 || right != nullptr);
    for (int i = 0; i < columns; ++i) set(column + i, row, U' ', tone);
    if (whole) left->glyph = glyph;
    if (whole && right != nullptr) right->glyph = 0;
    column += columns;
  }
  return column;
}

int Screen::put(int column, int row, int width, const Line& line) {
  const int end = column + width;
  for (const auto& piece : line) {
    const std::string shown = clipped(piece.text, end - column);
    column = put(column, row, end - column, shown, piece.tone);
    if (shown.size() != piece.text.size()) break;
  }
  return column;
}

void Screen::fill(int column, int row, int width, char32_t glyph, Tone tone) {
  for (int i = 0; i < width; ++i) set(column + i, row, glyph, tone);
}

std::string Screen::text() const {
  std::string out;
  for (int row = 0; row < size_.rows; ++row) {
    std::string line;
    for (int column = 0; column < size_.columns; ++column)
      if (at(column, row).glyph != 0) append_utf8(line, at(column, row).glyph);
    const auto end = line.find_last_not_of(' ');
    out += line.substr(0, end == std::string::npos ? 0 : end + 1) + '\n';
  }
  return out;
}

Screen ascii_screen(const Screen& screen) {
  Screen out(screen.size());
  for (int row = 0; row < screen.size().rows; ++row)
    for (int column = 0; column < screen.size().columns; ++column) {
      const Cell& cell = screen.at(column, row);
      const char glyph = cell.glyph == 0 ? ' ' : ascii_of(cell.glyph);
      out.fill(column, row, 1, static_cast<char32_t>(static_cast<unsigned char>(glyph)), cell.tone);
    }
  return out;
}

}  // namespace s1mple::client
