#include "supervisor/client/panels.h"

#include <algorithm>

#include "supervisor/client/event_text.h"
#include "supervisor/client/format.h"
#include "supervisor/client/lists.h"
#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

constexpr int kRowsWithTitles = 4;         // with fewer rows, titles only where all fit
constexpr std::size_t kRowsWithMore = 3;  // and one of fewer lines none on the count that its heading has anyway

// The orchestrator's own answer, or what was last known of it.
const OrchestratorView* books_of(const PanelInput& in) {
  const auto& now = in.model.orchestrator;
  const auto& before = in.history.last_known();
  if (now && (!now->equity.empty() || !before)) return &*now;
  if (before) return &*before;
  return now ? &*now : nullptr;
}

bool is_old(const PanelInput& in) {
  return in.stale || !in.model.orchestrator || books_of(in) != &*in.model.orchestrator;
}

std::string titled(const PanelInput& in, std::string title, std::optional<std::int64_t> count) {
  if (count) title += " (" + std::to_string(*count) + ")";
  if (is_old(in) && in.history.last_known_at())
    title += ", last known " + stamp_text(*in.history.last_known_at(), in.now);
  return title;
}

void draw_heading(Screen& screen, Rect area, const std::string& title) {
  screen.fill(area.column, area.row, area.width, U'─', Tone::dim);
  screen.put(area.column + 1, area.row, area.width - 1, " " + clipped(title, area.width - 4) + " ", Tone::heading);
}

// The heading, then as many rows as there is room for; the last one says how many are not shown.
void draw_list(Screen& screen, Rect area, const std::string& title, Page page, const std::string& empty, bool old) {
  draw_heading(screen, area, title);
  if (page.size() <= 1) {
    if (area.height > 1) screen.put(area.column + 1, area.row + 1, area.width - 1, empty, Tone::dim);
    return;
  }
  const bool all_fit = page.size() < static_cast<std::size_t>(area.height);
  if (area.height < kRowsWithTitles && !all_fit) page.erase(page.begin());
  const auto room = static_cast<std::size_t>(area.height - 1);
  for (std::size_t i = 0; i < page.size() && i < room; ++i) {
    const int row = area.row + 1 + static_cast<int>(i);
    if (i + 1 == room && page.size() > room && room >= kRowsWithMore) {
      const auto more = std::to_string(page.size() - i);
      screen.put(area.column + 1, row, area.width - 1, "… and " + more + " more", Tone::dim);
      return;
    }
    Line line = page[i];
    if (old)
      for (auto& piece : line) piece.tone = Tone::dim;
    screen.put(area.column + 1, row, area.width - 1, line);
  }
}

Panel list_panel(const PanelInput& in, std::string title, std::string empty, Table table,
                 std::optional<std::int64_t> count) {
  const int rows = static_cast<int>(table.rows.size());
  const std::string heading = titled(in, std::move(title), count);
  const bool old = is_old(in);
  return {{2, rows == 0 ? 2 : rows + 2, false},
          [heading, empty = std::move(empty), table = std::move(table), old](Screen& screen, Rect area) {
            draw_list(screen, area, heading, table_lines(table, area.width - 1), empty, old);
          }};
}

std::string unknown_or(const PanelInput& in, std::string text) {
  return books_of(in) == nullptr ? "not known yet" : std::move(text);
}

}  // namespace

void draw_panels(const std::vector<Panel>& panels, Screen& screen, Rect area) {
  std::vector<RowsAsked> asked;
  for (const auto& panel : panels) asked.push_back(panel.rows);
  const auto shares = share_rows(asked, area.height);
  int row = area.row;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    if (shares[i] == 0) continue;
    panels[i].draw(screen, {area.column, row, area.width, shares[i]});
    row += shares[i];
  }
}

Panel positions_panel(const PanelInput& in) {
  const auto* books = books_of(in);
  Table table = books == nullptr ? Table{} : positions_table(books->positions, books->symbols);
  const auto count = static_cast<std::int64_t>(table.rows.size());
  return list_panel(in, "Positions", unknown_or(in, "flat"), std::move(table), count > 0 ? std::optional(count) : std::nullopt);
}

Panel orders_panel(const PanelInput& in) {
  const auto* books = books_of(in);
  Table table = books == nullptr ? Table{} : orders_table(books->open_orders);
  const auto count = books == nullptr ? std::nullopt : books->orders_open;
  const bool untold = table.rows.empty() && count.value_or(0) > 0;
  return list_panel(in, "Open orders", unknown_or(in, untold ? "see: orders" : "none"), std::move(table), count);
}

Panel fills_panel(const PanelInput& in) {
  const auto* books = books_of(in);
  Table table = books == nullptr ? Table{} : fills_table(books->last_fills, in.now);
  const auto count = books == nullptr ? std::nullopt : books->fills;
  const bool untold = table.rows.empty() && count.value_or(0) > 0;
  return list_panel(in, "Last fills", unknown_or(in, untold ? "see: fills" : "none yet"), std::move(table), count);
}

Panel events_panel(const PanelInput& in) {
  Page page{{}};  // in place of column titles
  for (const auto& event : in.history.events()) {
    const std::string at = event.at ? stamp_text(*event.at, in.now) : std::string();
    page.push_back({{at + "  ", Tone::dim}, {event.text, tone_of_event(event)}});
  }
  const int rows = static_cast<int>(page.size());
  return {{2, std::max(2, rows), false}, [page](Screen& screen, Rect area) {
            draw_heading(screen, area, "Last events");
            if (page.size() == 1) screen.put(area.column + 1, area.row + 1, area.width - 1, "none yet", Tone::dim);
            for (int i = 1; i < area.height && i < static_cast<int>(page.size()); ++i)
              screen.put(area.column + 1, area.row + i, area.width - 1, page[static_cast<std::size_t>(i)]);
          }};
}

Panel strategies_panel(const PanelInput& in) {
  const auto* books = books_of(in);
  if (books == nullptr || books->strategies.empty()) return {{1 << 16, 1 << 16, false}, [](Screen&, Rect) {}};
  Table table = strategies_table(books->strategies);
  return list_panel(in, "Strategies", "none", std::move(table), std::nullopt);
}

}  // namespace s1mple::client
