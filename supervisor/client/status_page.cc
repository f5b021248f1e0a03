#include "supervisor/client/status_page.h"

#include "supervisor/client/format.h"
#include "supervisor/client/lists.h"
#include "supervisor/client/notices.h"
#include "supervisor/client/table.h"

namespace s1mple::client {

namespace {

void append(Page& page, Page more, std::string_view indent = "") {
  for (auto& line : more) {
    if (!indent.empty()) line.insert(line.begin(), {std::string(indent), Tone::plain});
    page.push_back(std::move(line));
  }
}

void append_list(Page& page, const std::string& title, const Table& table) {
  if (table.rows.empty()) return;
  page.push_back({});
  page.push_back({{title, Tone::heading}});
  append(page, table_lines(table), "  ");
}

void append_money(Page& page, const OrchestratorView& view) {
  if (view.equity.empty() && view.cash.empty()) return;
  page.push_back({});
  page.push_back({{"Money", Tone::heading}});
  Table table;
  table.columns = {{""}, {"", Align::point}, {""}};
  if (!view.equity.empty())
    table.rows.push_back({{"equity"}, {grouped(view.equity), Tone::strong}, {view.currency}});
  for (const auto& [asset, amount] : view.cash) table.rows.push_back({{"balance"}, {grouped(trimmed(amount))}, {asset}});
  Page lines = table_lines(table);
  lines.erase(lines.begin());  // no titles
  append(page, std::move(lines), "  ");
}

void append_events(Page& page, const OrchestratorView& view, WallTime now) {
  if (view.events.empty()) return;
  page.push_back({});
  page.push_back({{"Last events", Tone::heading}});
  for (const auto& event : view.events) {
    const std::string at = event.at ? stamp_text(*event.at, now) + "  " : std::string();
    page.push_back({{"  " + at, Tone::dim}, {event.text}});
  }
}

}  // namespace

Page status_page(const StatusModel& model, WallTime now, const Speaker& speaker) {
  Page page{{badge_of(environment_of(model)),
             {"  s1mpletrader " + model.supervisor.version, Tone::strong},
             {"   " + date_text(now) + " " + clock_text(now) + " UTC", Tone::dim}}};
  for (const auto& notice : notices_of(model, now, speaker)) page.push_back({{notice.text, notice.tone}});
  page.push_back({});
  std::vector<std::pair<std::string, Line>> facts;
  for (const auto& vital : vitals_of(model, now)) facts.emplace_back(vital.label, vital.value);
  append(page, labelled(facts));
  if (!model.orchestrator) return page;
  const auto& view = *model.orchestrator;
  append_money(page, view);
  append_list(page, "Positions", positions_table(view.positions, view.symbols));
  append_list(page, "Open orders", orders_table(view.open_orders));
  append_list(page, "Strategies", strategies_table(view.strategies));
  append_list(page, "Last fills", fills_table(view.last_fills, now));
  append_events(page, view, now);
  return page;
}

std::string summary_line(const StatusModel& model, WallTime now) {
  std::string out = clock_text(now);
  const auto add = [&out](std::string_view name, const std::string& value) {
    if (!value.empty()) out += " " + std::string(name) + "=" + value;
  };
  const auto number = [](const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : std::string();
  };
  const std::string environment = environment_of(model);
  out += environment == "paper" ? " PAPER" : environment == "live" ? " LIVE" : " UNKNOWN";
  add("supervisor", model.supervisor.state);
  std::string degraded;
  for (const auto& what : model.supervisor.degraded) degraded += (degraded.empty() ? "" : ",") + what;
  add("degraded", degraded);
  add("restarts", number(model.supervisor.restarts_total));
  if (!model.orchestrator) return out + " orchestrator=none";
  const auto& view = *model.orchestrator;
  add("phase", view.phase);
  add("mode", view.mode);
  add("trading", view.trading);
  add("data", view.data_state);
  add("equity", view.equity);
  add("positions", std::to_string(view.positions.size()));
  add("orders", number(view.orders_open));
  add("in_doubt", number(view.orders_in_doubt));
  add("fills", number(view.fills));
  add("seq", number(view.durable_seq));
  return out;
}

}  // namespace s1mple::client
