#include "supervisor/client/chart.h"

#include <algorithm>

#include "common/base/ensure.h"
#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

// One value for each dot column, newest last.
std::vector<Decimal> thinned(const std::vector<Decimal>& values, std::size_t columns) {
  if (values.size() <= columns) return values;
  std::vector<Decimal> out;
  for (std::size_t i = 0; i < columns; ++i)
    out.push_back(values[(i + 1) * values.size() / columns - 1]);
  return out;
}

// 0 at the bottom to `levels` - 1 at the top; the middle when all values are equal.
int level_of(Decimal value, Decimal low, Decimal high, int levels) {
  Int128 range = high.units() - low.units();
  Int128 above = value.units() - low.units();
  if (range == 0) return levels / 2;
  while (range > (Int128(1) << 100)) {  // keeps the product below inside 127 bits
    range /= 2;
    above /= 2;
  }
  return static_cast<int>((above * (levels - 1) + range / 2) / range);
}

class Dots {
 public:
  Dots(int width, int height)
      : width_(width), height_(height), on_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {}
  void set(int x, int y) { on_[index(x, y)] = true; }
  [[nodiscard]] bool at(int x, int y) const { return on_[index(x, y)]; }

 private:
  [[nodiscard]] std::size_t index(int x, int y) const {
    ENSURE(x >= 0 && x < width_ && y >= 0 && y < height_, "dot outside the chart");
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x);
  }
  int width_, height_;
  std::vector<bool> on_;
};

// y counts from the top. Neighbours are joined by a vertical stroke, so that a jump stays a line.
Dots drawn(const std::vector<Decimal>& values, int width, int height) {
  Dots dots(width, height);
  const auto shown = thinned(values, static_cast<std::size_t>(width));
  if (shown.empty()) return dots;
  const auto [low, high] = std::minmax_element(shown.begin(), shown.end());
  const int first = width - static_cast<int>(shown.size());
  int before = -1;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const int level = level_of(shown[i], *low, *high, height);
    const int from = before < 0 ? level : before < level ? before + 1 : before > level ? before - 1 : level;
    for (int at = std::min(from, level); at <= std::max(from, level); ++at)
      dots.set(first + static_cast<int>(i), height - 1 - at);
    before = level;
  }
  return dots;
}

std::string braille(const Dots& dots, int column, int row) {
  // Unicode numbers the dots 1 2 3 7 down the left side and 4 5 6 8 down the right one.
  constexpr char32_t kBit[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
  char32_t pattern = 0;
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 2; ++x)
      if (dots.at(column * 2 + x, row * 4 + y)) pattern |= kBit[y][x];
  std::string out;
  append_utf8(out, pattern == 0 ? U' ' : 0x2800 + pattern);
  return out;
}

}  // namespace

std::vector<std::string> chart_lines(const std::vector<Decimal>& values, int width, int height, bool utf8) {
  std::vector<std::string> lines;
  if (width <= 0 || height <= 0) return lines;
  const Dots dots = drawn(values, utf8 ? width * 2 : width, utf8 ? height * 4 : height);
  for (int row = 0; row < height; ++row) {
    std::string line;
    for (int column = 0; column < width; ++column) {
      if (utf8) {
        line += braille(dots, column, row);
      } else {
        line += dots.at(column, row) ? '*' : ' ';
      }
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace s1mple::client
