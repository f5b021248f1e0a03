#include "tests/support/engine/recording_venue.h"

#include <algorithm>

namespace s1mple {
namespace {

Decimal dec(const std::string& text) { return *Decimal::parse(text); }

}  // namespace

VenueOrder* RecordingVenue::find(const ClientId& id) {
  const auto found =
      std::ranges::find_if(orders, [&](const VenueOrder& order) { return order.client_id == id; });
  return found == orders.end() ? nullptr : &*found;
}

std::size_t RecordingVenue::open_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      orders, [](const VenueOrder& order) { return order.status == VenueStatus::open; }));
}

void RecordingVenue::perform(const SendOrder& request) {
  sent.push_back(request.intent);
  if (!receives) return;
  const ClientId id = request.intent.client_id;
  OrderAnswer answer{id, AnswerKind::refused, VenueOrderId(), RefusalCode::other, "no"};
  if (find(id) != nullptr) {
    answer.code = RefusalCode::duplicate_client_id;
  } else if (refuses) {
    answer.code = *refuses;
  } else {
    const OrderIntent& i = request.intent;
    orders.push_back({VenueOrderId("V" + std::to_string(orders.size() + 1)), id, i.symbol, i.side, i.type,
                      i.quantity, i.price, Quantity(), VenueStatus::open, "", now, WallTime()});
    answer = {id, AnswerKind::accepted, orders.back().venue_id, RefusalCode::other, ""};
  }
  if (answers) events.push_back(answer);
  if (answer.answer == AnswerKind::accepted && request.intent.type == OrderType::market && takes_market)
    fill(id, request.intent.quantity.text(), price.text(), answers);
}

void RecordingVenue::perform(const SendCancel& request) {
  cancels.push_back(request.client_id);
  if (!receives) return;
  const VenueOrder* order = find(request.client_id);
  const bool open = order != nullptr && order->status == VenueStatus::open;
  if (answers)
    events.push_back(CancelAnswer{request.client_id, open ? AnswerKind::accepted : AnswerKind::refused,
                                  RefusalCode::unknown_order, ""});
  if (open) close(request.client_id, VenueStatus::cancelled, answers);
}

void RecordingVenue::perform(const AskVenue& request) {
  questions.push_back(request);
  if (silent_reads) return;
  QueryAnswer answer;
  answer.query = request.query;
  answer.kind = request.kind;
  answer.answered = reads;
  answer.as_of = now;
  if (!reads) {
    answer.reason = "503";
    events.push_back(answer);
    return;
  }
  std::vector<VenueOrder> listed;
  for (const VenueOrder& order : orders) {
    if (request.kind == QueryKind::open_orders && order.status == VenueStatus::open) listed.push_back(order);
    if (request.kind == QueryKind::closed_orders && order.status != VenueStatus::open &&
        order.closed_at >= request.since)
      listed.push_back(order);
  }
  std::vector<Fill> fills;
  if (request.kind == QueryKind::trades)
    for (std::size_t i = 0; i + hidden_trades < trades.size(); ++i)
      if (trades[i].time >= request.since) fills.push_back(trades[i]);
  const auto page = [&](auto& all, auto& out) {
    for (std::size_t i = request.offset; i < std::min(all.size(), request.offset + page_size); ++i)
      out.push_back(all[i]);
    answer.more = request.offset + page_size < all.size();
  };
  if (request.kind == QueryKind::trades)
    page(fills, answer.trades);
  else if (request.kind != QueryKind::balances)
    page(listed, answer.orders);
  else
    for (const auto& [asset, total] : balances) answer.balances.push_back({asset, total, Money()});
  events.push_back(answer);
}

const Fill& RecordingVenue::fill(const ClientId& id, const std::string& quantity, const std::string& at,
                                 bool pushed) {
  VenueOrder& order = *find(id);
  Fill fill;
  fill.execution_id = ExecutionId("E" + std::to_string(trades.size() + 1));
  fill.venue_id = order.venue_id;
  fill.client_id = id;
  fill.symbol = order.symbol;
  fill.side = order.side;
  fill.price = Price(dec(at));
  fill.quantity = Quantity(dec(quantity));
  fill.fee = Money(dec("0.1"));
  fill.fee_asset = Asset("EUR");
  fill.time = now;
  order.filled += fill.quantity;
  const Money cost = *cost_of(fill.price, fill.quantity);
  const bool buy = fill.side == Side::buy;
  balances[Asset("BTC")] += buy ? Money(fill.quantity.value) : -Money(fill.quantity.value);
  balances[Asset("EUR")] += (buy ? -cost : cost) - fill.fee;
  trades.push_back(fill);
  if (pushed) events.push_back(FillPush{fill});
  if (order.filled >= order.quantity) close(id, VenueStatus::filled, pushed);
  return trades.back();
}

void RecordingVenue::close(const ClientId& id, VenueStatus status, bool pushed) {
  VenueOrder& order = *find(id);
  order.status = status;
  order.reason = status == VenueStatus::filled ? "" : "venue";
  order.closed_at = now;
  if (pushed) events.push_back(OrderPush{order});
}

VenueOrder& RecordingVenue::add_foreign(const std::string& client_id, const std::string& venue_id) {
  orders.push_back({VenueOrderId(venue_id), ClientId(client_id), Symbol("BTC/EUR"), Side::buy,
                    OrderType::limit, Quantity(dec("1")), Price(dec("10")), Quantity(), VenueStatus::open, "",
                    now, WallTime()});
  return orders.back();
}

}  // namespace s1mple
