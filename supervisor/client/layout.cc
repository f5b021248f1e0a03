#include "supervisor/client/layout.h"

#include <algorithm>

#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

// Bytes of `text` that fill at most `width` columns, at least one code point.
std::size_t bytes_within(std::string_view text, int width) {
  std::size_t bytes = 0;
  int used = 0;
  while (bytes < text.size()) {
    const auto next = first_code_point(text.substr(bytes));
    used += columns_of(next.value);
    if (used > width && bytes > 0) break;
    bytes += next.bytes;
  }
  return bytes;
}

bool grow(const std::vector<RowsAsked>& panels, std::vector<int>& shares, int& left, bool stretch) {
  bool grew = false;
  for (std::size_t i = 0; i < panels.size() && left > 0; ++i) {
    const bool may = stretch ? panels[i].stretches : shares[i] < panels[i].want;
    if (shares[i] == 0 || !may) continue;
    ++shares[i];
    --left;
    grew = true;
  }
  return grew;
}

}  // namespace

std::vector<int> share_rows(const std::vector<RowsAsked>& panels, int rows) {
  std::vector<int> shares(panels.size(), 0);
  int left = std::max(0, rows);
  for (std::size_t i = 0; i < panels.size(); ++i) {
    if (panels[i].min > left) continue;
    shares[i] = panels[i].min;
    left -= panels[i].min;
  }
  while (left > 0 && grow(panels, shares, left, false)) {
  }
  while (left > 0 && grow(panels, shares, left, true)) {
  }
  return shares;
}

std::vector<std::string> wrapped(std::string_view text, int width, int max) {
  std::vector<std::string> lines;
  if (width <= 0 || max <= 0) return lines;
  while (columns_of(text) > width) {
    if (static_cast<int>(lines.size()) == max - 1) {
      lines.push_back(clipped(text, width));
      return lines;
    }
    std::size_t cut = bytes_within(text, width);
    std::size_t skip = 0;
    const auto blank = text.substr(0, cut + 1).rfind(' ');
    if (blank != std::string_view::npos && blank > 0) {
      cut = blank;
      skip = 1;
    }
    lines.emplace_back(text.substr(0, cut));
    text.remove_prefix(cut + skip);
  }
  lines.emplace_back(text);
  return lines;
}

}  // namespace s1mple::client
