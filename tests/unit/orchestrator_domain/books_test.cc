#include "orchestrator/domain/books.h"

#include <algorithm>
#include <set>

#include "common/base/random.h"
#include "tests/support/catch.h"

using namespace s1mple;
using namespace s1mple::literals;

namespace {

const WallTime kAt = from_unix_nanos(1'700'000'000'000'000'000);
const Symbol kPair("BTC/EUR");
const StrategyName kGrid("grid");

void must(Books& books, const Fact& fact) {
  const auto applied = books.apply(fact);
  INFO((applied ? "" : applied.error().story));
  REQUIRE(applied.ok());
}

OrderIntended intend(const char* id, Side side, Decimal quantity, Decimal price) {
  OrderIntent intent;
  intent.client_id = ClientId(id);
  intent.strategy = kGrid;
  intent.symbol = kPair;
  intent.side = side;
  intent.quantity = Quantity(quantity);
  intent.price = Price(price);
  intent.created_at = kAt;
  intent.protection = {ProtectionKind::stop, Price("1"_dec)};
  return {intent};
}

FillCounted fill(const char* execution, const char* id, Side side, Decimal quantity, Decimal price, Decimal fee = {}) {
  return {{ExecutionId(execution), VenueOrderId("O"), ClientId(id), kGrid, kPair, side, Price(price), Quantity(quantity), Money(fee),
           Asset("EUR"), true, kAt}, Provenance::pushed};
}

std::string json_of(const Books& books) {
  JsonWriter out;
  books.write_json(out);
  return out.str();
}

}  // namespace

TEST_CASE("books: a fill moves order, position and balances together, and exactly") {
  Books books;
  must(books, BalanceSet{Asset("EUR"), Money("10000"_dec), kAt, Provenance::adopted});
  must(books, intend("a", Side::buy, "0.3"_dec, "100"_dec));
  must(books, fill("E1", "a", Side::buy, "0.1"_dec, "100"_dec, "0.04"_dec));
  CHECK(status_of(*books.find_order(ClientId("a"))) == OrderStatus::partially_filled);
  must(books, fill("E2", "a", Side::buy, "0.2"_dec, "99"_dec, "0.08"_dec));

  CHECK(status_of(*books.find_order(ClientId("a"))) == OrderStatus::filled);
  CHECK(books.orders().working().empty());
  const Position& held = books.position({kGrid, kPair});
  CHECK(held.quantity == Quantity("0.3"_dec));
  CHECK(held.cost == Money("29.92"_dec));
  CHECK(held.protection.kind == ProtectionKind::stop);
  CHECK(books.balances().at(Asset("EUR")) == Money("9970.08"_dec));
  CHECK(books.balances().at(Asset("BTC")) == Money("0.3"_dec));

  must(books, intend("b", Side::sell, "0.3"_dec, "110"_dec));
  must(books, fill("E3", "b", Side::sell, "0.3"_dec, "110"_dec, "0.1"_dec));
  const Position& flat = books.position({kGrid, kPair});
  CHECK(flat.quantity.is_zero());
  CHECK(flat.cost.is_zero());
  CHECK(flat.realised == Money("2.98"_dec));
  CHECK(flat.protection.kind == ProtectionKind::none);
  CHECK(books.balances().at(Asset("EUR")) == Money("10002.98"_dec));
}

