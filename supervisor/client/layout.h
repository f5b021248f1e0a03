// Who gets which rows, and where a sentence breaks. Thread: any; pure.
//
// share_rows: panels come in the order of their importance. Each gets `min` while there is room, the others get 0
// (not shown); then all shown ones grow by one row a round up to `want`; what is left goes to those that stretch.
// wrapped: breaks at blanks, a word that is too long is broken anywhere; the last of `max` lines is clipped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace s1mple::client {

struct Rect {
  int column = 0;
  int row = 0;
  int width = 0;
  int height = 0;
};

struct RowsAsked {
  int min = 1;
  int want = 1;
  bool stretches = false;
};

// One figure for each panel; their sum is at most `rows`.
[[nodiscard]] std::vector<int> share_rows(const std::vector<RowsAsked>& panels, int rows);

[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, int width, int max);

}  // namespace s1mple::client
