#include "tests/unit/orchestrator_venue_paper/paper_rig.h"

#include "orchestrator/domain/reserve.h"
#include "orchestrator/venue/paper/paper_folding.h"
#include "tests/support/catch.h"

namespace s1mple {
namespace {

const WallTime kMorning = from_unix_nanos(1'700'000'000'000'000'000);

}  // namespace

Decimal decimal(const char* text) {
  auto parsed = Decimal::parse(text);
  REQUIRE(parsed.ok());
  return *parsed;
}

Instrument btc_eur() {
  Instrument btc;
  btc.symbol = kBtcEur;
  btc.base = Asset("BTC");
  btc.quote = Asset("EUR");
  btc.price_step = Price(decimal("0.1"));
  btc.quantity_step = Quantity(decimal("0.00000001"));
  btc.quantity_min = Quantity(decimal("0.0001"));
  btc.cost_min = Money(decimal("0.5"));
  btc.price_digits = 1;
  btc.quantity_digits = 8;
  btc.cost_digits = 5;
  return btc;
}

PaperConfig rig_config() {
  PaperConfig config;
  config.balances = {{"BTC", decimal("1")}, {"EUR", decimal("10000")}};
  config.queue_ahead_value = Decimal();
  config.instruments = {btc_eur()};
  return config;
}

TestIntent intent(const char* client_id) {
  TestIntent order;
  order.client_id = ClientId(client_id);
  order.symbol = kBtcEur;
  order.quantity = Quantity(decimal("0.01"));
  order.price = Price(decimal("50000.0"));
  order.created_at = kMorning;
  order.deadline = kMorning + 24h * 365;
  return order;
}

PaperRig::PaperRig(PaperConfig how) : config(std::move(how)), time(kMorning) {
  REQUIRE(check(config).ok());
  books = std::make_unique<PaperBooks>();
  exchange = std::make_unique<PaperExchange>(config, *books);
  Random random(7);
  keep(exchange->open(random, time));
}

PaperStep PaperRig::row(const char* price, const char* volume, std::optional<Side> taker) {
  MarketTrade trade;
  trade.symbol = kBtcEur;
  trade.price = Price(decimal(price));
  trade.quantity = Quantity(decimal(volume));
  trade.taker = taker;
  return row(std::move(trade));
}

PaperStep PaperRig::row(MarketTrade trade) {
  time += 1s;
  trade.time = time;
  trade.row = rows_.size() + 1;
  rows_.push_back({trade, {trade.row, "at " + std::to_string(trade.row)}});
  const bool foretold = exchange->would_trade(trade);
  PaperStep step = exchange->on_market(trade, rows_.back().cursor);
  CHECK(foretold == step.has_effect());
  keep(step);
  check_rows();
  return step;
}

PaperStep PaperRig::send(const OrderIntent& order) {
  PaperStep step = exchange->on_request(SendOrder{order}, epoch, time);
  keep(step);
  return step;
}

PaperStep PaperRig::cancel(const char* client_id) {
  return cancel(SendCancel{ClientId(client_id), {}, kBtcEur});
}

PaperStep PaperRig::cancel(const SendCancel& request) {
  PaperStep step = exchange->on_request(request, epoch, time);
  keep(step);
  return step;
}

QueryAnswer PaperRig::ask(QueryKind kind, std::uint64_t offset, WallTime since) {
  const PaperStep step = exchange->on_request(AskVenue{1, kind, since, offset}, epoch, time);
  keep(step);
  REQUIRE(step.emissions.size() == 1);
  return std::get<QueryAnswer>(step.emissions.front());
}

void PaperRig::flush() { keep(exchange->flush()); }

void PaperRig::restart() {
  exchange.reset();
  books = fold(log_);
  exchange = std::make_unique<PaperExchange>(config, *books);
  Random random(8);
  keep(exchange->open(random, time));
  for (const Row& each : rows_) keep(exchange->on_market(each.trade, each.cursor));
  check_rows();
}

void PaperRig::keep(const PaperStep& step) {
  if (!step.has_effect()) return;
  encode(step.facts, log_.emplace_back());
  check_books();
}

// Money comes from nowhere but deposits and trades, and is held for nothing but open orders.
void PaperRig::check_books() const {
  std::map<Asset, Money> total, reserved;
  std::vector<Quantity> filled(books->orders().size() + 1);
  bool within_limits = true;
  for (const auto& [asset, balance] : books->balances()) total[asset] = balance.deposited;
  for (const PaperTrade& each : books->trades()) {
    const PaperOrder& order = books->order(each.order);
    const auto& pair = books->pairs().at(order.symbol);
    const bool buys = order.side == Side::buy;
    total[pair.base] += buys ? Money(each.quantity.value) : -Money(each.quantity.value);
    const Money cost = *cost_of(each.price, each.quantity);
    total[pair.quote] += (buys ? -cost : cost) - each.fee;
    filled[each.order] += each.quantity;
    if (order.type == OrderType::limit)
      within_limits = within_limits && (buys ? each.price <= *order.price : each.price >= *order.price);
  }
  CHECK(within_limits);
  for (const PaperOrder& order : books->orders()) {
    if (const std::string wrong = wrong_with(order, filled[order.number]); !wrong.empty())
      FAIL(order.client_id.text() << ": " << wrong);
    if (order.status == VenueStatus::rejected) continue;
    const auto& pair = books->pairs().at(order.symbol);
    reserved[order.side == Side::buy ? pair.quote : pair.base] += order.reserved;
  }
  for (const auto& [asset, balance] : books->balances()) {
    REQUIRE(balance.total == total[asset]);
    REQUIRE(balance.reserved == reserved[asset]);
    REQUIRE(!balance.reserved.is_negative());
    REQUIRE(balance.reserved <= balance.total);
  }
}

std::string PaperRig::wrong_with(const PaperOrder& order, Quantity filled) const {
  if (order.filled != filled) return "filled is not the sum of its trades";
  if (order.is_open() != books->open_orders().contains(order.number)) return "the list of open orders";
  if (!order.is_open() && !order.reserved.is_zero()) return "holds money though it is closed";
  if (order.status == VenueStatus::rejected) return "";  // whatever was asked for
  if (order.filled > order.quantity) return "more filled than ordered";
  if ((order.status == VenueStatus::filled) != (order.filled == order.quantity)) return "status and filled";
  if (!order.is_open()) return "";
  const Money formula =
      *reserve_of(btc_eur(), order.side, order.remaining(), order.price, *order.price, config.taker_fee);
  // Less than one unit of the quote may be missing where an account was spent to the last cent.
  if (order.reserved > formula || formula - order.reserved >= Money(decimal("0.00001"))) return "reserved";
  return "";
}

// Resting orders together get no more of a row than was traded in it.
void PaperRig::check_rows() const {
  std::map<std::uint64_t, Quantity> made;
  for (const PaperTrade& each : books->trades())
    if (each.maker) made[each.row] += each.quantity;
  bool conserved = true;
  for (const auto& [number, quantity] : made)
    conserved = conserved && quantity <= rows_.at(number - 1).trade.quantity;
  CHECK(conserved);
}

const PaperOrder& PaperRig::order(const char* client_id) const {
  const PaperOrder* const found = books->find_order(ClientId(client_id));
  REQUIRE(found != nullptr);
  return *found;
}

std::vector<std::string> PaperRig::trades() const {
  std::vector<std::string> all;
  for (const PaperTrade& each : books->trades())
    all.push_back(each.quantity.text() + "@" + each.price.text(1) + " fee " + each.fee.text() +
                  (each.maker ? " maker" : " taker"));
  return all;
}

std::string PaperRig::balance(const char* asset) const {
  const PaperBalance& balance = books->balance(Asset(asset));
  return balance.total.text() + "/" + balance.reserved.text();
}

std::string PaperRig::snapshot() const { return snapshot_of(*books); }

std::vector<std::string> told(const PaperStep& step) {
  std::vector<std::string> all;
  for (const EventBody& body : step.emissions) {
    if (const auto* order = std::get_if<OrderAnswer>(&body))
      all.push_back("order " + std::string(to_text(order->answer)) +
                    (order->answer == AnswerKind::refused ? " " + std::string(to_text(order->code)) : ""));
    else if (const auto* cancel = std::get_if<CancelAnswer>(&body))
      all.push_back("cancel " + std::string(to_text(cancel->answer)) +
                    (cancel->answer == AnswerKind::refused ? " " + std::string(to_text(cancel->code)) : ""));
    else if (const auto* push = std::get_if<OrderPush>(&body))
      all.push_back("push " + std::string(to_text(push->order.status)));
    else if (const auto* fill = std::get_if<FillPush>(&body))
      all.push_back("fill " + fill->fill.quantity.text() + "@" + fill->fill.price.text(1));
    else
      all.push_back("something else");
  }
  return all;
}

std::string reason_of(const PaperStep& step) {
  REQUIRE(!step.emissions.empty());
  if (const auto* order = std::get_if<OrderAnswer>(&step.emissions.front())) return order->reason;
  return std::get<CancelAnswer>(step.emissions.front()).reason;
}

std::unique_ptr<PaperBooks> fold(const std::vector<std::string>& log) {
  auto books = std::make_unique<PaperBooks>();
  PaperFolding folding(*books);
  for (const std::string& record : log) {
    const auto applied = folding.apply(std::as_bytes(std::span(record)));
    INFO((applied.ok() ? "" : applied.error().story));
    REQUIRE(applied.ok());
  }
  return books;
}

std::string snapshot_of(const PaperBooks& books) {
  JsonWriter out;
  books.write_json(out);
  return out.take();
}

}  // namespace s1mple
