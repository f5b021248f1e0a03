// What the exchange answers to orders and cancels, and what it refuses.
#include "tests/support/catch.h"
#include "tests/unit/orchestrator_venue_paper/paper_rig.h"

using namespace s1mple;
using Texts = std::vector<std::string>;

TEST_CASE("an order that breaks a rule is refused with its code and a sentence, and changes no money") {
  struct Row {
    const char* name;
    OrderIntent order;
    RefusalCode code;
    const char* reason;
  };
  auto other_symbol = intent("a");
  other_symbol.symbol = Symbol("ETH/EUR");
  auto late = intent("a");
  late.deadline = from_unix_nanos(1'700'000'000'000'000'000);
  auto market_with_price = intent("a").market();
  market_with_price.price = Price(decimal("1.0"));
  auto limit_without_price = intent("a");
  limit_without_price.price.reset();
  auto stop_without_price = intent("a").stop("1.0");
  stop_without_price.price.reset();
  const auto row = GENERATE_COPY(values<Row>({
      {"symbol", other_symbol, RefusalCode::unknown_symbol, "ETH/EUR is not traded here"},
      {"deadline", late, RefusalCode::deadline_passed, "the deadline 2023-11-14T22:13:20"},
      {"price of a market order", market_with_price, RefusalCode::bad_price, "a market order has no price"},
      {"no price", limit_without_price, RefusalCode::bad_price, "a limit order needs a price"},
      {"no trigger", stop_without_price, RefusalCode::bad_price, "a stop_loss order needs a price"},
      {"price between steps", intent("a").limit("50000.05"), RefusalCode::bad_price, "multiple of 0.1"},
      {"price of zero", intent("a").limit("0"), RefusalCode::bad_price, "positive multiple"},
      {"negative price", intent("a").limit("-50000.0"), RefusalCode::bad_price, "positive multiple"},
      {"quantity of zero", intent("a").amount("0"), RefusalCode::other, "positive multiple"},
      {"negative quantity", intent("a").amount("-1"), RefusalCode::other, "positive multiple"},
      {"quantity between steps", intent("a").amount("0.000100001"), RefusalCode::other,
       "multiple of 0.00000001"},
      {"quantity below minimum", intent("a").amount("0.00009999"), RefusalCode::below_minimum,
       "minimum of 0.0001"},
      {"cost below minimum", intent("a").limit("4999.9").amount("0.0001"), RefusalCode::below_minimum,
       "worth 0.49999, below the minimum of 0.5"},
      {"too large", intent("a").amount("99999999999999999"), RefusalCode::other, "too large"},
      {"post_only that would take", intent("a").limit("50000.1").maker_only(), RefusalCode::would_take,
       "post_only at 50000.1 would take"},
      {"post_only stop", intent("a").stop("40000.0").maker_only(), RefusalCode::other, "only a limit order"},
      {"funds for a buy", intent("a").amount("0.2"), RefusalCode::insufficient_funds,
       "the order needs 10040 EUR, 10000 are free"},
      {"funds for a market buy", intent("a").market().amount("0.2"), RefusalCode::insufficient_funds,
       "are free"},
      {"funds for a sell", intent("a").sell().limit("51000.0").amount("1.1"), RefusalCode::insufficient_funds,
       "the order needs 1.1 BTC, 1 are free"},
      {"funds for a market sell", intent("a").market().sell().amount("1.1"), RefusalCode::insufficient_funds,
       "1 are free"},
      {"funds for a stop", intent("a").sell().stop("40000.0").amount("1.1"), RefusalCode::insufficient_funds,
       "1 are free"},
  }));
  INFO(row.name);
  PaperRig rig;
  rig.row("50000.0", "1");
  const auto step = rig.send(row.order);
  CHECK(told(step) == Texts{"order refused " + std::string(to_text(row.code))});
  CHECK_THAT(reason_of(step), contains(row.reason));
  CHECK(rig.balance("EUR") == "10000/0");
  CHECK(rig.balance("BTC") == "1/0");

  const QueryAnswer closed = rig.ask(QueryKind::closed_orders);  // who lost the answer finds it
  REQUIRE(closed.orders.size() == 1);
  CHECK(closed.orders.front().status == VenueStatus::rejected);
  CHECK(closed.orders.front().reason == std::string(to_text(row.code)) + ": " + reason_of(step));
}

TEST_CASE("an order at the very limit of a rule is taken") {
  const auto order = GENERATE(values<OrderIntent>(
      {intent("a").amount("0.0001"), intent("a").limit("5000.0").amount("0.0001"),
       intent("a").limit("49999.9").maker_only(), intent("a").limit("50000.0").maker_only(),
       intent("a").sell().limit("50000.0").maker_only(), intent("a").limit("49800.7").amount("0.2"),
       intent("a").sell().stop("40000.0").amount("1")}));
  PaperRig rig;
  rig.row("50000.0", "1");
  CHECK(told(rig.send(order)) == Texts{"order accepted", "push open"});
}