TEST_CASE("books: what cannot be true is refused, and says which fact") {
  Books books;
  must(books, intend("a", Side::buy, "1"_dec, "100"_dec));
  must(books, fill("E1", "a", Side::buy, "0.5"_dec, "100"_dec));
  must(books, OrderAccepted{ClientId("a"), VenueOrderId("O1"), kAt, Provenance::answered});
  must(books, intend("b", Side::buy, "1"_dec, "100"_dec));
  must(books, intend("c", Side::buy, "1"_dec, "100"_dec));
  must(books, OrderClosed{ClientId("c"), Outcome::cancelled, "", kAt, Provenance::pushed});

  struct Row { const char* name; Fact fact; const char* story; };
  const std::vector<Row> rows{
      {"the same fill twice", fill("E1", "a", Side::buy, "0.5"_dec, "100"_dec), "counted before"},
      {"a fill of nothing", fill("E9", "a", Side::buy, "0"_dec, "100"_dec), "impossible amount"},
      {"the same order id twice", intend("a", Side::buy, "1"_dec, "1"_dec), "used twice"},
      {"an order that does not exist", OrderSent{ClientId("zz"), kAt}, "not in the books"},
      {"a venue order of two orders", OrderAccepted{ClientId("b"), VenueOrderId("O1"), kAt, Provenance::answered}, "two orders"},
      {"closed twice", OrderClosed{ClientId("c"), Outcome::rejected, "", kAt, Provenance::pushed}, "closed twice"},
      {"closed as filled", OrderClosed{ClientId("a"), Outcome::filled, "", kAt, Provenance::pushed}, "closed as filled"},
      {"a request about a closed order", RequestChanged{ClientId("c"), RequestKind::cancelling, true, kAt, ""}, "closed order"},
      {"a report that was not queued", ReportDelivered{kGrid}, "never queued"},
  };
  const std::string before = json_of(books);
  for (const Row& row : rows) {
    INFO(row.name);
    const auto applied = books.apply(row.fact);
    REQUIRE_FALSE(applied.ok());
    CHECK(applied.error().code == Errc::damaged);
    CHECK(applied.error().story.find(row.story) != std::string::npos);
    CHECK(applied.error().story.starts_with(kFactNames[row.fact.index()]));
    CHECK(json_of(books) == before);
  }
}

TEST_CASE("books: an abandoned order that turns up takes the venue's outcome, and nothing else changes an outcome") {
  Books books;
  must(books, intend("a", Side::buy, "1"_dec, "100"_dec));
  must(books, OrderClosed{ClientId("a"), Outcome::abandoned, "absent", kAt, Provenance::decided});
  must(books, fill("E1", "a", Side::buy, "0.5"_dec, "100"_dec));
  CHECK(books.find_order(ClientId("a"))->filled == Quantity("0.5"_dec));
  must(books, OrderClosed{ClientId("a"), Outcome::cancelled, "cancelled there", kAt, Provenance::reconciled});
  CHECK(status_of(*books.find_order(ClientId("a"))) == OrderStatus::cancelled);
}

TEST_CASE("books: an overfill is counted") {
  Books books;
  must(books, intend("a", Side::buy, "1"_dec, "100"_dec));
  must(books, fill("E1", "a", Side::buy, "1"_dec, "100"_dec));
  must(books, fill("E2", "a", Side::buy, "0.1"_dec, "100"_dec));
  CHECK(books.find_order(ClientId("a"))->filled == Quantity("1.1"_dec));
  CHECK(books.position({kGrid, kPair}).quantity == Quantity("1.1"_dec));
}

