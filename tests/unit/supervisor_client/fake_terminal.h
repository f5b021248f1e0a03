// FakeTerminal: understands what Painter writes and keeps the cells a real terminal would show.
//
// Anything it does not know fails the test: the painter may only use what every terminal has. Thread: one.
#pragma once

#include <string_view>
#include <vector>

#include "supervisor/client/screen.h"

namespace s1mple {

class FakeTerminal {
 public:
  FakeTerminal(client::Size size, bool colour);

  void receive(std::string_view bytes);
  // Whether each cell shows what the screen wants, glyph and look.
  [[nodiscard]] bool shows(const client::Screen& screen) const;

 private:
  struct Shown {
    char32_t glyph = U'?';
    std::string look = "unknown";
  };
  void put(char32_t glyph);
  void control(std::string_view sequence);
  Shown& at(int column, int row);

  client::Size size_;
  bool colour_;
  int column_ = 0, row_ = 0;
  std::string look_ = "unknown";
  std::vector<Shown> cells_;
};

}  // namespace s1mple
