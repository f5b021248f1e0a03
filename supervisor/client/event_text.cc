#include "supervisor/client/event_text.h"

#include "supervisor/client/fields.h"

namespace s1mple::client {

namespace {

bool is_word_of(std::string_view words, std::string_view word) {
  for (std::size_t at = 0; at < words.size();) {
    const auto end = std::min(words.find(' ', at), words.size());
    if (words.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

void append(std::string& out, std::string_view before, const std::string& text) {
  if (!text.empty()) out += std::string(before) + text;
}

std::string trade_text(const Fields& in) {
  std::string out = in.text("side");
  append(out, " ", in.text("quantity"));
  append(out, " ", in.text("symbol"));
  append(out, " at ", in.text("price"));
  append(out, " (", in.text("strategy"));
  if (!in.text("strategy").empty()) out += ")";
  return out;
}

std::string order_text(const Fields& in) {
  std::string out = trade_text(in);
  append(out, ": ", spaced(in.text("what") == "closed" ? in.text("status") : in.text("what", "status")));
  append(out, ", ", in.text("reason"));
  return out;
}

// "what: text" and "trading: text", as the orchestrator words its own last events.
std::string note_text(const Fields& in, std::string_view head) {
  std::string out = in.text(head);
  append(out, out.empty() ? "" : ": ", in.text("text"));
  return out;
}

std::string death_text(const Fields& in) {
  std::string out = "orchestrator " + in.text("pid") + " ended";
  append(out, ": ", in.text("cause"));
  append(out, " ", in.text("signal"));
  append(out, ", exit code ", in.text("exit_code"));
  append(out, ", report ", in.text("report"));
  return out;
}

std::string known_text(const std::string& kind, const Fields& in) {
  if (kind == "fill") return trade_text(in);
  if (kind == "order") return order_text(in);
  if (kind == "death") return death_text(in);
  if (kind == "state") {
    std::string out = in.text("from") + " → " + in.text("to");
    append(out, ": ", in.text("why", "reason"));
    return out;
  }
  if (kind == "start") {
    std::string out = "orchestrator " + in.text("pid") + " started";
    append(out, ", mode ", in.text("mode"));
    append(out, ", attempt ", in.text("attempt"));
    return out;
  }
  if (kind == "halt") return (in.flag("halted") ? "halted: " : "halt lifted: ") + in.text("reason");
  return note_text(in, kind == "trading" ? "trading" : "what");
}

}  // namespace

std::string members_text(const JsonValue& object, std::string_view except) {
  std::string out;
  object.each_member([&](std::string_view key, const JsonValue& value) {
    if (is_word_of(except, key) || value.is_null()) return;
    const bool nested = value.is_object() || value.is_array();
    const std::string shown = nested ? neutral(value.dump(), 120) : shown_text(value);
    out += (out.empty() ? "" : " ") + neutral(key, 40) + "=" + shown;
  });
  return out;
}

bool is_routine(const EventView& event) {
  if (event.kind == "fill") return true;
  if (event.kind != "order") return false;
  for (const std::string_view word : {"in doubt", "rejected", "abandoned", "expired"})
    if (event.text.find(word) != std::string::npos) return false;
  return true;
}

EventView event_of(const JsonValue& params) {
  const Fields in(params);
  EventView event{in.time("at"), in.text("kind"), {}, in.text("level")};
  // An orchestrator's event carries its own members under "params".
  const JsonValue inner = in.object("params");
  const JsonValue& source = inner.is_object() ? inner : params;
  event.text = known_text(event.kind, Fields(source));
  if (event.text.empty()) event.text = members_text(source, "kind at level params");
  event.text = neutral(event.text);
  if (!event.at) event.at = Fields(source).time(event.kind == "fill" ? "time" : "at");
  return event;
}

Tone tone_of_event(const EventView& event) {
  if (event.level == "critical" || event.kind == "death") return Tone::bad;
  if (event.level == "warning" || event.kind == "halt" || event.kind == "discrepancy") return Tone::caution;
  return event.kind == "fill" ? Tone::good : Tone::plain;
}

}  // namespace s1mple::client
