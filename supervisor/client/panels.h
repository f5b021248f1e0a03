// The panels of the live screen: what each asks for and how it draws itself into the rows it got.
//
// A panel never draws outside its rectangle; one that got 0 rows is not drawn. Thread: any; pure.
#pragma once

#include <functional>
#include <vector>

#include "supervisor/client/history.h"
#include "supervisor/client/layout.h"
#include "supervisor/client/screen.h"
#include "supervisor/client/vitals.h"

namespace s1mple::client {

struct Panel {
  RowsAsked rows;
  std::function<void(Screen&, Rect)> draw;
};

struct PanelInput {
  const StatusModel& model;
  const History& history;
  WallTime now;
  bool utf8 = true;
  bool stale = false;  // nobody answers: all of it is old
};

// Facts in one, two or three columns, as the width of the whole area allows.
[[nodiscard]] Panel vitals_panel(const PanelInput& in, Rect area);
// Everything below; `in` and what it refers to must outlive the drawing.
[[nodiscard]] Panel equity_panel(const PanelInput& in);
[[nodiscard]] Panel positions_panel(const PanelInput& in);
[[nodiscard]] Panel orders_panel(const PanelInput& in);
[[nodiscard]] Panel fills_panel(const PanelInput& in);
[[nodiscard]] Panel events_panel(const PanelInput& in);
[[nodiscard]] Panel strategies_panel(const PanelInput& in);  // asks for nothing where none is known

// Shares `area` among the panels, most important first, and draws them from top to bottom.
void draw_panels(const std::vector<Panel>& panels, Screen& screen, Rect area);

}  // namespace s1mple::client
