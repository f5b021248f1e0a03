// The snapshot of the books: one JSON object that a person can read, and back. Member names of fills and orders are
// an interface (DESIGN section 8); everything else is described in orchestrator/state/FORMAT.md.

#include "orchestrator/domain/books.h"
#include "orchestrator/domain/codec_visitor.h"
#include "orchestrator/domain/json_text_fields.h"

namespace s1mple {

// How the parts of the books are written; the same declaration reads them.
template <class V, class S> requires std::is_same_v<std::remove_cvref_t<S>, Order>
void describe(V& v, S& s) {
  v("client_id", s.intent.client_id); v("order_id", s.venue_id); v("strategy", s.intent.strategy);
  v("symbol", s.intent.symbol); v("side", s.intent.side); v("type", s.intent.type); v("price", s.intent.price);
  v("quantity", s.intent.quantity); v("filled", s.filled); v("stage", s.stage); v("outcome", s.outcome);
  v("request", s.request); v("certain", s.certain); v("cost", s.cost); v("fees", s.fees); v("reason", s.reason);
  v("post_only", s.intent.post_only); v("protective", s.intent.protective); v("protection", s.intent.protection);
  v("purpose", s.intent.purpose); v("created_at", s.intent.created_at); v("deadline", s.intent.deadline);
  v("sent_at", s.sent_at); v("closed_at", s.closed_at);
}

struct SavedPosition {
  PositionKey key;
  Position position;
  template <class V, class S> static void fields(V& v, S& s) {
    v("strategy", s.key.strategy); v("symbol", s.key.symbol); v("quantity", s.position.quantity); v("cost", s.position.cost);
    v("realised", s.position.realised); v("protection", s.position.protection);
  }
};
template <class V, class S> requires std::is_same_v<std::remove_cvref_t<S>, Reason>
void describe(V& v, S& s) { v("source", s.source); v("code", s.code); v("text", s.text); v("since", s.since); }
template <class V, class S> requires std::is_same_v<std::remove_cvref_t<S>, Breaker>
void describe(V& v, S& s) { v("state", s.state); v("failed_probes", s.failed_probes); v("since", s.since); }
template <class V, class S> requires std::is_same_v<std::remove_cvref_t<S>, PendingAlert>
void describe(V& v, S& s) { v("id", s.id); v("level", s.level); v("code", s.code); v("text", s.text); v("at", s.at); }
template <class V, class S> requires std::is_same_v<std::remove_cvref_t<S>, QueuedReport>
void describe(V& v, S& s) { v("kind", s.kind); v("client_id", s.client_id); v("exec_id", s.execution_id); }

struct SavedStrategy {
  StrategyName strategy;
  std::string memory;
  std::optional<WallTime> wake_at;
  std::vector<QueuedReport> reports;
  template <class V, class S> static void fields(V& v, S& s) {
    v("strategy", s.strategy); v("memory", s.memory); v("wake_at", s.wake_at); v("reports", s.reports);
  }
};
struct SavedMarket {
  Symbol symbol;
  SeenMarket seen;
  template <class V, class S> static void fields(V& v, S& s) {
    v("symbol", s.symbol); v("row", s.seen.row); v("price", s.seen.price); v("time", s.seen.time);
    v("position", s.seen.position);
  }
};
template <class V, class S> requires std::is_same_v<std::remove_cvref_t<S>, Discrepancy>
void describe(V& v, S& s) { v("found", s.found); v("accepted", s.accepted); }
struct SavedBalance {
  Asset asset;
  Money total;
  template <class V, class S> static void fields(V& v, S& s) { v("asset", s.asset); v("total", s.total); }
};

namespace {

void write_list(JsonWriter& out, std::string_view name, const auto& items, auto&& write) {
  out.key(name).begin_array();
  for (const auto& item : items) write(item);
  out.end_array();
}

template <class T>
Result<void> read_list(const JsonValue& json, std::string_view name, auto&& take) {
  auto list = json.at(name);
  if (!list) return std::move(list).error();
  if (!list->is_array()) return Error{Errc::damaged, std::string(name) + ": must be a list"};
  for (std::size_t i = 0; i < list->size(); ++i) {
    T item;
    auto read = read_object(list->item(i), item);
    if (!read) return std::move(read).error().during(std::string(name) + "[" + std::to_string(i) + "]");
    if (Result<void> taken = take(std::move(item)); !taken)
      return std::move(taken).error().during(std::string(name) + "[" + std::to_string(i) + "]");
  }
  return {};
}

template <class T>
Result<void> read_optional(const JsonValue& json, std::string_view name, std::optional<T>& out) {
  auto member = json.at(name);
  if (!member) return std::move(member).error();
  if (member->is_null()) return {};
  auto read = read_object(*member, out.emplace());
  return read ? Result<void>() : Result<void>(std::move(read).error().during(name));
}

template <class T>
void write_optional(JsonWriter& out, std::string_view name, const std::optional<T>& value) {
  out.key(name);
  if (value) write_object(*value, out);
  else out.null();
}

void write_order(const Order& order, JsonWriter& out) {
  out.begin_object();
  JsonFieldWriter writer(out);
  visit_fields(writer, order);
  out.text("status", to_text(status_of(order)));   // for readers; computed, never read back
  out.end_object();
}

}  // namespace

void Books::write_json(JsonWriter& out) const {
  out.begin_object();
  write_before_rows(out);
  write_list(out, "orders", orders_.rows(), [&](const auto& entry) { write_order(entry.second, out); });
  write_list(out, "fills", fills_, [&](const Fill& fill) { write_object(fill, out); });
  write_behind_rows(out);
  out.end_object();
}

void Books::write_before_rows(JsonWriter& out) const {
  out.key("identity");
  write_object(identity_, out);
  write_optional(out, "run", run_);
  out.text("latest", to_exact_rfc3339(latest_));
  out.number("archived_orders", forgotten_orders_).number("archived_fills", forgotten_fills_);
}

void Books::write_behind_rows(JsonWriter& out) const {
  write_list(out, "positions", positions_, [&](const auto& e) { write_object(SavedPosition{e.first, e.second}, out); });
  write_list(out, "balances", balances_, [&](const auto& e) { write_object(SavedBalance{e.first, e.second}, out); });
  if (balances_since_) out.text("balances_since", to_exact_rfc3339(*balances_since_));
  write_list(out, "reasons", reasons_, [&](const Reason& reason) { write_object(reason, out); });
  out.key("breaker");
  write_object(breaker_, out);
  out.number("alerts_raised", alerts_raised_);
  write_list(out, "alerts", alerts_, [&](const PendingAlert& alert) { write_object(alert, out); });
  write_list(out, "strategies", strategies_, [&](const auto& e) {
    write_object(SavedStrategy{e.first, e.second.memory, e.second.wake_at, {e.second.reports.begin(), e.second.reports.end()}}, out);
  });
  write_list(out, "market", market_, [&](const auto& e) { write_object(SavedMarket{e.first, e.second}, out); });
  write_list(out, "discrepancies", discrepancies_, [&](const Discrepancy& d) { write_object(d, out); });
  write_optional(out, "reconciliation", reconciliation_);
  write_list(out, "commands", commands_, [&](const CommandHandled& command) { write_object(command, out); });
  write_list(out, "refusals", refusals_, [&](const Refused& refused) { write_object(refused, out); });
}

Result<void> Books::read_json(const JsonValue& json) {
  ENSURE(orders_.empty() && fills_.empty(), "books are read into empty ones");
  return read_members(json);
}

Result<void> Books::read_text(std::string_view text) {
  ENSURE(orders_.empty() && fills_.empty(), "books are read into empty ones");
  if (read_as_written(text)) return {};
  *this = Books();
  auto json = JsonValue::parse(text);
  return json ? read_json(*json) : Result<void>(std::move(json).error());
}

// Orders and fills, which are nearly all of it, from the text; the rest as a tree. False: the tree must
// decide it all.
bool Books::read_as_written(std::string_view text) {
  std::string rest;
  JsonCursor all(text);
  Result<void> taken;
  const auto take_rows = [&]<class Row>(JsonCursor& cursor, Row row, auto&& take_extra, auto&& take) {
    each_item_of_text(cursor, [&](JsonCursor& item) {
      row = Row();
      JsonTextReader fields(item);
      visit_fields(fields, row);
      take_extra(fields);
      fields.end();
      if (item.ok() && taken) taken = take(std::move(row));
    });
  };
  each_member_of_text(all, [&](std::string_view name, JsonCursor& cursor) {
    rest.append(rest.empty() ? "{\"" : ",\"").append(name).append("\":");
    if (name == "orders") {
      take_rows(
          cursor, Order(), [](auto& fields) { fields.skip_text("status"); },
          [this](Order order) { return take_order(std::move(order)); });
      rest += "[]";
    } else if (name == "fills") {
      take_rows(
          cursor, Fill(), [](auto&) {}, [this](Fill fill) { return take_fill(std::move(fill)); });
      rest += "[]";
    } else {
      rest += cursor.value();
    }
  });
  if (!all.at_end() || !taken) return false;
  const auto json = JsonValue::parse(rest + "}");
  return json && read_members(*json);
}

Result<void> Books::take_order(Order order) {
  const ClientId& id = order.intent.client_id;
  if (id.empty()) return Error{Errc::damaged, "an order without an id"};
  if (orders_.find(id) != nullptr) return Error{Errc::damaged, "order " + id.text() + " stands twice"};
  Order* row = orders_.insert(std::move(order));
  if (!row->venue_id.empty()) by_venue_id_.emplace(row->venue_id, row);
  return {};
}

Result<void> Books::take_fill(Fill fill) {
  if (!counted_.emplace(fill.execution_id, fills_gone_ + fills_.size()).second)
    return Error{Errc::damaged, "fill " + fill.execution_id.text() + " stands twice"};
  fills_.push_back(std::move(fill));
  return {};
}

Result<void> Books::read_members(const JsonValue& json) {
  auto identity = json.at("identity");
  if (!identity) return std::move(identity).error();
  if (auto read = read_object(*identity, identity_); !read) return std::move(read).error().during("identity");
  if (auto read = read_optional(json, "run", run_); !read) return read;
  auto latest = json.text_at("latest");
  if (!latest) return std::move(latest).error();
  auto latest_time = parse_rfc3339(*latest);
  if (!latest_time) return std::move(latest_time).error().during("latest");
  latest_ = *latest_time;
  for (const auto& [name, number] : {std::pair("archived_orders", &forgotten_orders_), {"archived_fills", &forgotten_fills_}}) {
    if (!json.find(name)) continue;   // written before there was an archive
    auto read = json.uint_at(name);
    if (!read) return std::move(read).error();
    *number = *read;
  }

  if (auto read = read_list<Order>(json, "orders", [&](Order order) { return take_order(std::move(order)); });
      !read)
    return read;
  if (auto read = read_list<Fill>(json, "fills", [&](Fill fill) { return take_fill(std::move(fill)); });
      !read)
    return read;
  if (auto read = read_list<SavedPosition>(json, "positions", [&](SavedPosition p) -> Result<void> {
        positions_.emplace(std::move(p.key), p.position);
        return {};
      }); !read) return read;
  if (auto read = read_list<SavedBalance>(json, "balances", [&](SavedBalance b) -> Result<void> {
        balances_.emplace(std::move(b.asset), b.total);
        return {};
      }); !read) return read;
  if (json.find("balances_since")) {
    auto since = json.text_at("balances_since");
    auto time = since ? parse_rfc3339(*since) : Result<WallTime>(std::move(since).error());
    if (!time) return std::move(time).error().during("balances_since");
    balances_since_ = *time;
  }
  return read_rest(json);
}

Result<void> Books::read_rest(const JsonValue& json) {
  const auto append = [](auto& list) {
    return [&list](auto item) -> Result<void> {
      list.push_back(std::move(item));
      return {};
    };
  };
  if (auto read = read_list<Reason>(json, "reasons", append(reasons_)); !read) return read;
  auto breaker = json.at("breaker");
  if (!breaker) return std::move(breaker).error();
  if (auto read = read_object(*breaker, breaker_); !read) return std::move(read).error().during("breaker");
  auto raised = json.uint_at("alerts_raised");
  if (!raised) return std::move(raised).error();
  alerts_raised_ = *raised;
  if (auto read = read_list<PendingAlert>(json, "alerts", append(alerts_)); !read) return read;
  if (auto read = read_list<SavedStrategy>(json, "strategies", [&](SavedStrategy s) -> Result<void> {
        strategies_.emplace(std::move(s.strategy),
                            StrategyMemory{std::move(s.memory), s.wake_at, {s.reports.begin(), s.reports.end()}});
        return {};
      }); !read) return read;
  if (auto read = read_list<SavedMarket>(json, "market", [&](SavedMarket m) -> Result<void> {
        market_.emplace(std::move(m.symbol), m.seen);
        return {};
      }); !read) return read;
  if (auto read = read_list<Discrepancy>(json, "discrepancies", append(discrepancies_)); !read) return read;
  if (auto read = read_optional(json, "reconciliation", reconciliation_); !read) return read;
  if (auto read = read_list<CommandHandled>(json, "commands", append(commands_)); !read) return read;
  return read_list<Refused>(json, "refusals", append(refusals_));
}

std::string row_of(const Order& order) {
  JsonWriter out;
  write_order(order, out);
  return out.take();
}

std::string row_of(const Fill& fill) {
  JsonWriter out;
  write_object(fill, out);
  return out.take();
}

namespace {

template <class Row>
Result<Row> read_row(std::string_view text) {
  const auto json = JsonValue::parse(text);
  if (!json) return json.error();
  Row row;
  auto read = read_object(*json, row);
  return read ? Result<Row>(std::move(row)) : Result<Row>(std::move(read).error());
}

}  // namespace

Result<Order> order_of_row(std::string_view row) { return read_row<Order>(row); }
Result<Fill> fill_of_row(std::string_view row) { return read_row<Fill>(row); }

}  // namespace s1mple
