// Painter: turns the next screen into the fewest bytes that change the terminal from the one before.
//
// Only cells that differ are sent, so that nothing flickers and a slow line suffices. The cursor is placed
// explicitly before each run and after each wide glyph, whose width terminals do not agree on.
// Assumes: automatic wrapping is off, the cursor is hidden (terminal.h sees to both). Thread: one owner; pure.
#pragma once

#include <optional>
#include <string>

#include "supervisor/client/screen.h"

namespace s1mple::client {

class Painter {
 public:
  explicit Painter(bool colour) : colour_(colour) {}

  [[nodiscard]] std::string paint(const Screen& next);
  // The terminal's content is unknown: the next paint clears and sends everything.
  void forget() { shown_.reset(); }

 private:
  void paint_row(const Screen& next, int row, std::string& out);
  void paint_run(const Screen& next, int row, int first, int last, std::string& out);
  [[nodiscard]] bool differs(const Screen& next, int column, int row) const;
  bool colour_;
  std::optional<Screen> shown_;
};

}  // namespace s1mple::client
