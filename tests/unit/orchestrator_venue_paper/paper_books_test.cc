// The exchange's books: what they refuse to believe, and their snapshot.
#include "tests/support/catch.h"
#include "tests/unit/orchestrator_venue_paper/paper_rig.h"

using namespace s1mple;

namespace {

const WallTime kNoon = from_unix_nanos(1'700'000'000'123'456'789);

PaperOrderPlaced placed(std::uint64_t number, const char* client_id) {
  return {number,
          ClientId(client_id),
          kBtcEur,
          Side::buy,
          OrderType::limit,
          Quantity(decimal("0.1")),
          Price(decimal("50000")),
          false,
          {},
          Money(decimal("5020")),
          kNoon};
}

PaperTraded traded(std::uint64_t number, const char* quantity, const char* reserved) {
  return {number,
          1,
          Price(decimal("50000")),
          Quantity(decimal(quantity)),
          Money(decimal("1")),
          true,
          Money(decimal(reserved)),
          3,
          kNoon};
}

// Opened, listed, 10000 EUR, order 1 open for 0.1 BTC at 50000.
PaperBooks one_order() {
  PaperBooks books;
  const PaperRecord record{PaperOpened{"ab12", kNoon},
                           PaperListed{kBtcEur, Asset("BTC"), Asset("EUR")},
                           PaperDeposited{Asset("EUR"), Money(decimal("10000")), kNoon},
                           PaperEpochSeen{4, kNoon},
                           PaperMarketSeen{10, "row 10", kNoon},
                           placed(1, "a")};
  for (const PaperFact& fact : record) REQUIRE(books.apply(fact).ok());
  return books;
}

Result<PaperBooks> read(const std::string& text) {
  const auto json = JsonValue::parse(text);
  REQUIRE(json.ok());
  PaperBooks books, from_text;
  auto done = books.read_json(*json);
  const auto same = from_text.read_text(text);  // one outcome, whatever the text
  REQUIRE(same.ok() == done.ok());
  if (!done)
    CHECK(same.error().story == done.error().story);
  else
    CHECK(snapshot_of(from_text) == snapshot_of(books));
  if (!done) return std::move(done).error();
  return books;
}

// Every kind of order, and a queue that has moved.
struct BusyRig : PaperRig {
  BusyRig() : PaperRig(with_queue()) { fill_up(*this); }
  static PaperConfig with_queue() {
    PaperConfig config = rig_config();
    config.queue_ahead_value = decimal("5000");
    return config;
  }
  static void fill_up(PaperRig& rig);
};

void BusyRig::fill_up(PaperRig& rig) {
  rig.row("50100.0", "1");
  rig.send(intent("open"));
  rig.send(intent("stop").sell().stop("40000.0"));
  rig.send(intent("cancelled").limit("45000.0").maker_only());
  rig.send(intent("partly").sell().limit("50200.0").amount("0.5"));
  rig.send(intent("refused").amount("500"));
  rig.send(intent("filled").market());
  rig.cancel("cancelled");
  rig.row("50200.0", "0.2");
  rig.flush();
}

}  // namespace

