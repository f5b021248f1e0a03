// SCENARIOS sections 2 and 3 at the level of the engine: what the venue says that the books do not know.
#include "tests/unit/orchestrator_engine/scenario_checks.h"

namespace s1mple {

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
    for (const auto& [id, order] : rig.books->orders().rows())
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