TEST_CASE("what an open order holds is the shared formula's, and a cancel frees it") {
  PaperRig rig;
  rig.row("50100.0", "1");
  rig.send(intent("buy"));
  rig.send(intent("sell").sell().limit("60000.0").amount("0.25"));
  CHECK(rig.balance("EUR") == "10000/502");
  CHECK(rig.balance("BTC") == "1/0.25");
  const auto step = rig.cancel("buy");
  CHECK(told(step) == Texts{"cancel accepted", "push cancelled"});
  CHECK(rig.balance("EUR") == "10000/0");
  CHECK(rig.order("buy").reason == "cancelled on request");
}

TEST_CASE("a market order is filled at once, level by level") {
  PaperRig rig;
  rig.row("50000.0", "1");
  const auto step = rig.send(intent("m").market().sell().amount("0.25"));
  CHECK(told(step) == Texts{"order accepted", "push open", "fill 0.1000002@49999.9", "fill 0.1000022@49998.9",
                            "fill 0.0499976@49997.9", "push filled"});
}

TEST_CASE("a limit order takes up to its price at arrival, and the rest waits") {
  PaperRig rig;
  rig.row("50000.0", "1");
  const auto step = rig.send(intent("l").sell().limit("49998.9").amount("0.25"));
  REQUIRE(told(step).size() == 4);
  CHECK(rig.books->trades().size() == 2);
  CHECK(rig.books->trades()[0].price.text() == "49999.9");
  CHECK(rig.books->trades()[1].price.text() == "49998.9");
  CHECK_FALSE(rig.books->trades()[1].maker);
  CHECK(rig.order("l").is_open());
  rig.row("49999.0", "3");
  CHECK(rig.order("l").status == VenueStatus::filled);
  CHECK(rig.books->trades().back().price.text() == "49998.9");
  CHECK(rig.books->trades().back().maker);
}

TEST_CASE("a market order for more than the assumed book holds ends cancelled with what it got") {
  PaperConfig config = rig_config();
  config.balances["BTC"] = decimal("1000");
  PaperRig rig(config);
  rig.row("50000.0", "1");
  const auto step = rig.send(intent("m").market().sell().amount("1000"));
  CHECK(rig.books->trades().size() == TakingPlan::kMaxLevels);
  CHECK(told(step).back() == "push cancelled");
  CHECK(rig.order("m").reason == "the book had no more to offer");
}

TEST_CASE("a stop whose trigger is already crossed takes at once") {
  PaperRig rig;
  rig.row("50000.0", "1");
  CHECK(told(rig.send(intent("s").sell().stop("50000.0"))) ==
        Texts{"order accepted", "push open", "fill 0.01@49999.9", "push filled"});
}

TEST_CASE("before the first row of a symbol limit orders wait and market orders are refused") {
  PaperRig rig;
  CHECK(told(rig.send(intent("l").maker_only())) == Texts{"order accepted", "push open"});
  const auto step = rig.send(intent("m").market());
  CHECK(told(step) == Texts{"order refused other"});
  CHECK(reason_of(step) == "no trade of BTC/EUR has been seen yet");
}

TEST_CASE("a client id that was ever seen is refused, whatever became of it, and after a restart") {
  struct Row {
    const char* name;
    void (*before)(PaperRig& rig);
  };
  const auto row =
      GENERATE(values<Row>({{"open", [](PaperRig& rig) { rig.send(intent("a")); }},
                            {"cancelled",
                             [](PaperRig& rig) {
                               rig.send(intent("a"));
                               rig.cancel("a");
                             }},
                            {"filled", [](PaperRig& rig) { rig.send(intent("a").market()); }},
                            {"refused", [](PaperRig& rig) { rig.send(intent("a").amount("500")); }}}));
  INFO(row.name);
  PaperRig rig;
  rig.row("50100.0", "1");
  row.before(rig);
  if (GENERATE(false, true)) rig.restart();
  const auto before = rig.snapshot();
  const auto step = rig.send(intent("a").limit("49000.0"));
  CHECK(told(step) == Texts{"order refused duplicate_client_id"});
  CHECK_FALSE(step.has_effect());
  CHECK(rig.snapshot() == before);
}

TEST_CASE("requests of an older epoch are refused without a trace, also after a restart") {
  PaperRig rig;
  rig.row("50100.0", "1");
  rig.send(intent("a"));
  rig.epoch = 3;
  CHECK(rig.ask(QueryKind::balances).answered);
  if (GENERATE(false, true)) rig.restart();
  rig.epoch = 2;
  const auto records = rig.records();
  const auto order = rig.send(intent("b"));
  CHECK(told(order) == Texts{"order refused stale_epoch"});
  CHECK(reason_of(order) == "epoch 2 is over: requests of epoch 3 have been seen");
  CHECK(told(rig.cancel("a")) == Texts{"cancel refused stale_epoch"});
  const auto answer = rig.ask(QueryKind::open_orders);
  CHECK_FALSE(answer.answered);
  CHECK(answer.orders.empty());
  CHECK(rig.records() == records);
  CHECK(rig.order("a").is_open());
  rig.epoch = 3;
  CHECK(told(rig.send(intent("b"))).front() == "order accepted");  // the refusal did not use up its id
}

