// The live screen as a pure function: what is known in, cells out.
//
// PAPER or LIVE stands in the first row always; then what must be seen at once; then as many panels as fit, the most
// important first. From kWideColumns on the lists stand in two columns. Any size works: what does not fit is not
// drawn, and no row holds half of something. Thread: any; pure.
#pragma once

#include <optional>
#include <string>

#include "supervisor/client/history.h"
#include "supervisor/client/screen.h"
#include "supervisor/client/vitals.h"

namespace s1mple::client {

inline constexpr int kWideColumns = 110;

struct WatchState {
  std::optional<StatusModel> model;       // the last answer; nothing: none yet
  std::string trouble;                    // why there is no connection; empty: there is one
  std::optional<WallTime> trouble_since;
  std::string environment;                // the last one that was known
  Speaker speaker;
  WallTime now;
  bool utf8 = true;
};

[[nodiscard]] Screen render(const WatchState& state, const History& history, Size size);

}  // namespace s1mple::client
