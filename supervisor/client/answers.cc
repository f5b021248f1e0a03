#include "supervisor/client/answers.h"

#include <algorithm>

#include "supervisor/client/event_text.h"
#include "supervisor/client/fields.h"
#include "supervisor/client/format.h"
#include "supervisor/client/lists.h"
#include "supervisor/client/table.h"
#include "supervisor/client/text.h"

namespace s1mple::client {

namespace {

constexpr int kDepthMax = 6;
constexpr std::size_t kLabelMax = 64;

void append_object(Page& page, const JsonValue& object, int depth);

void append_lines(Page& page, std::string_view text, const std::string& indent) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    page.push_back({{indent + neutral(text.substr(0, end))}});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// `width` is that of the longest label beside it.
void append_member(Page& page, const std::string& label, const JsonValue& value, int depth, int width) {
  if (value.is_null()) return;
  const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
  const bool nested = (value.is_object() || value.is_array()) && depth < kDepthMax;
  const auto text = value.as_text();
  const bool lines = text && text->find('\n') != std::string::npos;
  if (nested || lines) page.push_back({{indent + label, Tone::dim}});
  if (lines) return append_lines(page, *text, indent + "  ");
  if (nested && value.is_object()) return append_object(page, value, depth + 1);
  if (nested) {
    for (std::size_t i = 0; i < value.size(); ++i) append_member(page, "-", value.item(i), depth + 1, 1);
    return;
  }
  const std::string room(static_cast<std::size_t>(std::max(0, width - columns_of(label))) + 2, ' ');
  const bool deep = value.is_object() || value.is_array();
  page.push_back({{indent + label + room, Tone::dim}, {deep ? neutral(value.dump()) : shown_text(value)}});
}

void append_object(Page& page, const JsonValue& object, int depth) {
  int width = 0;
  object.each_member([&width](std::string_view key, const JsonValue& value) {
    const bool beside = !value.is_object() && !value.is_array() && !value.is_null();
    if (beside) width = std::max(width, columns_of(neutral(key, kLabelMax)));
  });
  object.each_member([&](std::string_view key, const JsonValue& value) {
    append_member(page, neutral(key, kLabelMax), value, depth, width);
  });
}

using Items = std::vector<JsonValue>;

Items items_of(const JsonValue& result) {
  Items items;
  Fields(result).each("items", kListLimitMax, [&items](const JsonValue& item) { items.push_back(item); });
  return items;
}

Table alerts_table(const Items& items, WallTime now) {
  Table table;
  table.columns = {{"id"}, {"at"}, {"level"}, {"code"}, {"text"}, {"delivered"}, {"acked"}};
  for (const auto& item : items) {
    const Fields in(item);
    const auto at = in.time("at");
    const std::string level = in.text("level");
    const Tone tone = level == "critical" ? Tone::bad : level == "warning" ? Tone::caution : Tone::plain;
    const std::string tries = in.text("tries");
    const std::string delivered = in.flag("delivered") ? "yes" : tries.empty() || tries == "0" ? "no" : "no, tried " + tries;
    table.rows.push_back({{in.text("id")}, {at ? stamp_text(*at, now) : "", Tone::dim}, {level, tone}, {in.text("code")},
                          {in.text("text")}, {delivered}, {in.flag("acked") ? "yes" : "no"}});
  }
  return table;
}

Table crashes_table(const Items& items, WallTime now) {
  Table table;
  table.columns = {{"id", Align::right}, {"at"}, {"ended by"}, {"mode"}, {"pid", Align::right}, {"ran for"}, {"counted"}};
  for (const auto& item : items) {
    const Fields in(item);
    const auto at = in.time("at");
    const LastDeath death{at, in.text("cause"), in.text("signal"), in.whole("exit_code"), {}};
    const auto uptime = in.whole("uptime_ms");
    table.rows.push_back({{in.text("id")}, {at ? stamp_text(*at, now) : "", Tone::dim}, {death_text(death)},
                          {in.text("mode")}, {in.text("pid")}, {uptime ? duration_text(millis(*uptime)) : ""},
                          {in.flag("counted") ? "yes" : "no"}});
  }
  return table;
}

Table methods_table(const JsonValue& result) {
  Table table;
  table.columns = {{"method"}, {"params"}, {"what it does"}};
  Fields(result).each("methods", 100, [&table](const JsonValue& item) {
    const Fields in(item);
    table.rows.push_back({{in.text("method"), Tone::strong}, {in.text("params"), Tone::dim}, {in.text("text")}});
  });
  return table;
}

Table protected_positions(const Items& items) {
  std::vector<PositionView> positions;
  for (const auto& item : items) positions.push_back(decode_position(item));
  Table table = positions_table(positions, {});
  table.columns.resize(4);  // no prices in this answer
  table.columns.push_back({"protected by"});
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Fields protective(Fields(items[i]).object("protective"));
    const std::string trigger = protective.text("trigger");
    table.rows[i].resize(4);
    table.rows[i].push_back({trigger.empty() ? "nothing" : "stop at " + trigger + ", " + protective.text("client_id"),
                             trigger.empty() ? Tone::caution : Tone::plain});
  }
  return table;
}

Page list_page(const Invocation& asked, const JsonValue& result, WallTime now) {
  const std::string_view name = asked.command->name;
  const Items items = items_of(result);
  if (items.empty()) return {{{"no " + std::string(asked.command->name), Tone::dim}}};
  Table table;
  if (name == "orders") {
    std::vector<OrderView> orders;
    for (const auto& item : items) orders.push_back(decode_order(item));
    table = orders_table(orders);
  } else if (name == "fills") {
    std::vector<FillView> fills;
    for (const auto& item : items) fills.push_back(decode_fill(item));
    table = fills_table(fills, now);
  } else if (name == "positions") {
    table = protected_positions(items);
  } else {
    table = name == "alerts" ? alerts_table(items, now) : crashes_table(items, now);
  }
  Page page = table_lines(table);
  const auto next = result.find("next");
  if (next && !next->is_null()) page.push_back({{"there are more: raise --limit", Tone::dim}});
  return page;
}

Page explain_page(const JsonValue& result, WallTime now) {
  Page page;
  append_object(page, Fields(result).object("order"), 0);
  Table table;
  table.columns = {{"seq", Align::right}, {"at"}, {"kind"}, {"what happened"}};
  Fields(result).each("records", kListLimitMax, [&](const JsonValue& item) {
    const Fields in(item);
    const auto at = in.time("at");
    table.rows.push_back({{in.text("seq")}, {at ? stamp_text(*at, now) : "", Tone::dim}, {in.text("kind"), Tone::strong},
                          {in.text("text")}});
  });
  page.push_back({});
  for (auto& line : table_lines(table)) page.push_back(std::move(line));
  return page;
}

Page done(std::string text) { return {{{std::move(text), Tone::good}}}; }

Page halt_page(const Fields& in, const Speaker& speaker) {
  const std::string by = in.text("durable");
  const std::string where = by == "both" ? "by the supervisor and the orchestrator" : "by the " + by;
  return {{{"halted", Tone::good}, {", kept on disk " + where + "; lift it with: " + speaker.command("resume REASON")}}};
}

Page flatten_page(const JsonValue& result, const Speaker& speaker) {
  std::string orders;
  Fields(result).each("orders", 100, [&orders](const JsonValue& id) { orders += " " + shown_text(id); });
  Page page = done("flatten has begun; it goes on by itself, watch it with: " + speaker.command("status"));
  if (!orders.empty()) page.push_back({{"orders:" + orders}});
  return page;
}

// One line for each way back to the file: what is in force, and what waits for which start.
Page reload_page(const JsonValue& result) {
  const Fields in(result);
  Page page;
  std::string taken;
  in.each("taken", kListLimitMax, [&taken](const JsonValue& key) { taken += (taken.empty() ? "" : ", ") + shown_text(key); });
  if (!taken.empty()) page.push_back({{"taken over: ", Tone::good}, {taken}});
  in.each("needs_restart", kListLimitMax, [&page](const JsonValue& item) {
    const Fields one(item);
    page.push_back({{"needs a restart: ", Tone::caution}, {one.text("what")}, {"  (" + one.text("help") + ")", Tone::dim}});
  });
  if (page.empty()) page.push_back({{"nothing has changed", Tone::good}});
  in.each("warnings", kListLimitMax, [&page](const JsonValue& warning) {
    page.push_back({{"warning: ", Tone::caution}, {shown_text(warning)}});
  });
  return page;
}

// Short answers; an empty page for a command that has none.
Page short_page(std::string_view name, const JsonValue& result, const Speaker& speaker) {
  const Fields in(result);
  if (name == "halt") return halt_page(in, speaker);
  if (name == "resume") return done("the halt is lifted");
  if (name == "reconcile") return done("reconciliation has begun; its outcome is in: " + speaker.command("status"));
  if (name == "flatten") return flatten_page(result, speaker);
  if (name == "accept") return done("accepted");
  if (name == "restart") return done("the orchestrator ends in order and starts again, mode " + in.text("mode"));
  if (name == "clear") return done("cleared: " + in.text("from") + " → " + in.text("to"));
  if (name == "ack") return done("acknowledged");
  if (name == "reload") return reload_page(result);
  if (name == "upgrade")
    return done("the supervisor " + in.text("from_version") + " becomes the program that is in place; the orchestrator trades on");
  if (name == "shutdown") {
    const auto grace = in.whole("grace_ms");
    return done("both are ending" + (grace ? ", within " + duration_text(millis(*grace)) : std::string()));
  }
  if (name == "alert_test") {
    const auto took = in.whole("took_ms");
    return done("the alert command took it" + (took ? " in " + duration_text(millis(*took)) : std::string()) +
                ", exit code " + in.text("exit_code"));
  }
  return {};
}

}  // namespace

Page object_page(const JsonValue& object) {
  Page page;
  if (object.is_object()) {
    append_object(page, object, 0);
  } else {
    append_member(page, "result", object, 0, 0);
  }
  return page;
}

Page answer_page(const Invocation& asked, const JsonValue& result, WallTime now, const Speaker& speaker) {
  const std::string_view name = asked.command->name;
  if (asked.command->lists && !asked.has_id) return list_page(asked, result, now);
  if (name == "explain") return explain_page(result, now);
  if (name == "methods") return table_lines(methods_table(result));
  Page page = short_page(name, result, speaker);
  return page.empty() ? object_page(result) : page;
}

}  // namespace s1mple::client