TEST_CASE("a newer epoch is written down with the first request that brings it, before its answer") {
  PaperRig rig;
  rig.epoch = 5;
  const auto step = rig.exchange->on_request(AskVenue{9, QueryKind::open_orders, {}, 0}, 5, rig.time);
  REQUIRE(step.facts.size() == 1);
  CHECK(std::get<PaperEpochSeen>(step.facts.front()).epoch == 5);
  CHECK(std::get<QueryAnswer>(step.emissions.front()).query == 9);
}

TEST_CASE("cancels find an order by either id, and nothing else") {
  PaperRig rig;
  rig.row("50100.0", "1");
  rig.send(intent("a"));
  rig.send(intent("b"));
  rig.send(intent("gone").amount("500"));
  const VenueOrderId a = rig.books->venue_id(rig.order("a"));
  struct Row {
    const char* name;
    SendCancel request;
    const char* want;
  };
  const auto row = GENERATE_COPY(values<Row>(
      {{"venue id", {{}, a, kBtcEur}, "cancel accepted"},
       {"client id", {ClientId("a"), {}, kBtcEur}, "cancel accepted"},
       {"both", {ClientId("a"), a, kBtcEur}, "cancel accepted"},
       {"ids of two orders", {ClientId("b"), a, kBtcEur}, "cancel refused unknown_order"},
       {"never seen", {ClientId("c"), {}, kBtcEur}, "cancel refused unknown_order"},
       {"refused order", {ClientId("gone"), {}, kBtcEur}, "cancel refused unknown_order"},
       {"another exchange's id", {{}, VenueOrderId("Oxxxx-1"), kBtcEur}, "cancel refused unknown_order"},
       {"a number that was not given out",
        {{}, VenueOrderId(a.text() + "Z"), kBtcEur},
        "cancel refused unknown_order"},
       {"an id spelled otherwise",
        {{}, VenueOrderId("O" + a.text().substr(1, 5) + "01"), kBtcEur},
        "cancel refused unknown_order"},
       {"nothing", {}, "cancel refused unknown_order"}}));
  INFO(row.name);
  CHECK(told(rig.cancel(row.request)).front() == row.want);
  CHECK(rig.order("b").is_open());
}

TEST_CASE("a cancel of a closed order says so") {
  PaperRig rig;
  rig.row("50000.0", "1");
  rig.send(intent("a").market());
  const auto step = rig.cancel("a");
  CHECK(told(step) == Texts{"cancel refused unknown_order"});
  CHECK(reason_of(step) == "the order is closed already: filled");
}

TEST_CASE("ids are never used twice, and books made anew give out others") {
  PaperRig one;
  one.send(intent("a"));
  const auto first = one.books->venue_id(one.order("a"));
  one.restart();
  one.send(intent("b"));
  CHECK(one.books->venue_id(one.order("b")) != first);
  PaperBooks books;
  PaperExchange another(one.config, books);
  Random random(99);
  CHECK(another.open(random, one.time).has_effect());
  CHECK(books.tag() != one.books->tag());
  CHECK(books.find_order(first) == nullptr);
}

TEST_CASE("the number of open orders has a limit") {
  PaperConfig config = rig_config();
  config.max_open_orders = 2;
  PaperRig rig(config);
  rig.send(intent("a"));
  rig.send(intent("b"));
  const auto step = rig.send(intent("c"));
  CHECK(told(step) == Texts{"order refused rate_limited"});
  CHECK(reason_of(step) == "there are 2 open orders already");
  rig.cancel("a");
  CHECK(told(rig.send(intent("d"))).front() == "order accepted");
}

TEST_CASE("a client id must have from 1 to 36 characters") {
  PaperRig rig;
  CHECK(told(rig.send(intent("123456789012345678901234567890123456"))).front() == "order accepted");
  for (const char* id : {"", "1234567890123456789012345678901234567"}) {
    const auto step = rig.send(intent(id));
    CHECK(told(step) == Texts{"order refused other"});
    CHECK_FALSE(step.has_effect());
  }
}

TEST_CASE("many small fills of the last cent never take more than there is") {
  PaperConfig config = rig_config();
  config.balances = {{"EUR", decimal("100.4")}};
  config.maker_fee = config.taker_fee;
  PaperRig rig(config);
  rig.row("50100.0", "1");
  rig.send(intent("a").amount("0.002"));  // holds all of it
  REQUIRE(rig.balance("EUR") == "100.4/100.4");
  for (int i = 0; i < 100; ++i) rig.row("50000.0", "0.00000001");
  rig.row("49000.0", "1");
  CHECK(rig.order("a").status == VenueStatus::filled);
  CHECK(rig.balance("EUR") == "0/0");
}
