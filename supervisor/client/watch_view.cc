#include "supervisor/client/watch_view.h"

#include <algorithm>

#include "supervisor/client/format.h"
#include "supervisor/client/notices.h"
#include "supervisor/client/panels.h"
#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

constexpr int kRowsForFooter = 8;
constexpr int kRowsForStrategies = 32;
constexpr int kLinesOfNotice = 3;

std::string headline(const WatchState& state) {
  if (!state.model) return state.trouble.empty() ? "connecting" : "no supervisor";
  const auto& model = *state.model;
  std::string text = spaced(model.supervisor.state);
  if (!state.trouble.empty()) text = "no supervisor";
  if (model.orchestrator && state.trouble.empty()) {
    if (!model.orchestrator->mode.empty()) text += " · mode " + model.orchestrator->mode;
    if (!model.orchestrator->trading.empty()) text += " · " + upper(model.orchestrator->trading);
  }
  return text;
}

void draw_title(Screen& screen, const WatchState& state) {
  const int width = screen.size().columns;
  const Piece badge = badge_of(state.environment);
  const Tone bar = badge.tone == Tone::live_badge ? Tone::live_badge : Tone::bar;
  screen.fill(0, 0, width, U' ', bar);
  int column = screen.put(0, 0, width, badge.text, badge.tone);
  const std::string clock = clock_text(state.now) + " UTC ";
  const int clock_at = width - columns_of(clock);
  const std::string text = headline(state);
  const bool with_clock = clock_at >= column + columns_of(text) + 4;
  if (with_clock) screen.put(clock_at, 0, columns_of(clock), clock, bar);
  const int room = (with_clock ? clock_at : width) - column - 2;
  screen.put(column + 1, 0, room, clipped(text, room), bar);
}

std::vector<Notice> all_notices(const WatchState& state) {
  std::vector<Notice> notices;
  if (!state.trouble.empty()) {
    std::string text = "DISCONNECTED";
    if (state.trouble_since)
      text += " since " + stamp_text(*state.trouble_since, state.now) + " (" +
              duration_text(state.now - *state.trouble_since) + ")";
    notices.push_back({Tone::alarm, text + ": " + state.trouble + ". Trying again"});
    return notices;  // what else is known is old
  }
  if (!state.model) return {{Tone::caution, "Waiting for the first answer"}};
  return notices_of(*state.model, state.now, state.speaker);
}

// Returns the first free row.
int draw_notices(Screen& screen, const WatchState& state) {
  const auto [width, rows] = screen.size();
  const int limit = 1 + std::max(1, rows / 4);
  int row = 1;
  const auto notices = all_notices(state);
  for (std::size_t i = 0; i < notices.size(); ++i) {
    const bool more = i + 1 < notices.size();
    const int room = std::min(limit - row, kLinesOfNotice);
    if (room <= 0) break;
    auto lines = wrapped(notices[i].text, width - 2, room);
    if (more && row + static_cast<int>(lines.size()) >= limit) {
      const std::string rest = " (+" + std::to_string(notices.size() - i - 1) + " more)";
      lines.back() = clipped(lines.back(), width - 2 - columns_of(rest)) + rest;
    }
    for (const auto& line : lines) {
      screen.fill(0, row, width, U' ', notices[i].tone);
      screen.put(1, row++, width - 2, line, notices[i].tone);
    }
  }
  return row;
}

void draw_footer(Screen& screen, const WatchState& state) {
  const auto [width, rows] = screen.size();
  Line line{{" q", Tone::strong}, {state.trouble.empty() ? " leave, the supervisor keeps running" : " leave", Tone::dim}};
  const std::string more = "   commands: " + state.speaker.program + " help";
  if (columns_of(line) + columns_of(more) <= width) line.push_back({more, Tone::dim});
  screen.put(0, rows - 1, width, line);
}

void draw_body(Screen& screen, const PanelInput& in, Rect area) {
  const Panel vitals = vitals_panel(in, area);
  if (area.width < kWideColumns) {
    std::vector<Panel> panels{vitals, equity_panel(in), positions_panel(in), orders_panel(in), fills_panel(in),
                              events_panel(in)};
    if (area.height >= kRowsForStrategies) panels.push_back(strategies_panel(in));
    draw_panels(panels, screen, area);
    return;
  }
  const int top = std::min(area.height, vitals.rows.want);
  draw_panels({vitals}, screen, {area.column, area.row, area.width, top});
  const int left = area.width * 11 / 20;
  const Rect rest{area.column, area.row + top, left, area.height - top};
  const Rect right{area.column + left + 1, rest.row, area.width - left - 1, rest.height};
  draw_panels({equity_panel(in), positions_panel(in), orders_panel(in), strategies_panel(in)}, screen, rest);
  draw_panels({fills_panel(in), events_panel(in)}, screen, right);
}

}  // namespace

Screen render(const WatchState& state, const History& history, Size size) {
  Screen screen(size);
  const auto [width, rows] = screen.size();
  const int first = draw_notices(screen, state);
  const int end = rows >= kRowsForFooter ? rows - 1 : rows;
  if (state.model && first < end) {
    const PanelInput in{*state.model, history, state.now, state.utf8, !state.trouble.empty()};
    draw_body(screen, in, {0, first, width, end - first});
  }
  draw_title(screen, state);
  if (end < rows) draw_footer(screen, state);
  return state.utf8 ? screen : ascii_screen(screen);
}

}  // namespace s1mple::client
