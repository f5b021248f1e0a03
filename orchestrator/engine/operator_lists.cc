// Lists and explanations: pages of at most kMaxLimit items, {"items":[...],"next":...}; they change nothing.
#include <algorithm>

#include "orchestrator/engine/engine_parts.h"
#include "orchestrator/engine/json_rows.h"
#include "orchestrator/engine/operator_desk.h"

namespace s1mple {
namespace {

// Writes at most `limit` items from `begin` on; `name` tells what `after` the next page begins with.
template <class Iterator, class Write, class Name>
std::string write_page(Iterator begin, Iterator end, std::uint64_t limit, Write&& write, Name&& name) {
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  std::string last;
  std::uint64_t count = 0;
  for (; begin != end && count < limit; ++begin, ++count) {
    out.begin_object();
    write(*begin, out);
    out.end_object();
    last = name(*begin);
  }
  out.end_array();
  if (begin == end)
    out.null("next");
  else
    out.text("next", last);
  out.end_object();
  return out.take();
}

std::string text_of(const PositionKey& key) { return key.strategy.text() + " " + key.symbol.text(); }

class Story {  // the records of `explain`
 public:
  explicit Story(JsonWriter& out) : out_(out) {}
  void tell(WallTime at, std::string_view kind, const std::string& text) {
    out_.begin_object()
        .null("seq")
        .text("at", to_rfc3339(at))
        .text("kind", kind)
        .text("text", text)
        .end_object();
  }