TEST_CASE("books: the snapshot comes back as the same books") {
  Books books;
  must(books, IdentitySet{"paper", "paper", "main", "ab12", {"zz99"}});
  must(books, RunStarted{kAt, 3, "normal", "start"});
  must(books, BalanceSet{Asset("EUR"), Money("10000.5"_dec), kAt, Provenance::adopted});
  Random random(7);
  for (int i = 0; i < 200; ++i) {
    const std::string id = "o" + std::to_string(i);
    must(books, intend(id.c_str(), Side::buy, "0.1"_dec, Decimal::from_int(random.between(90, 110))));
    if (random.chance(2, 3)) must(books, OrderAccepted{ClientId(id), VenueOrderId("V" + id), kAt, Provenance::answered});
    if (random.chance(1, 2)) must(books, fill(("E" + id).c_str(), id.c_str(), Side::buy, "0.05"_dec, "99.123"_dec, "0.001"_dec));
    if (random.chance(1, 3)) must(books, OrderClosed{ClientId(id), Outcome::expired, "late", kAt, Provenance::pushed});
    else if (random.chance(1, 3)) must(books, RequestChanged{ClientId(id), RequestKind::cancelling, false, kAt, ""});
  }
  must(books, ReasonRaised{ReasonSource::operator_halt, "operator", "lunch", kAt});
  must(books, BreakerMoved{BreakerState::open, 2, kAt, "silence"});
  must(books, AlertRaised{"a1", "critical", "halt", "halted \"now\"", kAt});
  must(books, StrategySaved{kGrid, "{\"levels\":[1,2]}", from_unix_nanos(1'700'000'001'000'000'123)});
  must(books, ReportQueued{kGrid, ReportKind::filled, ClientId("o1"), ExecutionId("Eo1")});
  must(books, MarketSeen{kPair, 12, Price("100"_dec), kAt, "offset 12"});
  must(books, DiscrepancyFound{"d1", "balance_mismatch", "EUR", "1", "2", "", "", true, kAt});
  must(books, DiscrepancyAccepted{"d1", "deposit", kAt});
  must(books, ReconciliationEnded{kAt, "start", 1});
  must(books, CommandHandled{"c1", "halt", "{}", kAt});
  must(books, Refused{kGrid, kPair, "max_position", "2 over 1", kAt});

  const std::string saved = json_of(books);
  const auto parsed = JsonValue::parse(saved);
  REQUIRE(parsed.ok());
  Books back;
  const auto read = back.read_json(*parsed);
  INFO((read ? "" : read.error().story));
  REQUIRE(read.ok());
  CHECK(json_of(back) == saved);
  CHECK(back.orders().working().size() == books.orders().working().size());
  CHECK(back.is_counted(books.fills().front().execution_id));
  must(back, OrderSent{ClientId("o1"), kAt});
}

TEST_CASE("books: a snapshot with any member missing or of another kind is refused by name") {
  Books books;
  must(books, intend("a", Side::buy, "1"_dec, "100"_dec));
  const std::string saved = json_of(books);
  for (const char* member : {"identity", "orders", "fills", "positions", "balances", "reasons", "breaker", "alerts", "strategies",
                             "market", "discrepancies", "commands", "refusals", "latest", "client_id", "quantity", "stage"}) {
    std::string wrong = saved;
    const std::string quoted = '"' + std::string(member) + "\":";
    const auto at = wrong.find(quoted);
    REQUIRE(at != std::string::npos);
    wrong[at + 1] = '#';
    Books back;
    const auto read = back.read_json(*JsonValue::parse(wrong));
    INFO(member);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().story.find(member) != std::string::npos);
  }
}

TEST_CASE("books: what is old leaves, everything else stays as it is, and the snapshot reads back the same") {
  Books books;
  must(books, BalanceSet{Asset("EUR"), Money("10000"_dec), kAt, Provenance::adopted});
  for (const char* id : {"old", "open", "new"}) must(books, intend(id, Side::buy, "1"_dec, "100"_dec));
  must(books, OrderAccepted{ClientId("old"), VenueOrderId("V-old"), kAt, Provenance::pushed});
  must(books, fill("E1", "old", Side::buy, "1"_dec, "100"_dec));
  must(books, fill("E2", "open", Side::buy, "0.5"_dec, "100"_dec));
  FillCounted late = fill("E3", "new", Side::buy, "1"_dec, "90"_dec);
  late.fill.time = kAt + 10s;
  must(books, late);
  const Money balance = books.balances().at(Asset("EUR"));

  const Books::Forgotten none = books.forget(kAt);
  CHECK(none.orders.empty());
  CHECK(none.fills.empty());
  const Books::Forgotten forgotten = books.forget(kAt + 5s);
  REQUIRE(forgotten.orders.size() == 1);
  CHECK(forgotten.orders[0].intent.client_id == ClientId("old"));
  CHECK(forgotten.fills.size() == 2);
  CHECK(books.find_order(ClientId("old")) == nullptr);
  CHECK(books.find_order(VenueOrderId("V-old")) == nullptr);
  CHECK(books.find_order(ClientId("open")) != nullptr);
  CHECK_FALSE(books.is_counted(ExecutionId("E1")));
  CHECK(books.find_fill(ExecutionId("E3"))->price == Price("90"_dec));
  CHECK(books.fill_index(ExecutionId("E3")) == std::optional<std::size_t>(0));
  CHECK(books.fills_counted() == 3);
  CHECK(books.balances().at(Asset("EUR")) == balance);
  CHECK(books.position({kGrid, kPair}).quantity == Quantity("2.5"_dec));

  Books again;
  REQUIRE(again.read_text(json_of(books)).ok());
  CHECK(json_of(again) == json_of(books));
  CHECK(again.fills_counted() == 3);
  for (Books* each : {&books, &again}) {
    must(*each, fill("E4", "open", Side::buy, "0.5"_dec, "100"_dec));
    must(*each, fill("E5", "old", Side::sell, "1"_dec, "100"_dec));  // very late, of an order that left
    CHECK(each->find_fill(ExecutionId("E4"))->client_id == ClientId("open"));
    CHECK(each->fills_counted() == 5);
  }
  CHECK(json_of(again) == json_of(books));
}

