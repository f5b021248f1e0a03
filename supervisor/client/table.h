// Aligned tables for pages and for panels of the screen.
//
// Columns keep their order; where the room is too narrow, columns with the highest `drop` go first, then what is
// left is clipped. A column in which every row is empty is not shown. Amounts (Align::point) are aligned on their decimal point. Cells are neutral text.
// Units: columns of a terminal. Thread: any; pure.
#pragma once

#include <string>
#include <vector>

#include "supervisor/client/styled.h"

namespace s1mple::client {

enum class Align : std::uint8_t { left, right, point };

struct Column {
  std::string title;
  Align align = Align::left;
  int drop = 0;  // 0: never dropped
};

struct Table {
  std::vector<Column> columns;
  std::vector<Line> rows;  // one piece per column
};

inline constexpr int kUnlimited = 1 << 20;

// The heading and the rows, each at most `width` columns wide.
[[nodiscard]] Page table_lines(const Table& table, int width = kUnlimited);

// "label  value" rows: labels padded to the longest.
[[nodiscard]] Page labelled(const std::vector<std::pair<std::string, Line>>& rows);

}  // namespace s1mple::client
