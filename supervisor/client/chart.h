// A line chart of a few rows in text: braille dots (2 x 4 a character), or ASCII where the locale has no UTF-8.
//
// The newest value is at the right edge; fewer values than dots leave the left side empty, more are thinned out
// evenly. Scaled to the values' own minimum and maximum with exact arithmetic. Thread: any; pure.
#pragma once

#include <string>
#include <vector>

#include "common/base/decimal.h"

namespace s1mple::client {

// `height` lines of exactly `width` columns, top first; blank where there is nothing to draw.
[[nodiscard]] std::vector<std::string> chart_lines(const std::vector<Decimal>& values, int width, int height,
                                                   bool utf8);

}  // namespace s1mple::client
