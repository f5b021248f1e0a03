// Reading a snapshot of the exchange's books, and proving that it adds up.
#include <algorithm>
#include <array>
#include <unordered_set>

#include "orchestrator/domain/json_text_fields.h"
#include "orchestrator/venue/paper/paper_books.h"
#include "orchestrator/venue/paper/paper_saved.h"

namespace s1mple {
namespace {

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

template <class Row, class Take>
Result<void> each_row(const JsonValue& json, std::string_view name, Take&& take) {
  return each_item(json, name, [&](const JsonValue& item) -> Result<void> {
    Row row;
    if (auto read = read_object(item, row); !read) return read;
    return take(std::move(row));
  });
}

}  // namespace

Result<void> PaperBooks::read_json(const JsonValue& json) {
  ENSURE(orders_.empty() && !is_opened(), "books are read into empty ones");
  auto read = read_head(json);
  if (read)
    read = each_row<PaperSavedOrder>(json, "orders",
                                     [this](PaperSavedOrder saved) { return take_order(std::move(saved)); });
  if (read) read = read_closed(json);
  if (read)
    read = each_row<PaperSavedTrade>(json, "fills",
                                     [this](PaperSavedTrade saved) { return take_trade(std::move(saved)); });
  return read ? check_totals() : read;
}

Result<void> PaperBooks::read_text(std::string_view text) {
  ENSURE(orders_.empty() && !is_opened(), "books are read into empty ones");
  if (read_as_written(text)) return {};
  *this = PaperBooks();
  auto json = JsonValue::parse(text);
  return json ? read_json(*json) : Result<void>(std::move(json).error());
}

// Orders and fills, which are nearly all of it, from the text; the rest as trees. False: one tree must decide
// it all.
bool PaperBooks::read_as_written(std::string_view text) {
  static constexpr std::array<std::string_view, 3> kLists{"orders", "closed", "fills"};
  JsonCursor all(text);
  std::size_t lists = 0;  // each once, in this order, behind the head
  std::string head;
  Result<void> taken;
  const auto take_tree = [&](const std::string& tree, auto&& read) {
    const auto json = JsonValue::parse(tree);
    if (taken) taken = json ? read(*json) : damaged("no JSON");
  };
  const auto take_rows = [&]<class Row>(JsonCursor& cursor, Row row, auto&& take) {
    each_item_of_text(cursor, [&](JsonCursor& item) {
      row = Row();
      JsonTextReader fields(item);
      visit_fields(fields, row);
      fields.end();
      if (item.ok() && taken) taken = take(std::move(row));
    });
  };
  each_member_of_text(all, [&](std::string_view name, JsonCursor& cursor) {
    if (lists < kLists.size() && name == kLists[lists])
      ++lists;
    else if (lists > 0 || std::ranges::find(kLists, name) != kLists.end())
      return cursor.fail();
    if (name == "orders") {
      take_tree(head + "}", [this](const JsonValue& json) { return read_head(json); });
      if (taken)
        take_rows(cursor, PaperSavedOrder(),
                  [this](PaperSavedOrder saved) { return take_order(std::move(saved)); });
    } else if (name == "closed") {
      take_tree("{\"closed\":" + std::string(cursor.value()) + "}",
                [this](const JsonValue& json) { return read_closed(json); });
    } else if (name == "fills") {
      take_rows(cursor, PaperSavedTrade(),
                [this](PaperSavedTrade saved) { return take_trade(std::move(saved)); });
    } else {
      head.append(head.empty() ? "{\"" : ",\"").append(name).append("\":").append(cursor.value());
    }
  });
  return all.at_end() && taken && lists == kLists.size() && check_totals();
}

Result<void> PaperBooks::read_head(const JsonValue& json) {
  PaperSavedMarket market;
  JsonFieldReader reader(json);
  reader("tag", tag_);
  reader("epoch", epoch_);
  reader("latest", latest_);
  reader("market", market);
  if (auto read = reader.result(); !read) return read;
  market_ = {{market.row, market.position}, market.time};
  auto read = each_item(json, "pairs", [this](const JsonValue& item) -> Result<void> {
    PaperSavedPair pair;
    if (auto fields = read_object(item, pair); !fields) return fields;
    pairs_.try_emplace(pair.symbol, Pair{pair.base, pair.quote, pair.last_price, {}});
    return {};
  });
  if (read) read = read_balances(json);
  return read ? read_archived(json) : read;
}

Result<void> PaperBooks::read_balances(const JsonValue& json) {
  auto balances = json.at("balances");
  if (!balances) return std::move(balances).error();
  Result<void> result;
  balances->each_member([&](std::string_view asset, const JsonValue& value) {
    PaperSavedBalance saved;
    if (auto read = read_object(value, saved); !read) {
      if (result) result = std::move(read).error().during(asset);
      return;
    }
    balances_[Asset(asset)] = PaperBalance{saved.deposited, saved.total, Money{}, Money{}};  // reserved: see orders
  });
  return result;
}

Result<void> PaperBooks::read_archived(const JsonValue& json) {
  const auto member = json.find("archived");
  if (!member) return {};  // written before there was an archive
  PaperSavedArchived archived;
  if (auto read = read_object(*member, archived); !read) return std::move(read).error().during("archived");
  if (archived.orders_before == 0 || archived.trades_before == 0) return damaged("archived: numbers begin with 1");
  first_order_ = archived.orders_before;
  first_trade_ = archived.trades_before;
  for (const PaperSavedNet& net : archived.balances) balances_[net.asset].archived = net.net;
  return {};
}

Result<void> PaperBooks::take_order(PaperSavedOrder saved) {
  const auto status = venue_status(saved.status);
  if (!status) return damaged("status " + std::string(to_text(saved.status)) + " is none of an exchange");
  PaperOrder& order = saved.order;
  order.number = number_of(saved.order_id);
  order.status = *status;
  order.closed_at = saved.closed_at.value_or(WallTime{});
  const bool in_order = order.number < first_order_ ? order.number != 0 : order.number == next_order();
  if (!in_order || saved.order_id != venue_id(order))
    return damaged("order id " + saved.order_id.text() + " at the wrong place");
  return add_order(std::move(order));
}

// In the order of closing, each closed order once.
Result<void> PaperBooks::read_closed(const JsonValue& json) {
  closed_.clear();
  std::unordered_set<std::uint64_t> seen;
  auto read = each_item(json, "closed", [&](const JsonValue& item) -> Result<void> {
    auto number = item.as_uint();
    if (!number) return std::move(number).error();
    const PaperOrder* const closed = find_number(*number);
    if (closed == nullptr || closed->is_open() || !seen.insert(*number).second)
      return damaged("order " + std::to_string(*number) + " is not a closed one, or stands twice");
    closed_.push_back(*number);
    return {};
  });
  if (read && closed_.size() + open_.size() != orders_.size() + early_.size()) return damaged("closed: an order is missing");
  return read;
}

Result<void> PaperBooks::take_trade(PaperSavedTrade saved) {
  const PaperOrder* const traded = find_order(saved.order_id);
  if (traded == nullptr) return damaged("order " + saved.order_id.text() + " does not exist");
  PaperTrade& trade = saved.trade;
  trade.number = next_trade();
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
  for (const auto& [asset, balance] : balances_) totals[asset] = balance.deposited + balance.archived;
  std::unordered_map<std::uint64_t, Quantity> filled;
  for (const PaperTrade& trade : trades_) {
    const PaperOrder& traded = order(trade.order);
    const auto listed = pairs_.find(traded.symbol);
    if (listed == pairs_.end())
      return damaged("trade " + std::to_string(trade.number) + " of " + traded.symbol.text() +
                     ", which is not listed");
    const Pair& pair = listed->second;
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
  for (const auto& [number, each] : early_)  // some of its trades may have left
    if (each.filled < filled[number])
      return damaged("order " + std::to_string(number) + ": filled less than its trades");
  return {};
}

}  // namespace s1mple
