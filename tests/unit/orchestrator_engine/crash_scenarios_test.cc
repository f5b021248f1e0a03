// SCENARIOS section 1 at the level of the engine: what a start makes of what was left behind.
#include "tests/unit/orchestrator_engine/scenario_checks.h"

namespace s1mple {

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

TEST_CASE("a replay waits while the supervisor is lost: no row passes that nobody may trade on") {
  EngineRig rig;
  rig.config.lock_step = true;
  rig.config.execution.reconciliation.interval = Nanos(0);
  rig.start();
  rig.market("100");
  CHECK(rig.engine->is_settled());
  rig.on(SupervisorLost{"the link was closed"});
  CHECK_FALSE(rig.engine->is_settled());
  rig.on(SupervisorBack{});
  CHECK(rig.engine->is_settled());
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

}  // namespace s1mple