TEST_CASE("a fact that cannot be true is damage") {
  struct Row {
    const char* name;
    PaperFact fact;
    const char* story;
  };
  auto unlisted = placed(2, "b");
  unlisted.symbol = Symbol("ETH/EUR");
  auto no_price = placed(2, "b");
  no_price.price.reset();
  auto nothing = placed(2, "b");
  nothing.quantity = Quantity{};
  auto too_dear = placed(2, "b");
  too_dear.reserved = Money(decimal("4980.01"));
  auto negative_hold = placed(2, "b");
  negative_hold.reserved = Money(decimal("-1"));
  auto negative_fee = traded(1, "0.1", "0");
  negative_fee.fee = Money(decimal("-1"));
  auto other_order = traded(1, "0.1", "0");
  other_order.order = 2;
  auto over_total = traded(1, "0.1", "0");
  over_total.price = Price(decimal("100000"));
  const auto row = GENERATE_COPY(values<Row>(
      {{"opened twice", PaperOpened{"ab13", kNoon}, "open already"},
       {"listed twice", PaperListed{kBtcEur, Asset("BTC"), Asset("EUR")}, "listed already"},
       {"negative deposit", PaperDeposited{Asset("EUR"), Money(decimal("-1")), kNoon}, "negative amount"},
       {"the same epoch", PaperEpochSeen{4, kNoon}, "epoch 4 after 4"},
       {"an older epoch", PaperEpochSeen{3, kNoon}, "epoch 3 after 4"},
       {"price of an unlisted symbol", PaperPriceSeen{Symbol("ETH/EUR"), Price(decimal("1"))}, "not listed"},
       {"market backwards", PaperMarketSeen{9, "row 9", kNoon}, "row 9 after 10"},
       {"queue of no order", PaperQueueMoved{2, {}}, "order 2 does not exist"},
       {"negative queue", PaperQueueMoved{1, Quantity(decimal("-1"))}, "negative quantity ahead"},
       {"gap in order numbers", placed(3, "b"), "order 3 after 1"},
       {"order number again", placed(1, "b"), "order 1 after 1"},
       {"client id again", placed(2, "a"), "client id a a second time"},
       {"order of an unlisted symbol", unlisted, "not listed"},
       {"limit order without a price", no_price, "has no price"},
       {"order for nothing", nothing, "impossible quantity"},
       {"more reserved than there is", too_dear, "10000.01 EUR reserved of 10000"},
       {"negative reservation", negative_hold, "reserved"},
       {"gap in trade numbers", traded(2, "0.1", "0"), "trade 2 after 0"},
       {"trade of nothing", traded(1, "0", "0"), "0 traded of 0.1"},
       {"more traded than ordered", traded(1, "0.1000001", "0"), "0.1000001 traded of 0.1"},
       {"trade that leaves a reservation too high", traded(1, "0.01", "9999"), "reserved of"},
       {"negative fee", negative_fee, "impossible price or fee"},
       {"trade of no order", other_order, "order 2 does not exist"},
       {"trade beyond the balance", over_total, "leaves"},
       {"filled as an end", PaperOrderEnded{1, VenueStatus::filled, "", kNoon}, "ends as filled"},
       {"end of no order", PaperOrderEnded{0, VenueStatus::cancelled, "", kNoon},
        "order 0 does not exist"}}));
  INFO(row.name);
  PaperBooks books = one_order();
  const auto applied = books.apply(row.fact);
  REQUIRE_FALSE(applied.ok());
  CHECK(applied.error().code == Errc::damaged);
  CHECK_THAT(applied.error().story, contains(row.story));
  CHECK_THAT(applied.error().story, starts_with(std::string(kPaperFactNames[row.fact.index()])));
}

TEST_CASE("nothing happens at an exchange that was not opened, and to an order that is closed") {
  PaperBooks empty;
  CHECK_FALSE(empty.apply(PaperEpochSeen{1, kNoon}).ok());
  CHECK_FALSE(empty.apply(PaperOpened{"", kNoon}).ok());
  PaperBooks books = one_order();
  REQUIRE(books.apply(traded(1, "0.1", "0")).ok());
  CHECK(books.order(1).status == VenueStatus::filled);
  CHECK_FALSE(books.apply(traded(2, "0.1", "0")).ok());
  CHECK_FALSE(books.apply(PaperOrderEnded{1, VenueStatus::cancelled, "", kNoon}).ok());
}

TEST_CASE("fills and orders of the snapshot have the members that tools rely on") {
  PaperRig rig;
  rig.row("50100.0", "1");
  rig.send(intent("a").amount("0.02"));
  rig.row("50000.0", "0.005");
  const auto json = JsonValue::parse(rig.snapshot());
  REQUIRE(json.ok());
  const auto order = json->at("orders")->item(0);
  CHECK_THAT(
      order.dump(),
      starts_with(R"({"client_id":"a","order_id":")" + rig.books->venue_id(rig.order("a")).text() +
                  R"(","strategy":"","symbol":"BTC/EUR","side":"buy","type":"limit",)"
                  R"("price":"50000","quantity":"0.02","filled":"0.005","status":"partially_filled")"));
  const auto fill = json->at("fills")->item(0);
  CHECK_THAT(fill.dump(), starts_with(R"({"exec_id":")" + rig.books->execution_id(1).text() +
                                      R"(","order_id":")" + rig.books->venue_id(rig.order("a")).text() +
                                      R"(","client_id":"a","strategy":"","symbol":"BTC/EUR","side":"buy",)"
                                      R"("price":"50000","quantity":"0.005","fee":"0.625","fee_asset":"EUR",)"
                                      R"("time":"2023-11-14T22:13:22.000000Z")"));
  CHECK(json->at("balances")->at("EUR")->text_at("total").value() == "9749.375");
  CHECK(json->at("balances")->at("EUR")->text_at("reserved").value() == "753");
}

