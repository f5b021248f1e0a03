// The snapshot of the exchange's books: one JSON object that a person can read, and back. The first members
// of fills and orders are an interface (DESIGN section 8); the rest is described in
// orchestrator/state/FORMAT.md.
#include "orchestrator/domain/codec_visitor.h"
#include "orchestrator/venue/paper/paper_books.h"

namespace s1mple {
namespace {

struct SavedPair {
  Symbol symbol;
  Asset base, quote;
  std::optional<Price> last_price;
  template <class V, class S> static void fields(V& v, S& s) {
    v("symbol", s.symbol); v("base", s.base); v("quote", s.quote); v("last_price", s.last_price);
  }
};

struct SavedMarket {
  std::uint64_t row = 0;
  std::string position;
  WallTime time;
  template <class V, class S> static void fields(V& v, S& s) {
    v("row", s.row); v("position", s.position); v("time", s.time);
  }
};

struct SavedBalance {
  Money total, reserved, deposited;
  template <class V, class S> static void fields(V& v, S& s) {
    v("total", s.total); v("reserved", s.reserved); v("deposited", s.deposited);
  }
};

// `strategy` is part of the interface and unknown to an exchange: empty in orders and fills.
struct SavedOrder {
  PaperOrder order;
  VenueOrderId order_id;
  StrategyName strategy;
  OrderStatus status = OrderStatus::open;
  std::optional<WallTime> closed_at;
  template <class V, class S> static void fields(V& v, S& s) {
    v("client_id", s.order.client_id); v("order_id", s.order_id); v("strategy", s.strategy);
    v("symbol", s.order.symbol); v("side", s.order.side); v("type", s.order.type); v("price", s.order.price);
    v("quantity", s.order.quantity); v("filled", s.order.filled); v("status", s.status);
    v("post_only", s.order.post_only); v("ahead", s.order.ahead); v("reserved", s.order.reserved);
    v("reason", s.order.reason); v("opened_at", s.order.opened_at); v("closed_at", s.closed_at);
  }
};

struct SavedTrade {
  PaperTrade trade;
  ExecutionId exec_id;
  VenueOrderId order_id;
  ClientId client_id;
  StrategyName strategy;
  Symbol symbol;
  Side side = Side::buy;
  Asset fee_asset;
  template <class V, class S> static void fields(V& v, S& s) {
    v("exec_id", s.exec_id); v("order_id", s.order_id); v("client_id", s.client_id);
    v("strategy", s.strategy); v("symbol", s.symbol); v("side", s.side); v("price", s.trade.price);
    v("quantity", s.trade.quantity); v("fee", s.trade.fee); v("fee_asset", s.fee_asset);
    v("time", s.trade.time); v("maker", s.trade.maker); v("row", s.trade.row);
  }
};

// The names that the orchestrator's own books use.
OrderStatus public_status(const PaperOrder& order) {
  switch (order.status) {
    case VenueStatus::open: return order.filled.is_zero() ? OrderStatus::open : OrderStatus::partially_filled;
    case VenueStatus::filled: return OrderStatus::filled;
    case VenueStatus::cancelled: return OrderStatus::cancelled;
    case VenueStatus::expired: return OrderStatus::expired;
    case VenueStatus::rejected: return OrderStatus::rejected;
  }
  ENSURE(false, "VenueStatus out of range");
}

std::optional<VenueStatus> venue_status(OrderStatus status) {
  switch (status) {
    case OrderStatus::open:
    case OrderStatus::partially_filled: return VenueStatus::open;
    case OrderStatus::filled: return VenueStatus::filled;
    case OrderStatus::cancelled: return VenueStatus::cancelled;
    case OrderStatus::expired: return VenueStatus::expired;
    case OrderStatus::rejected: return VenueStatus::rejected;
    case OrderStatus::intended:
    case OrderStatus::sent:
    case OrderStatus::in_doubt:
    case OrderStatus::pending_cancel:
    case OrderStatus::abandoned: return std::nullopt;
  }
  ENSURE(false, "OrderStatus out of range");
}

Error damaged(std::string story) { return Error{Errc::damaged, std::move(story)}; }

// Each item of the list called `name`.
template <class Take>
Result<void> each_item(const JsonValue& json, std::string_view name, Take&& take) {
  auto list = json.at(name);
  if (!list) return std::move(list).error();
  if (!list->is_array()) return damaged(std::string(name) + ": must be a list");
  for (std::size_t i = 0; i < list->size(); ++i)
    if (Result<void> taken = take(list->item(i)); !taken)
      return std::move(taken).error().during(std::string(name) + "[" + std::to_string(i) + "]");
  return {};
}

}  // namespace

void PaperBooks::write_json(JsonWriter& out) const {
  out.begin_object().text("tag", tag_).number("epoch", epoch_).text("latest", to_exact_rfc3339(latest_));
  out.key("market");
  write_object(SavedMarket{market_.cursor.row, market_.cursor.position, market_.time}, out);
  out.key("pairs").begin_array();
  for (const auto& [symbol, pair] : pairs_)
    write_object(SavedPair{symbol, pair.base, pair.quote, pair.last_price}, out);
  out.end_array();
  out.key("balances").begin_object();
  for (const auto& [asset, balance] : balances_) {
    out.key(asset.text());
    write_object(SavedBalance{balance.total, balance.reserved, balance.deposited}, out);
  }
  out.end_object();
  out.key("orders").begin_array();
  for (const PaperOrder& order : orders_) {
    const auto closed_at = order.is_open() ? std::nullopt : std::optional(order.closed_at);
    write_object(SavedOrder{order, venue_id(order), {}, public_status(order), closed_at}, out);
  }
  out.end_array();
  out.key("closed").begin_array();
  for (const std::uint64_t number : closed_) out.number(number);
  out.end_array();
  out.key("fills").begin_array();
  for (const PaperTrade& trade : trades_) {
    const Fill shown = fill(trade);
    const SavedTrade saved{trade,        shown.execution_id, shown.venue_id, shown.client_id, {},
                           shown.symbol, shown.side,         shown.fee_asset};
    write_object(saved, out);
  }
  out.end_array().end_object();
}

Result<void> PaperBooks::read_json(const JsonValue& json) {
  ENSURE(orders_.empty() && !is_opened(), "books are read into empty ones");
  SavedMarket market;
  JsonFieldReader reader(json);
  reader("tag", tag_);
  reader("epoch", epoch_);
  reader("latest", latest_);
  reader("market", market);
  if (auto read = reader.result(); !read) return read;
  market_ = {{market.row, market.position}, market.time};
  auto read = each_item(json, "pairs", [this](const JsonValue& item) -> Result<void> {
    SavedPair pair;
    if (auto fields = read_object(item, pair); !fields) return fields;
    pairs_.try_emplace(pair.symbol, Pair{pair.base, pair.quote, pair.last_price, {}});
    return {};
  });
  if (read) read = read_balances(json);
  if (read) read = each_item(json, "orders", [this](const JsonValue& item) { return read_order(item); });
  if (read) read = read_closed(json);
  if (read) read = each_item(json, "fills", [this](const JsonValue& item) { return read_trade(item); });
  return read ? check_totals() : read;
}

Result<void> PaperBooks::read_balances(const JsonValue& json) {
  auto balances = json.at("balances");
  if (!balances) return std::move(balances).error();
  Result<void> result;
  balances->each_member([&](std::string_view asset, const JsonValue& value) {
    SavedBalance saved;
    if (auto read = read_object(value, saved); !read) {
      if (result) result = std::move(read).error().during(asset);
      return;
    }
    balances_[Asset(asset)] = PaperBalance{saved.deposited, saved.total, Money{}};  // reserved: see orders
  });
  return result;
}

Result<void> PaperBooks::read_order(const JsonValue& json) {
  SavedOrder saved;
  if (auto read = read_object(json, saved); !read) return read;
  const auto status = venue_status(saved.status);
  if (!status) return damaged("status " + std::string(to_text(saved.status)) + " is none of an exchange");
  PaperOrder& order = saved.order;
  order.number = orders_.size() + 1;
  order.status = *status;
  order.closed_at = saved.closed_at.value_or(WallTime{});
  if (saved.order_id != venue_id(order))
    return damaged("order id " + saved.order_id.text() + " at the wrong place");
  return add_order(std::move(order));
}

// In the order of closing, each closed order once.
Result<void> PaperBooks::read_closed(const JsonValue& json) {
  closed_.clear();
  std::vector<bool> seen(orders_.size() + 1);
  auto read = each_item(json, "closed", [&](const JsonValue& item) -> Result<void> {
    auto number = item.as_uint();
    if (!number) return std::move(number).error();
    if (*number == 0 || *number > orders_.size() || order(*number).is_open() || seen[*number])
      return damaged("order " + std::to_string(*number) + " is not a closed one, or stands twice");
    seen[*number] = true;
    closed_.push_back(*number);
    return {};
  });
  if (read && closed_.size() + open_.size() != orders_.size()) return damaged("closed: an order is missing");
  return read;
}

Result<void> PaperBooks::read_trade(const JsonValue& json) {
  SavedTrade saved;
  if (auto read = read_object(json, saved); !read) return read;
  const PaperOrder* const traded = find_order(saved.order_id);
  if (traded == nullptr) return damaged("order " + saved.order_id.text() + " does not exist");
  PaperTrade& trade = saved.trade;
  trade.number = trades_.size() + 1;
  trade.order = traded->number;
  if (saved.exec_id != execution_id(trade.number))
    return damaged("execution id " + saved.exec_id.text() + " at the wrong place");
  trades_.push_back(trade);
  return {};
}

// Money cannot come from nowhere: what stands there is the deposits and the trades, what is filled is the
// trades.
Result<void> PaperBooks::check_totals() const {
  std::map<Asset, Money> totals;
  for (const auto& [asset, balance] : balances_) totals[asset] = balance.deposited;
  std::vector<Quantity> filled(orders_.size() + 1);
  for (const PaperTrade& trade : trades_) {
    const PaperOrder& traded = order(trade.order);
    const Pair& pair = pairs_.at(traded.symbol);
    const auto cost = cost_of(trade.price, trade.quantity);
    if (!cost) return damaged("trade " + std::to_string(trade.number) + " is worth more than can be counted");
    const Money quantity(trade.quantity.value);
    totals[pair.base] += traded.side == Side::buy ? quantity : -quantity;
    totals[pair.quote] += (traded.side == Side::buy ? -*cost : *cost) - trade.fee;
    filled[traded.number] += trade.quantity;
  }
  for (const auto& [asset, total] : totals)
    if (total != balance(asset).total)
      return damaged("balance of " + asset.text() + ": " + balance(asset).total.text() + ", by its trades " +
                     total.text());
  for (const PaperOrder& each : orders_)
    if (each.filled != filled[each.number])
      return damaged("order " + std::to_string(each.number) + ": filled " + each.filled.text() +
                     ", by its trades " + filled[each.number].text());
  return {};
}

}  // namespace s1mple