TEST_CASE("books: a forgotten order is found by none of the ids that a venue gave it") {
  Books books;
  must(books, intend("a", Side::buy, "1"_dec, "100"_dec));
  for (const char* id : {"V1", "V2"})
    must(books, OrderAccepted{ClientId("a"), VenueOrderId(id), kAt, Provenance::pushed});
  must(books, OrderClosed{ClientId("a"), Outcome::cancelled, "", kAt, Provenance::pushed});
  CHECK(books.forget(kAt + 1s).orders.size() == 1);
  for (const char* id : {"V1", "V2"}) CHECK(books.find_order(VenueOrderId(id)) == nullptr);
}

TEST_CASE("books: what is old leaves in bounded parts, each order and fill once, whatever is applied between them") {
  for (const std::size_t limit : {1U, 2U, 3U, 100U}) {
    Books books;
    for (int i = 0; i < 7; ++i) {
      const std::string id = "o" + std::to_string(i);
      must(books, intend(id.c_str(), Side::buy, "1"_dec, "100"_dec));
      if (i != 3) must(books, fill(("E" + std::to_string(i)).c_str(), id.c_str(), Side::buy, "1"_dec, "100"_dec));
    }
    std::set<std::string> left;
    std::size_t rows = 0;
    int young_ones = 0;
    for (bool more = true; more;) {
      const Books::Forgotten part = books.forget(kAt + 1s, limit);
      more = part.more;
      CHECK(part.orders.size() <= limit);
      CHECK(part.fills.size() <= limit);
      rows += part.orders.size() + part.fills.size();
      for (const Order& order : part.orders) left.insert(order.intent.client_id.text());
      for (const Fill& gone : part.fills) left.insert(gone.execution_id.text());
      const std::string name = "Y" + std::to_string(++young_ones);
      FillCounted young = fill(name.c_str(), "o3", Side::buy, "0.01"_dec, "100"_dec);
      young.fill.time = kAt + 10s;
      must(books, young);
      Books again;
      REQUIRE(again.read_text(json_of(books)).ok());
      CHECK(json_of(again) == json_of(books));
    }
    INFO("parts of " << limit);
    CHECK(rows == 12);
    CHECK(left.size() == 12);
    CHECK(books.orders().size() == 1);
    CHECK(books.find_order(ClientId("o3")) != nullptr);
  }
}

TEST_CASE("books: an order and a fill survive being a row of the archive") {
  Books books;
  must(books, intend("a", Side::sell, "1"_dec, "100"_dec));
  must(books, OrderSent{ClientId("a"), kAt});
  must(books, OrderAccepted{ClientId("a"), VenueOrderId("V"), kAt, Provenance::pushed});
  must(books, fill("E1", "a", Side::sell, "0.3"_dec, "100"_dec, "0.01"_dec));
  must(books, OrderClosed{ClientId("a"), Outcome::cancelled, "asked \"for\"", kAt + 1s, Provenance::pushed});
  const Order& order = *books.find_order(ClientId("a"));
  const auto read = order_of_row(row_of(order));
  REQUIRE(read.ok());
  CHECK(row_of(*read) == row_of(order));
  CHECK(read->outcome == Outcome::cancelled);
  CHECK(fill_of_row(row_of(books.fills()[0])).value() == books.fills()[0]);
  CHECK_FALSE(order_of_row("{}").ok());
  CHECK_FALSE(fill_of_row("nonsense").ok());
}