 private:
  JsonWriter& out_;
};

std::string intent_story(const OrderIntent& intent) {
  std::string text = intent.strategy.text() + " wanted to " + std::string(to_text(intent.side)) + " " +
                     intent.quantity.text() + " " + intent.symbol.text() + " by a " +
                     std::string(to_text(intent.type)) + " order";
  if (intent.price) text += " at " + intent.price->text();
  if (intent.protective) text += ", the stop of its position";
  if (intent.protection.kind == ProtectionKind::stop)
    text += ", to be protected by a stop at " + intent.protection.stop_price.text();
  return text + (intent.purpose.empty() ? "" : ": " + intent.purpose);
}

std::string state_story(const Order& order) {
  if (order.is_closed())
    return std::string(to_text(order.outcome)) + (order.reason.empty() ? "" : ": " + order.reason);
  std::string text = "is " + std::string(to_text(status_of(order)));
  if (!order.certain)
    text += "; it counts at its worst case until the venue shows it or its absence is proven";
  return text;
}

// What the books have forgotten, by either of its ids.
Result<std::optional<Order>> find_old(const Recorder& recorder, const std::string& id) {
  auto old = recorder.old_order(ClientId(id), {});
  return !old.ok() || *old ? std::move(old) : recorder.old_order({}, VenueOrderId(id));
}

}  // namespace

OperatorDesk::Outcome OperatorDesk::list_orders(const Command& command) {
  const auto limit = limit_of(command);
  if (!limit) return invalid(limit.error());
  const auto after = after_of(command);
  if (!after) return invalid(after.error());
  const auto all = command.params.find("all");
  if (all && all->kind() != JsonValue::Kind::boolean)
    return invalid(Error{Errc::invalid, "all: must be true or false"});
  const OrderTable& orders = parts_.books.orders();
  const std::uint64_t from = orders.number_of(ClientId(*after));
  if (from == 0 && !after->empty())
    return invalid(Error{Errc::invalid, "after: no order has the id " + *after});
  const OrderIndex& index = parts_.recorder.index();
  if (all && *all->as_bool())
    return write_page(
        orders.rows().upper_bound(from), orders.rows().end(), *limit,
        [&](const auto& row, JsonWriter& out) { write_order_members(row.second, index, out); },
        [](const auto& row) { return row.second.intent.client_id.text(); });
  return write_page(
      orders.working().upper_bound(from), orders.working().end(), *limit,
      [&](const auto& row, JsonWriter& out) { write_order_members(*row.second, index, out); },
      [](const auto& row) { return row.second->intent.client_id.text(); });
}

OperatorDesk::Outcome OperatorDesk::list_positions(const Command& command) {
  const auto limit = limit_of(command);
  if (!limit) return invalid(limit.error());
  const auto after = after_of(command);
  if (!after) return invalid(after.error());
  const auto& positions = parts_.books.positions();
  std::vector<const std::pair<const PositionKey, Position>*> held;
  for (const auto& entry : positions)
    if (!entry.second.quantity.is_zero() && (after->empty() || text_of(entry.first) > *after))
      held.push_back(&entry);
  std::ranges::sort(held, [](const auto* a, const auto* b) { return text_of(a->first) < text_of(b->first); });
  return write_page(
      held.begin(), held.end(), *limit,
      [&](const auto* entry, JsonWriter& out) {
        write_position_members(entry->first, entry->second, parts_.recorder.index(), out);
        const Order* stop = nullptr;
        for (const auto& [key, working] : parts_.recorder.index().group(entry->first).working)
          if (working.order->intent.protective) stop = working.order;
        out.key("protective");
        if (stop == nullptr)
          out.null();
        else
          out.begin_object()
              .text("client_id", stop->intent.client_id.text())
              .text("trigger", stop->intent.price->text())
              .end_object();
      },
      [](const auto* entry) { return text_of(entry->first); });
}

OperatorDesk::Outcome OperatorDesk::list_fills(const Command& command) {
  const auto limit = limit_of(command);
  if (!limit) return invalid(limit.error());
  const auto after = after_of(command);
  if (!after) return invalid(after.error());
  const auto& fills = parts_.books.fills();
  auto begin = fills.rbegin();
  if (!after->empty()) {
    const auto last = parts_.books.fill_index(ExecutionId(*after));
    if (!last) return invalid(Error{Errc::invalid, "after: no fill has the id " + *after});
    begin = fills.rend() - static_cast<std::ptrdiff_t>(*last);
  }
  return write_page(
      begin, fills.rend(), *limit,
      [&](const Fill& fill, JsonWriter& out) { write_fill_members(fill, parts_.recorder.index(), out); },
      [](const Fill& fill) { return fill.execution_id.text(); });
}

OperatorDesk::Outcome OperatorDesk::explain(const Command& command) {
  const auto wanted = command.params.text_at("order");
  if (!wanted) return invalid(wanted.error());
  const Books& books = parts_.books;
  const Order* order = books.find_order(ClientId(*wanted));
  if (order == nullptr) order = books.find_order(VenueOrderId(*wanted));
  auto old = order == nullptr ? find_old(parts_.recorder, *wanted) : Result(std::optional<Order>());
  if (!old.ok()) return invalid(old.error());
  if (*old) order = &**old;
  if (order == nullptr) return invalid(Error{Errc::invalid, "order: no order has the id " + *wanted});
  JsonWriter out;
  out.begin_object().key("order").begin_object();
  write_order_members(*order, parts_.recorder.index(), out);
  out.end_object().key("records").begin_array();
  Story story(out);
  story.tell(order->intent.created_at, "intended", intent_story(order->intent));
  if (order->sent_at != WallTime{})
    story.tell(order->sent_at, "sent",
               "left for the venue, to be accepted before " + to_rfc3339(order->intent.deadline));
  for (const Fill& fill : books.fills())
    if (fill.client_id == order->intent.client_id)
      story.tell(fill.time, "fill",
                 fill.quantity.text() + " at " + fill.price.text() + " as " +
                     (fill.maker ? "maker" : "taker") + ", fee " + fill.fee.text() + " " +
                     fill.fee_asset.text() + ", execution " + fill.execution_id.text());
  story.tell(order->is_closed() ? order->closed_at : parts_.now, order->is_closed() ? "closed" : "now",
             state_story(*order));
  for (const Discrepancy& d : books.discrepancies())
    if (d.found.subject == order->intent.client_id.text())
      story.tell(d.found.at, d.found.kind,
                 "ours: " + d.found.ours + "; the venue's: " + d.found.theirs +
                     "; evidence: " + d.found.evidence + "; done: " + d.found.repair);
  out.end_array().end_object();
  return out.take();
}

}  // namespace s1mple
