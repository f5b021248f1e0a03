#include <algorithm>

#include "supervisor/client/chart.h"
#include "supervisor/client/format.h"
#include "supervisor/client/panels.h"
#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

constexpr int kChartRowsWanted = 5;
constexpr int kAxisMin = 24;  // narrower charts have no scale beside them

struct Equity {
  Line headline;
  std::vector<Decimal> samples;
  bool utf8 = true;
};

const OrchestratorView* known_view(const PanelInput& in) {
  const auto& now = in.model.orchestrator;
  if (now && !now->equity.empty()) return &*now;
  return in.history.last_known() ? &*in.history.last_known() : nullptr;
}

void add_change(const PanelInput& in, Decimal equity, Line& line) {
  const auto& samples = in.history.equity();
  if (samples.empty() || !in.history.equity_since()) return;
  const Decimal change = equity - samples.front();
  const Tone tone = change.is_zero() ? Tone::dim : change.is_negative() ? Tone::bad : Tone::good;
  const std::string percent = percent_text(change, samples.front());
  line.push_back({"  " + signed_amount(change) + (percent.empty() ? "" : " (" + percent + ")"), tone});
  line.push_back({" in " + duration_text(in.now - *in.history.equity_since()), Tone::dim});
}

Line headline_of(const PanelInput& in) {
  const auto* view = known_view(in);
  if (view == nullptr || view->equity.empty()) return {{"Equity ", Tone::heading}, {"not known yet", Tone::dim}};
  const auto equity = Decimal::parse(view->equity);
  Line line{{"Equity ", Tone::heading}, {equity ? brief_amount(*equity) : view->equity, Tone::strong}};
  if (!view->currency.empty()) line.push_back({" " + view->currency, Tone::strong});
  if (equity) add_change(in, *equity, line);
  if ((in.stale || !in.model.orchestrator) && in.history.last_known_at())
    line.push_back({"  last known " + stamp_text(*in.history.last_known_at(), in.now), Tone::dim});
  return line;
}

void draw_chart(const Equity& equity, Screen& screen, Rect area) {
  const auto [low, high] = std::minmax_element(equity.samples.begin(), equity.samples.end());
  const std::string top = brief_amount(*high);
  const std::string bottom = brief_amount(*low);
  const int axis = std::max(columns_of(top), columns_of(bottom)) + 1;
  const bool scaled = area.width >= kAxisMin && area.width > axis * 2;
  const int width = scaled ? area.width - axis : area.width;
  const auto lines = chart_lines(equity.samples, width, area.height, equity.utf8);
  for (int i = 0; i < static_cast<int>(lines.size()); ++i)
    screen.put(area.column, area.row + i, width, lines[static_cast<std::size_t>(i)], Tone::good);
  if (!scaled) return;
  screen.put(area.column + width + 1, area.row, axis, top, Tone::dim);
  if (area.height > 1 && bottom != top)
    screen.put(area.column + width + 1, area.row + area.height - 1, axis, bottom, Tone::dim);
}

}  // namespace

Panel equity_panel(const PanelInput& in) {
  const Equity equity{headline_of(in), in.history.equity(), in.utf8};
  const bool charted = equity.samples.size() > 1;
  return {{1, charted ? 1 + kChartRowsWanted : 1, charted}, [equity, charted](Screen& screen, Rect area) {
            screen.fill(area.column, area.row, area.width, U'─', Tone::dim);
            Line line{{" ", Tone::plain}};
            line.insert(line.end(), equity.headline.begin(), equity.headline.end());
            line.push_back({" ", Tone::plain});
            screen.put(area.column + 1, area.row, area.width - 1, line);
            if (charted && area.height > 1)
              draw_chart(equity, screen, {area.column + 1, area.row + 1, area.width - 2, area.height - 1});
          }};
}

}  // namespace s1mple::client
