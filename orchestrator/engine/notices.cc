#include "orchestrator/engine/notices.h"

#include "orchestrator/engine/json_rows.h"

namespace s1mple {

constexpr std::size_t kUsualBytes = 512;

void Notices::begin_step() { notes_ = 0; }

void Notices::keep(std::string_view kind, std::string text) {
  last_.push_front({recorder_.now(), std::string(kind), std::move(text)});
  if (last_.size() > kLastEvents) last_.pop_back();
}

void Notices::write_last(JsonWriter& out) const {
  out.key("last_events").begin_array();
  for (const LastEvent& event : last_)
    out.begin_object()
        .text("at", to_rfc3339(event.at))
        .text("kind", event.kind)
        .text("text", event.text)
        .end_object();
  out.end_array();
}

void Notices::end_step() {
  if (notes_ <= kMaxNotes) return;
  JsonWriter out = begin("log");
  out.text("text", "more happened in this step than is told").number("left_out", notes_ - kMaxNotes);
  out.end_object();
  recorder_.act(Publish{out.take()});
}

void Notices::alert(std::string_view level, std::string_view code, const std::string& text) {
  const Books& books = recorder_.books();
  const std::uint64_t epoch = books.run() ? books.run()->epoch : 0;
  const AlertRaised raised{"o-" + std::to_string(epoch) + "-" + std::to_string(books.alerts_raised() + 1),
                           std::string(level), std::string(code), text, recorder_.now()};
  recorder_.record(raised);
  recorder_.act(SendAlert{raised.id, raised.level, raised.code, raised.text, raised.at});
  keep("alert", text);
  if (!again_at_) again_at_ = recorder_.now() + config_.alert_repeat;
}

void Notices::critical_without_store(std::string_view code, const std::string& text) {
  const Books& books = recorder_.books();
  const std::uint64_t epoch = books.run() ? books.run()->epoch : 0;
  recorder_.act(SendAlert{"o-" + std::to_string(epoch) + "-" + std::string(code), "critical",
                          std::string(code), text, recorder_.now()});
}

void Notices::hand_over_again() {
  if (again_at_ && recorder_.now() < *again_at_) return;
  const auto& pending = recorder_.books().alerts();
  for (const PendingAlert& alert : pending)
    recorder_.act(SendAlert{alert.id, alert.level, alert.code, alert.text, alert.at});
  again_at_ = pending.empty() ? std::nullopt : std::optional(recorder_.now() + config_.alert_repeat);
}

void Notices::delivered(const std::string& id) {
  for (const PendingAlert& alert : recorder_.books().alerts())
    if (alert.id == id) {
      recorder_.record(AlertHandedOver{id});
      break;
    }
  if (recorder_.books().alerts().empty()) again_at_.reset();
}

JsonWriter Notices::begin(std::string_view kind) const {
  JsonWriter out(kUsualBytes);
  out.begin_object().text("kind", kind).text("at", to_rfc3339(recorder_.now()));
  return out;
}

void Notices::publish(JsonWriter& out) {
  out.end_object();
  recorder_.act(Publish{out.take()});
}

void Notices::fill(const Fill& fill) {
  if (++notes_ > kMaxNotes) return;
  JsonWriter out = begin("fill");
  write_fill_members(fill, recorder_.index(), out);
  publish(out);
}

void Notices::order(const Order& order, std::string_view what) {
  if (++notes_ > kMaxNotes) return;
  JsonWriter out = begin("order");
  out.text("what", what);
  write_order_members(order, recorder_.index(), out);
  if (!order.reason.empty()) out.text("reason", order.reason);
  publish(out);
}

void Notices::trading(std::string_view mode, const std::string& why) {
  keep("trading", std::string(mode) + (why.empty() ? "" : ": " + why));
  if (++notes_ > kMaxNotes) return;
  JsonWriter out = begin("trading");
  out.text("trading", mode).text("text", why);
  publish(out);
}

void Notices::note(std::string_view kind, std::string_view what, std::string_view text) {
  keep(kind, std::string(what) + (text.empty() ? "" : ": " + std::string(text)));
  if (++notes_ > kMaxNotes) return;
  JsonWriter out = begin(kind);
  out.text("what", what).text("text", text);
  publish(out);
}

}  // namespace s1mple
