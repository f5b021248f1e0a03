#include "supervisor/client/table.h"

#include <algorithm>

#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

constexpr int kGap = 2;

struct Widths {
  int whole = 0;     // of cells that are aligned on the point: before it
  int fraction = 0;  // from the point on
  int total = 0;
};

std::size_t point_of(std::string_view text) {
  const auto point = text.find('.');
  return point == std::string_view::npos ? text.size() : point;
}

Widths widths_of(const Table& table, std::size_t column) {
  Widths widths;
  int plain = columns_of(table.columns[column].title);
  for (const auto& row : table.rows) {
    const std::string& text = row[column].text;
    if (table.columns[column].align != Align::point) {
      plain = std::max(plain, columns_of(text));
      continue;
    }
    widths.whole = std::max(widths.whole, columns_of(std::string_view(text).substr(0, point_of(text))));
    widths.fraction = std::max(widths.fraction, columns_of(std::string_view(text).substr(point_of(text))));
  }
  widths.total = std::max(plain, widths.whole + widths.fraction);
  return widths;
}

std::string padded(const std::string& text, Align align, const Widths& widths) {
  const int room = std::max(0, widths.total - columns_of(text));
  int before = 0;
  switch (align) {
    case Align::left: break;
    case Align::right: before = room; break;
    case Align::point: {
      const int fraction = columns_of(std::string_view(text).substr(point_of(text)));
      before = std::max(0, room - (widths.fraction - fraction));
      break;
    }
  }
  return std::string(static_cast<std::size_t>(before), ' ') + text +
         std::string(static_cast<std::size_t>(room - before), ' ');
}

bool has_text(const Table& table, std::size_t column) {
  for (const auto& row : table.rows)
    if (!row[column].text.empty()) return true;
  return false;
}

// Indices of the columns that fit, in their order.
std::vector<std::size_t> fitting(const Table& table, const std::vector<Widths>& widths, int width) {
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    if (table.rows.empty() || has_text(table, i)) kept.push_back(i);
  for (;;) {
    int total = -kGap;
    auto victim = kept.end();
    for (auto it = kept.begin(); it != kept.end(); ++it) {
      total += widths[*it].total + kGap;
      const int drop = table.columns[*it].drop;
      if (drop > 0 && (victim == kept.end() || drop >= table.columns[*victim].drop)) victim = it;
    }
    if (total <= width || victim == kept.end()) return kept;
    kept.erase(victim);
  }
}

// Bytes of `text` that fit when only padding may be lost.
std::size_t text_end(const std::string& text, int columns) {
  const int over = std::max(0, columns_of(text) - columns);
  return text.size() - static_cast<std::size_t>(over);
}

void append_cell(Line& line, const std::string& text, Tone tone, int width) {
  const int room = width - columns_of(line);
  if (room <= 0) return;
  const int gap = line.empty() ? 0 : kGap;
  if (gap > 0) line.push_back({std::string(static_cast<std::size_t>(std::min(gap, room)), ' '), Tone::plain});
  const std::string shown = text.substr(0, text.find_last_not_of(' ') + 1);
  if (room - gap <= 0) return;
  const bool fits = columns_of(shown) <= room - gap;
  line.push_back({fits ? text.substr(0, text_end(text, room - gap)) : clipped(shown, room - gap), tone});
}

}  // namespace

Page table_lines(const Table& table, int width) {
  std::vector<Widths> widths;
  for (std::size_t i = 0; i < table.columns.size(); ++i) widths.push_back(widths_of(table, i));
  const auto kept = fitting(table, widths, width);
  Page page;
  Line heading;
  for (const std::size_t i : kept) {
    const Align align = table.columns[i].align == Align::left ? Align::left : Align::right;
    append_cell(heading, padded(table.columns[i].title, align, widths[i]), Tone::dim, width);
  }
  page.push_back(std::move(heading));
  for (const auto& row : table.rows) {
    Line line;
    for (const std::size_t i : kept)
      append_cell(line, padded(row[i].text, table.columns[i].align, widths[i]), row[i].tone, width);
    page.push_back(std::move(line));
  }
  return page;
}

Page labelled(const std::vector<std::pair<std::string, Line>>& rows) {
  int widest = 0;
  for (const auto& [label, value] : rows) widest = std::max(widest, columns_of(label));
  Page page;
  for (const auto& [label, value] : rows) {
    const auto room = static_cast<std::size_t>(widest + kGap - columns_of(label));
    Line line{{label + std::string(room, ' '), Tone::dim}};
    line.insert(line.end(), value.begin(), value.end());
    page.push_back(std::move(line));
  }
  return page;
}

}  // namespace s1mple::client
