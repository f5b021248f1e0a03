#include "supervisor/client/painter.h"

#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

constexpr int kBridge = 6;  // unchanged cells that cost less to send again than to jump over

std::string cursor_to(int column, int row) {
  return "\x1b[" + std::to_string(row + 1) + ";" + std::to_string(column + 1) + "H";
}

}  // namespace

std::string Painter::paint(const Screen& next) {
  std::string out;
  if (!shown_ || shown_->size() != next.size()) {
    out = std::string(kSgrReset) + "\x1b[H\x1b[2J";
    shown_.emplace(next.size());
  }
  for (int row = 0; row < next.size().rows; ++row) paint_row(next, row, out);
  shown_ = next;
  return out;
}

bool Painter::differs(const Screen& next, int column, int row) const {
  return !(shown_->at(column, row) == next.at(column, row));
}

void Painter::paint_row(const Screen& next, int row, std::string& out) {
  const int columns = next.size().columns;
  int column = 0;
  while (column < columns) {
    if (!differs(next, column, row)) {
      ++column;
      continue;
    }
    int first = column;
    int last = column;
    for (int at = column + 1; at < columns && at - last <= kBridge; ++at)
      if (differs(next, at, row)) last = at;
    // Whole characters only: start at the left half, end at the right one.
    if (next.at(first, row).glyph == 0) --first;
    if (last + 1 < columns && next.at(last + 1, row).glyph == 0) ++last;
    paint_run(next, row, first, last, out);
    column = last + 1;
  }
}

void Painter::paint_run(const Screen& next, int row, int first, int last, std::string& out) {
  out += cursor_to(first, row);
  bool styled = false;
  Tone tone = Tone::plain;
  for (int column = first; column <= last; ++column) {
    const Cell& cell = next.at(column, row);
    if (cell.glyph == 0) {
      out += cursor_to(column + 1, row);
      continue;
    }
    if (!styled || cell.tone != tone) {
      out += kSgrReset;
      out += sgr_of(cell.tone, colour_);
      tone = cell.tone;
      styled = true;
    }
    append_utf8(out, cell.glyph);
  }
  if (tone != Tone::plain) out += kSgrReset;
}

}  // namespace s1mple::client
