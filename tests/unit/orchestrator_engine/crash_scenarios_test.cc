// SCENARIOS section 1 at the level of the engine: what a start makes of what was left behind.
#include "tests/support/catch.h"
#include "tests/support/engine/engine_rig.h"

namespace s1mple {
namespace {

// The venue never saw the same id twice (I2), and every id it saw has its intent in our log (I1).
void check_one_order_per_intent(const EngineRig& rig) {
  std::set<ClientId> seen;
  for (const OrderIntent& intent : rig.venue.sent) {
    CHECK(seen.insert(intent.client_id).second);
    CHECK(rig.books->find_order(intent.client_id) != nullptr);
  }
  CHECK(rig.folded() == rig.books_json());
}

void check_books_agree(const EngineRig& rig) {
  for (const auto& [asset, total] : rig.venue.balances) {
    const auto ours = rig.books->balances().find(asset);
    CHECK((ours == rig.books->balances().end() ? Money() : ours->second) == total);
  }
  CHECK(rig.books->fills().size() == rig.venue.trades.size());
  CHECK(rig.books->working_orders().size() == rig.venue.open_count());
}

struct Started {
  EngineRig rig;
  Started() {
    rig.start();
    rig.market("100");
  }
};

}  // namespace

TEST_CASE("S01 crash before send: the intent is abandoned on proof, the strategy is told before its next market event") {
  Started s;
  s.rig.carries_requests = false;
  const ClientId id = s.rig.buy("1", "99");
  s.rig.crash();
  s.rig.carries_requests = true;
  s.rig.start_only(StartMode::recovery);
  CHECK(s.rig.status(id) == OrderStatus::in_doubt);
  CHECK(s.rig.engine->trading() == TradingMode::halted);
  s.rig.settle();
  CHECK(s.rig.status(id) == OrderStatus::abandoned);
  CHECK(s.rig.venue.sent.empty());
  s.rig.market("101");
  const auto& journal = s.rig.script().journal;
  REQUIRE(journal.size() >= 2);
  CHECK(journal[journal.size() - 2] == "closed " + id.text() + " abandoned");
  CHECK(journal.back() == "market 101");
  CHECK(s.rig.folded() == s.rig.books_json());
}

TEST_CASE("S01 without proof at once: two complete reads after the deadline and its margin, and not before") {
  EngineRig rig;
  rig.config.execution.absence = {90s, 30s, false, false};
  rig.start();
  rig.market("100");
  rig.carries_requests = false;
  const ClientId id = rig.buy("1", "99");
  const WallTime made = rig.now;
  rig.crash();
  rig.carries_requests = true;
  rig.start(StartMode::recovery);
  CHECK(rig.engine->phase() == Phase::running);
  CHECK(rig.status(id) == OrderStatus::in_doubt);
  rig.market("100");
  CHECK_FALSE(rig.request("alpha", limit_order(Side::buy, "1", "98")).ok());   // its strategy and symbol: only what reduces
  rig.advance(made + 10s + 90s + 30s - rig.now - 1s);
  CHECK(rig.status(id) == OrderStatus::in_doubt);
  rig.advance(60s);
  CHECK(rig.status(id) == OrderStatus::abandoned);
  CHECK(rig.venue.sent.empty());
}

TEST_CASE("S01 in a replay whose market time has not moved: the same intent leaves under its own id") {
  EngineRig rig;
  rig.config.execution.absence.resend_unchanged = true;
  rig.config.lock_step = true;
  rig.config.execution.reconciliation.interval = Nanos(0);
  rig.start();
  rig.market("100");
  rig.carries_requests = false;
  const ClientId id = rig.buy("1", "99");
  rig.crash();
  rig.carries_requests = true;
  rig.start(StartMode::recovery);
  CHECK(rig.status(id) == OrderStatus::open);
  REQUIRE(rig.venue.sent.size() == 1);
  CHECK(rig.venue.sent.front().client_id == id);
  check_one_order_per_intent(rig);
  SECTION("but not when trading was halted meanwhile") {
    EngineRig halted;
    halted.config = rig.config;
    halted.start();
    halted.market("100");
    halted.carries_requests = false;
    const ClientId unsent = halted.buy("1", "99");
    halted.crash();
    halted.carries_requests = true;
    halted.next_start.halted_by_supervisor = true;
    halted.start(StartMode::recovery);
    CHECK(halted.venue.sent.empty());
    CHECK(halted.status(unsent) == OrderStatus::abandoned);
  }
}

TEST_CASE("S02 crash with an unsynced intent: no trace on either side, and the id is not used again") {
  Started s;
  s.rig.carries_requests = false;
  const ClientId lost = s.rig.buy("1", "99");
  s.rig.crash(1);
  s.rig.carries_requests = true;
  s.rig.start(StartMode::recovery);
  CHECK(s.rig.books->find_order(lost) == nullptr);
  s.rig.market("100");
  const ClientId next = s.rig.buy("1", "99");
  CHECK(next != lost);
  s.rig.settle();
  check_one_order_per_intent(s.rig);
}

TEST_CASE("S03 ack lost, order live: found by its id, taken as accepted, nothing is sent again") {
  Started s;
  s.rig.venue.answers = false;
  const ClientId id = s.rig.buy("1", "99");
  SECTION("and the process died") {
    s.rig.crash();
    s.rig.venue.answers = true;
    s.rig.start(StartMode::recovery);
  }
  SECTION("and it lives on: in doubt after the timeout, then found") {
    s.rig.advance(4s);
    CHECK(s.rig.status(id) != OrderStatus::in_doubt);
    s.rig.venue.silent_reads = true;
    s.rig.advance(2s);
    CHECK(s.rig.status(id) == OrderStatus::in_doubt);
    s.rig.venue.silent_reads = false;
    s.rig.venue.answers = true;
    s.rig.advance(15s);
  }
  SECTION("and the venue calls the id a duplicate: proof that it exists, never a rejection") {
    OrderAnswer answer;
    answer.client_id = id;
    answer.answer = AnswerKind::refused;
    answer.code = RefusalCode::duplicate_client_id;
    s.rig.on(answer);
    CHECK(s.rig.status(id) == OrderStatus::in_doubt);
    s.rig.venue.answers = true;
    s.rig.settle();
  }
  CHECK(s.rig.status(id) == OrderStatus::open);
  CHECK_FALSE(s.rig.order(id).venue_id.empty());
  CHECK(s.rig.venue.sent.size() == 1);
  CHECK(s.rig.script().journal.back() == "accepted " + id.text());
  check_one_order_per_intent(s.rig);
}

TEST_CASE("S04 ack lost, filled at once: found in closed orders and trades with real ids and fees") {
  Started s;
  s.rig.venue.answers = false;
  const auto placed = s.rig.request("alpha", market_order(Side::buy, "1"));
  REQUIRE(placed.ok());
  s.rig.crash();
  s.rig.venue.answers = true;
  s.rig.start(StartMode::recovery);
  CHECK(s.rig.status(*placed) == OrderStatus::filled);
  REQUIRE(s.rig.books->fills().size() == 1);
  CHECK(s.rig.books->fills().front().execution_id == s.rig.venue.trades.front().execution_id);
  CHECK(s.rig.books->fills().front().fee == money("0.1"));
  CHECK(s.rig.position() == quantity("1"));
  check_one_order_per_intent(s.rig);
  check_books_agree(s.rig);
}

TEST_CASE("S05 partial fill while offline: the remainder works on, the owner is told before its first tick") {
  Started s;
  const ClientId id = s.rig.buy("10", "99");
  s.rig.settle();
  s.rig.crash();
  s.rig.venue.fill(id, "4", "99", false);
  s.rig.start(StartMode::recovery);
  CHECK(s.rig.status(id) == OrderStatus::partially_filled);
  CHECK(s.rig.order(id).remaining() == quantity("6"));
  s.rig.market("101");
  const auto& journal = s.rig.script().journal;
  CHECK(journal[journal.size() - 2] == "filled " + id.text() + " 4");
  CHECK(s.rig.facts<FillCounted>().front().provenance == Provenance::reconciled);
  check_books_agree(s.rig);
}

TEST_CASE("S06 several fills while offline: each with its own price and time, no inferred single fill") {
  Started s;
  const ClientId id = s.rig.buy("10", "99");
  s.rig.settle();
  s.rig.crash();
  s.rig.venue.fill(id, "4", "99", false);
  s.rig.venue.fill(id, "3", "98.5", false);
  s.rig.venue.fill(id, "3", "98", false);
  s.rig.start(StartMode::recovery);
  CHECK(s.rig.status(id) == OrderStatus::filled);
  CHECK(s.rig.books->fills().size() == 3);
  CHECK(s.rig.order(id).cost == money("985.5"));
  const auto& journal = s.rig.script().journal;
  const std::string name = id.text();
  REQUIRE(journal.size() >= 3);
  CHECK(std::vector<std::string>(journal.end() - 3, journal.end()) ==
        std::vector<std::string>{"filled " + name + " 4", "filled " + name + " 3", "filled " + name + " 3"});
  check_books_agree(s.rig);
}

TEST_CASE("S07, S08 partly filled, then cancelled by the venue while offline: cancelled with 4 filled, never rejected") {
  Started s;
  const ClientId id = s.rig.buy("10", "99");
  s.rig.settle();
  s.rig.crash();
  s.rig.venue.fill(id, "4", "99", false);
  s.rig.venue.close(id, VenueStatus::cancelled, false);
  s.rig.start(StartMode::recovery);
  CHECK(s.rig.status(id) == OrderStatus::cancelled);
  CHECK(s.rig.order(id).filled == quantity("4"));
  CHECK(s.rig.order(id).reason == "venue");
  CHECK(s.rig.position() == quantity("4"));
  check_books_agree(s.rig);
}

TEST_CASE("S10 cancel in doubt stays pending until asked, and ends by the venue's word") {
  struct Row {
    const char* name;
    bool cancelled, filled;
    OrderStatus want;
    std::size_t cancels;
  };
  const auto row = GENERATE(values<Row>({{"the venue cancelled", true, false, OrderStatus::cancelled, 1},
                                         {"it was filled meanwhile", false, true, OrderStatus::filled, 1},
                                         {"the venue never received it: asked again", false, false, OrderStatus::cancelled, 2}}));
  INFO(row.name);
  Started s;
  const ClientId id = s.rig.buy("1", "99");
  s.rig.settle();
  s.rig.venue.receives = false;
  s.rig.script().on_market = [&](const MarketTrade&, StrategyContext& context) { context.cancel(id); };
  s.rig.market("100");
  s.rig.script().on_market = [](const MarketTrade&, StrategyContext&) {};
  CHECK(s.rig.status(id) == OrderStatus::pending_cancel);
  s.rig.crash();
  s.rig.venue.receives = true;
  if (row.cancelled) s.rig.venue.close(id, VenueStatus::cancelled, false);
  if (row.filled) s.rig.venue.fill(id, "1", "99", false);
  s.rig.start_only(StartMode::recovery);
  CHECK(s.rig.status(id) == OrderStatus::pending_cancel);
  s.rig.settle();
  CHECK(s.rig.status(id) == row.want);
  CHECK(s.rig.venue.cancels.size() == row.cancels);
  check_books_agree(s.rig);
}

TEST_CASE("S13, S23 a balance that differs latches the breaker and waits for a person; accept and resume go on") {
  Started s;
  s.rig.crash();
  s.rig.venue.balances[Asset("EUR")] += money("25");
  s.rig.start(StartMode::recovery);
  s.rig.advance(3s);
  CHECK(s.rig.engine->phase() == Phase::running);
  CHECK(s.rig.engine->trading() == TradingMode::reducing);
  REQUIRE(s.rig.books->discrepancies().size() == 1);
  const std::string id = s.rig.books->discrepancies().front().found.id;
  CHECK(s.rig.books->balances().at(Asset("EUR")) == money("10000"));
  CHECK(s.rig.count_alerts("breaker_open") == 1);
  const std::size_t found = s.rig.facts<DiscrepancyFound>().size();
  s.rig.command("reconcile");
  s.rig.advance(3s);
  CHECK(s.rig.facts<DiscrepancyFound>().size() == found);   // twice changes nothing
  CHECK_FALSE(s.rig.command("resume", R"({"reason":"no"})").ok);
  CHECK(s.rig.command("accept", R"({"what":"balance_mismatch","id":")" + id + R"(","reason":"deposit"})").ok);
  CHECK(s.rig.books->balances().at(Asset("EUR")) == money("10025"));
  CHECK(s.rig.engine->trading() == TradingMode::reducing);
  CHECK(s.rig.command("resume", R"({"reason":"deposit understood"})").ok);
  CHECK(s.rig.engine->trading() == TradingMode::active);
  s.rig.restart();
  s.rig.advance(3s);
  CHECK(s.rig.engine->trading() == TradingMode::active);
}

TEST_CASE("S18 foreign orders and fills belong to nobody; an id with our tag but no intent halts") {
  Started s;
  s.rig.advance(1s);
  s.rig.crash();
  SECTION("a foreign open order is recorded once and left alone") {
    s.rig.venue.add_foreign("", "X1");
    s.rig.start(StartMode::recovery);
    CHECK(s.rig.engine->trading() == TradingMode::active);
    REQUIRE(s.rig.books->discrepancies().size() == 1);
    CHECK(s.rig.books->discrepancies().front().found.kind == "external_order");
    s.rig.restart();
    CHECK(s.rig.facts<DiscrepancyFound>().empty());
    CHECK(s.rig.venue.cancels.empty());
  }
  SECTION("a foreign fill moves the balances, belongs to no strategy and latches the breaker") {
    s.rig.venue.now = s.rig.now + 1s;
    s.rig.venue.add_foreign("", "X1").quantity = quantity("1");
    s.rig.venue.orders.back().client_id = ClientId("foreign");
    s.rig.venue.fill(ClientId("foreign"), "1", "100", false);
    s.rig.now += 2s;
    s.rig.start(StartMode::recovery);
    s.rig.advance(3s);
    CHECK(s.rig.position() == quantity("0"));
    CHECK(s.rig.books->balances().at(Asset("BTC")) == money("1"));
    CHECK(s.rig.engine->trading() == TradingMode::reducing);
    s.rig.restart();
    CHECK(s.rig.facts<DiscrepancyFound>().empty());
  }
  SECTION("an order with our tag but without an intent halts; resume draws a new tag") {
    s.rig.venue.add_foreign("st3st9-1", "X1");
    s.rig.start(StartMode::recovery);
    CHECK(s.rig.engine->trading() == TradingMode::halted);
    CHECK(s.rig.count_alerts("identity") == 1);
    const std::string id = s.rig.books->discrepancies().front().found.id;
    CHECK(s.rig.command("accept", R"({"what":"unknown_own_order","id":")" + id + R"(","reason":"restored backup"})").ok);
    CHECK(s.rig.command("resume", R"({"reason":"restored backup"})").ok);
    CHECK(s.rig.books->identity().tag != "t3st");
    CHECK(s.rig.books->identity().earlier_tags == std::vector<std::string>{"t3st"});
    CHECK(s.rig.engine->trading() == TradingMode::active);
  }
}

TEST_CASE("S19 the list of trades lags the orders: no invented fill, the gate waits until both agree") {
  Started s;
  const ClientId id = s.rig.buy("10", "99");
  s.rig.settle();
  s.rig.crash();
  s.rig.venue.fill(id, "4", "99", false);
  s.rig.venue.fill(id, "2", "99", false);
  s.rig.venue.hidden_trades = 1;
  s.rig.start(StartMode::recovery);
  s.rig.advance(5s);
  CHECK(s.rig.order(id).filled == quantity("4"));
  CHECK(s.rig.engine->trading() == TradingMode::halted);
  s.rig.venue.hidden_trades = 0;
  s.rig.advance(60s);
  CHECK(s.rig.order(id).filled == quantity("6"));
  CHECK(s.rig.engine->phase() == Phase::running);
  check_books_agree(s.rig);
}

TEST_CASE("S26 venue down during recovery: no strategy runs, one alert, then a clean pass opens the gate") {
  Started s;
  const ClientId id = s.rig.buy("1", "99");
  s.rig.settle();
  s.rig.crash();
  s.rig.venue.reads = false;
  s.rig.venue.answers = false;
  const std::size_t told = s.rig.script().journal.size();
  s.rig.start(StartMode::recovery);
  for (int i = 0; i < 100; ++i) {
    s.rig.market("100");
    s.rig.advance(1s);
  }
  CHECK(s.rig.engine->phase() == Phase::reconciling);
  CHECK(s.rig.engine->trading() == TradingMode::halted);
  CHECK(s.rig.script().journal.size() == told);
  CHECK(s.rig.count_alerts("venue_unreadable") == 1);
  CHECK(s.rig.books->breaker().state == BreakerState::open);
  CHECK(s.rig.count_alerts("breaker_open") == 1);
  CHECK(s.rig.venue.questions.size() < 30);   // capped, jittered retries: no storm
  CHECK(s.rig.status(id) == OrderStatus::pending_cancel);   // the open breaker takes what adds risk; its answer cannot be read
  s.rig.advance(600s);
  CHECK(s.rig.count_alerts("venue_unreadable") == 2);   // the reminder
  s.rig.venue.reads = true;
  s.rig.venue.answers = true;
  for (int i = 0; i < 60; ++i) {
    s.rig.market("100");
    s.rig.advance(1s);
  }
  CHECK(s.rig.engine->phase() == Phase::running);
  CHECK(s.rig.status(id) == OrderStatus::cancelled);
  CHECK(s.rig.books->breaker().state == BreakerState::closed);
  CHECK(s.rig.engine->trading() == TradingMode::active);
}

TEST_CASE("S27 recovery that dies after any of its records ends in the same state") {
  const auto life = [](std::size_t interruptions) {
    EngineRig rig;
    rig.start();
    rig.market("100");
    const ClientId first = rig.buy("10", "99");
    const ClientId second = rig.buy("5", "98");
    rig.settle();
    rig.venue.answers = false;
    (void)rig.buy("2", "97");
    rig.carries_requests = false;
    (void)rig.buy("3", "96");
    rig.crash();
    rig.carries_requests = true;
    rig.venue.answers = true;
    rig.venue.fill(first, "4", "99", false);
    rig.venue.close(second, VenueStatus::cancelled, false);
    for (std::size_t i = 0; i < interruptions; ++i) {
      rig.start_only(StartMode::recovery);
      for (std::size_t turn = 0; turn < i && !rig.venue.events.empty(); ++turn) {
        EventBody body = rig.venue.events.front();
        rig.venue.events.pop_front();
        rig.on(body);
      }
      rig.crash();
    }
    rig.start(StartMode::recovery);
    CHECK(rig.engine->phase() == Phase::running);
    CHECK(rig.venue.sent.size() == 3);
    check_books_agree(rig);
    std::string state;
    for (const auto& [id, order] : rig.books->orders())
      state += std::string(to_text(status_of(order))) + " " + order.filled.text() + "; ";
    return state;
  };
  const std::string undisturbed = life(0);
  for (std::size_t interruptions = 1; interruptions < 12; ++interruptions) CHECK(life(interruptions) == undisturbed);
}

TEST_CASE("S30 crash after the fill, before the strategy was told: it is told exactly once, with the memory of then") {
  Started s;
  const ClientId id = s.rig.buy("10", "99");
  s.rig.settle();
  const std::size_t reports = s.rig.script().journal.size();
  SECTION("the record of the fill is durable: told in that very record, not again") {
    s.rig.venue.fill(id, "4", "99");
    s.rig.settle();
    s.rig.crash();
  }
  SECTION("the record of the fill is lost: told by the reconciliation") {
    s.rig.venue.fill(id, "4", "99");
    s.rig.settle();
    s.rig.script().journal.pop_back();
    s.rig.crash(1);
  }
  s.rig.start(StartMode::recovery);
  const auto& journal = s.rig.script().journal;
  CHECK(std::count(journal.begin(), journal.end(), "filled " + id.text() + " 4") == 1);
  CHECK(journal.size() == reports + 1);
  s.rig.advance(2s);
  CHECK(s.rig.books->strategies().at(StrategyName("alpha")).memory == R"({"told":2})");
}

TEST_CASE("S44 halt, then crash: comes back halted, finishes the unfinished cancels, waits for a person") {
  Started s;
  const ClientId id = s.rig.buy("1", "99");
  s.rig.settle();
  s.rig.venue.receives = false;
  s.rig.command("halt", R"({"reason":"drill"})");
  CHECK(s.rig.status(id) == OrderStatus::pending_cancel);
  s.rig.crash();
  s.rig.venue.receives = true;
  s.rig.start(StartMode::recovery);
  CHECK(s.rig.engine->trading() == TradingMode::halted);
  CHECK(s.rig.status(id) == OrderStatus::cancelled);
  CHECK(s.rig.venue.open_count() == 0);
  s.rig.market("100");
  CHECK_FALSE(s.rig.request("alpha", limit_order(Side::buy, "1", "99")).ok());
}

}  // namespace s1mple