TEST_CASE("a snapshot read back gives the same books, to the last index") {
  BusyRig rig;
  auto books = read(rig.snapshot());
  REQUIRE(books.ok());
  CHECK(snapshot_of(*books) == rig.snapshot());
  CHECK(books->find_order(ClientId("refused"))->status == VenueStatus::rejected);
  CHECK(books->closed_orders() == rig.books->closed_orders());
  CHECK(books->latest() == rig.books->latest());
  const PaperResting& was = rig.books->pairs().at(kBtcEur).resting;
  const PaperResting& is = books->pairs().at(kBtcEur).resting;
  CHECK(was.buys == is.buys);
  CHECK(was.sells == is.sells);
  CHECK(was.sell_stops == is.sell_stops);
  CHECK(was.buy_stops == is.buy_stops);
}

TEST_CASE("empty books have a snapshot too") {
  const auto books = read(snapshot_of(PaperBooks()));
  REQUIRE(books.ok());
  CHECK_FALSE(books->is_opened());
}

TEST_CASE("a snapshot that does not add up is damage") {
  struct Row {
    const char* name;
    const char* from;
    const char* to;
    const char* story;
  };
  const auto row = GENERATE(values<Row>(
      {{"money from nowhere", R"("EUR":{"total":")", R"("EUR":{"total":"1)", "by its trades"},
       {"a fill dropped to less", R"("filled":"0.09999999")", R"("filled":"0.05")", "by its trades"},
       {"an order's id moved", R"(-1","strategy")", R"(-7","strategy")", "at the wrong place"},
       {"an execution's id moved", R"({"exec_id":"P)", R"({"exec_id":"Q)", "at the wrong place"},
       {"closed order open again", R"("status":"cancelled")", R"("status":"open")", "not a closed one"},
       {"a status that no exchange knows", R"("status":"cancelled")", R"("status":"in_doubt")", "in_doubt"},
       {"closed stands twice", R"("closed":[)", R"("closed":[3,)", "stands twice"},
       {"a member is missing", R"("closed":)", R"("closing":)", "closed"},
       {"a client id twice", R"("client_id":"stop")", R"("client_id":"open")", "a second time"},
       {"fill of no order", R"("exec_id")", R"("exec":1,"exec_id")", ""}}));
  INFO(row.name);
  BusyRig rig;
  std::string text = rig.snapshot();
  const std::size_t at = text.find(row.from);
  if (std::string(row.name) == "a fill dropped to less") {  // wherever the partial fill stands
    const std::string filled = R"("filled":")" + rig.order("partly").filled.text() + '"';
    text.replace(text.find(filled), filled.size(), row.to);
  } else {
    REQUIRE(at != std::string::npos);
    text.replace(at, std::string(row.from).size(), row.to);
  }
  const auto books = read(text);
  if (*row.story == 0) {
    CHECK(books.ok());  // members that a reader does not know are left alone
  } else {
    REQUIRE_FALSE(books.ok());
    CHECK_THAT(books.error().story, contains(row.story));
  }
}

TEST_CASE("a snapshot's text and its tree agree about every damaged byte") {
  BusyRig rig;
  const std::string good = rig.snapshot();
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string text = good;
    text[at] = "\"0}{,9]x\\ -"[at % 11];
    INFO(at << ": " << text.substr(at < 20 ? 0 : at - 20, 40));
    const auto json = JsonValue::parse(text);
    PaperBooks by_tree, by_text;
    const bool want = json.ok() && by_tree.read_json(*json).ok();
    REQUIRE(by_text.read_text(text).ok() == want);
    if (want) REQUIRE(snapshot_of(by_text) == snapshot_of(by_tree));
    refused += want ? 0U : 1U;
  }
  CHECK(refused > good.size() / 2);
}

TEST_CASE("books opened once keep their tag, balances and ids; new instruments are added") {
  PaperRig rig;
  rig.send(intent("a"));
  Instrument eth = btc_eur();
  eth.symbol = Symbol("ETH/EUR");
  eth.base = Asset("ETH");
  rig.config.instruments.push_back(eth);
  rig.config.balances["EUR"] = decimal("77");
  const std::string tag = rig.books->tag();
  rig.restart();
  CHECK(rig.books->tag() == tag);
  CHECK(rig.balance("EUR") == "10000/502");
  auto order = intent("e").limit("100.0").amount("1");
  order.symbol = eth.symbol;
  CHECK(told(rig.send(order)).front() == "order accepted");
}
