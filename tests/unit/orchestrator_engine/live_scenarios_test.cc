// SCENARIOS sections 2 and 4 at the level of the engine: evidence in any order, lost, doubled, contradictory.
#include <algorithm>

#include "tests/support/catch.h"
#include "tests/support/engine/engine_rig.h"

namespace s1mple {
namespace {

// The state of an order and of the money, without the order in which it was learnt.
std::string essence(const EngineRig& rig, const ClientId& id) {
  const Order& order = rig.order(id);
  std::string text = std::string(to_text(status_of(order))) + " " + order.filled.text() + " " +
                     order.cost.text() + " " + order.fees.text() + " " + order.venue_id.text();
  for (const auto& [asset, total] : rig.books->balances()) text += " " + asset.text() + "=" + total.text();
  return text + " " + rig.position().text() + " reasons=" + std::to_string(rig.books->reasons().size());
}

// A venue that has done everything, but whose messages the test hands over in its own order.
std::vector<EventBody> messages_of_a_life(EngineRig& rig, const ClientId& id, bool cancelled_with_rest) {
  rig.venue.perform(SendOrder{rig.order(id).intent});
  rig.venue.fill(id, "4", "99");
  rig.venue.fill(id, "3", "98");
  if (cancelled_with_rest)
    rig.venue.close(id, VenueStatus::cancelled);
  else
    rig.venue.fill(id, "3", "97");
  std::vector<EventBody> messages(rig.venue.events.begin(), rig.venue.events.end());
  rig.venue.events.clear();
  return messages;
}

}  // namespace

TEST_CASE("S16 the last executions pushed again change nothing, also after a restart") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  const ClientId id = rig.buy("10", "99");
  rig.settle();
  rig.venue.fill(id, "4", "99");
  rig.venue.fill(id, "6", "98");
  rig.settle();
  const std::string before = essence(rig, id);
  const auto replay = [&] {
    const std::size_t records = rig.records.size();
    for (const Fill& fill : rig.venue.trades) rig.on(FillPush{fill});
    for (const VenueOrder& order : rig.venue.orders) rig.on(OrderPush{order});
    CHECK(rig.records.size() == records);
    CHECK(essence(rig, id) == before);
  };
  replay();
  rig.restart();
  replay();
}

TEST_CASE("S17 answer, pushes and closing in every order, and doubled, end in the same books") {
  const bool cancelled = GENERATE(false, true);
  INFO((cancelled ? "cancelled with 7 filled" : "filled"));
  std::string expected;
  std::vector<std::size_t> order;
  std::size_t permutations = 0;
  do {
    EngineRig rig;
    rig.start();
    rig.market("100");
    rig.carries_requests = false;
    const ClientId id = rig.buy("10", "99");
    const auto messages = messages_of_a_life(rig, id, cancelled);
    if (order.empty())
      for (std::size_t i = 0; i < messages.size(); ++i) order.push_back(i);
    for (const std::size_t i : order) rig.on(messages[i]);
    rig.on(messages[order.front()]);
    rig.carries_requests = true;
    rig.settle();
    rig.advance(3s);
    if (expected.empty()) expected = essence(rig, id);
    CHECK(essence(rig, id) == expected);
    CHECK(rig.script().journal[2] == "accepted " + id.text());  // before anything else about it
    CHECK(rig.engine->trading() == TradingMode::active);
    ++permutations;
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(permutations >= 24);
}

TEST_CASE("S20 an overfill is applied to the position, halts, and raises a critical alert") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  const ClientId id = rig.buy("10", "99");
  rig.settle();
  rig.venue.fill(id, "10", "99");
  rig.settle();
  rig.venue.fill(id, "2", "99");
  rig.settle();
  CHECK(rig.position() == quantity("12"));
  CHECK(rig.order(id).filled == quantity("12"));
  CHECK(rig.status(id) == OrderStatus::filled);
  CHECK(rig.engine->trading() == TradingMode::halted);
  CHECK(rig.count_alerts("overfill") == 1);
  rig.restart();
  CHECK(rig.engine->trading() == TradingMode::halted);
}

TEST_CASE("a fill after the closing is counted, halts, and raises a critical alert") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  const ClientId id = rig.buy("10", "99");
  rig.settle();
  rig.venue.close(id, VenueStatus::cancelled);
  rig.settle();
  rig.venue.fill(id, "2", "99");
  rig.settle();
  CHECK(rig.status(id) == OrderStatus::cancelled);
  CHECK(rig.order(id).filled == quantity("2"));
  CHECK(rig.position() == quantity("2"));
  CHECK(rig.engine->trading() == TradingMode::halted);
  CHECK(rig.count_alerts("fill_after_closing") == 1);
}

TEST_CASE(
    "an abandoned order that is found at the venue is cancelled there, and halts; its outcome becomes the "
    "venue's") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  rig.carries_requests = false;
  const ClientId id = rig.buy("1", "99");
  rig.crash();
  rig.carries_requests = true;
  rig.start(StartMode::recovery);
  REQUIRE(rig.status(id) == OrderStatus::abandoned);
  rig.venue.perform(SendOrder{rig.order(id).intent});  // a request that was stuck on its way
  rig.venue.events.clear();
  SECTION("open: found by the periodic reads") { rig.advance(70s); }
  SECTION("open: found by a push") {
    rig.on(OrderPush{*rig.venue.find(id)});
    rig.settle();
  }
  CHECK(rig.status(id) == OrderStatus::cancelled);
  CHECK(rig.venue.open_count() == 0);
  CHECK(rig.engine->trading() == TradingMode::halted);
  CHECK(rig.order(id).stage == Stage::closed);
}

TEST_CASE("S21 not found because of an outage: failures are no absence, the order stays, the breaker opens") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  rig.venue.receives = false;
  rig.venue.reads = false;
  const ClientId id = rig.buy("1", "99");
  for (int i = 0; i < 600; ++i) {
    rig.market("100");
    rig.advance(1s);
  }
  CHECK(rig.status(id) == OrderStatus::in_doubt);
  CHECK(rig.books->breaker().state == BreakerState::open);
  CHECK(rig.count_alerts("breaker_open") == 1);
  CHECK(rig.engine->trading() == TradingMode::reducing);
  CHECK(rig.venue.sent.size() == 1);
  rig.venue.receives = rig.venue.reads = true;
  rig.advance(120s);
  CHECK(rig.status(id) == OrderStatus::abandoned);
}

TEST_CASE("S32 a reconnect closes the gate, reads, merges what was pushed meanwhile, and opens again") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  const ClientId first = rig.buy("10", "99");
  const ClientId second = rig.buy("10", "98");
  rig.settle();
  rig.on(VenueLost{"socket closed"});
  CHECK(rig.engine->trading() == TradingMode::halted);
  rig.venue.fill(first, "4", "99", false);
  rig.venue.close(second, VenueStatus::cancelled, false);
  rig.market("100");
  CHECK_FALSE(rig.request("alpha", limit_order(Side::buy, "1", "99")).ok());
  rig.advance(20s);
  CHECK(rig.engine->trading() == TradingMode::halted);
  rig.on(VenueConnected{});
  CHECK(rig.engine->trading() == TradingMode::halted);
  rig.on(FillPush{rig.venue.fill(first, "1", "99", false)});  // pushed while the reads run
  rig.settle();
  CHECK(rig.engine->trading() == TradingMode::active);
  CHECK(rig.order(first).filled == quantity("5"));
  CHECK(rig.status(second) == OrderStatus::cancelled);
  CHECK(rig.books->fills().size() == 2);
  CHECK(rig.facts<ReconciliationEnded>().back().trigger == "reconnect");
}

TEST_CASE(
    "S34 a lost push is found by the periodic check within one period, and counts once if it comes later") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  const ClientId id = rig.buy("10", "99");
  rig.settle();
  const Fill lost = rig.venue.fill(id, "4", "99", false);
  rig.advance(61s);
  CHECK(rig.order(id).filled == quantity("4"));
  REQUIRE(rig.facts<DiscrepancyFound>().size() == 1);
  CHECK(rig.facts<DiscrepancyFound>().front().kind == "missed_fill");
  rig.on(FillPush{lost});
  CHECK(rig.order(id).filled == quantity("4"));
  CHECK(rig.books->fills().size() == 1);
}

TEST_CASE("a closing that names more fills than came is held back until they are here") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  const ClientId id = rig.buy("10", "99");
  rig.settle();
  rig.venue.fill(id, "4", "99", false);
  rig.venue.hidden_trades = 1;
  rig.venue.close(id, VenueStatus::cancelled);
  rig.settle();
  CHECK(rig.status(id) == OrderStatus::open);  // not cancelled with nothing filled
  rig.advance(5s);
  CHECK(rig.status(id) == OrderStatus::open);
  rig.venue.hidden_trades = 0;
  rig.advance(60s);
  CHECK(rig.status(id) == OrderStatus::cancelled);
  CHECK(rig.order(id).filled == quantity("4"));
}

TEST_CASE(
    "an order that vanishes from both lists stays in doubt at its worst case, with one critical alert") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  const ClientId id = rig.buy("10", "99");
  rig.settle();
  const VenueOrder gone = rig.venue.orders.back();
  rig.venue.orders.clear();
  rig.advance(300s);
  CHECK(rig.status(id) == OrderStatus::in_doubt);
  CHECK(rig.count_alerts("vanished_order") == 1);
  rig.venue.orders.push_back(gone);
  rig.advance(60s);
  CHECK(rig.books->find_order(id)->certain);
}

TEST_CASE(
    "S31 a failed store: no order leaves any more, cancels of what adds risk do without a barrier, then the "
    "end") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  const ClientId entry = rig.buy("1", "99");
  rig.settle();
  rig.venue.fill(entry, "1", "99");
  rig.settle();
  const ClientId resting = rig.buy("1", "98");
  const ClientId exit = rig.sell("1", "110");
  rig.settle();
  const std::size_t records = rig.records.size();
  rig.carries_requests = false;
  const Step step = rig.engine->on(Event{rig.now, StoreFailed{"fdatasync: Input/output error"}});
  CHECK(step.without_barrier);
  CHECK(step.facts.empty());
  std::vector<ClientId> cancelled;
  bool alerted = false;
  for (const Action& action : step.actions) {
    if (const auto* cancel = std::get_if<SendCancel>(&action)) cancelled.push_back(cancel->client_id);
    alerted = alerted || std::holds_alternative<SendAlert>(action);
  }
  CHECK(cancelled == std::vector<ClientId>{resting});
  CHECK(alerted);
  rig.market("100");
  CHECK(rig.records.size() == records);
  CHECK_FALSE(rig.stopped);
  SECTION("at once when the cancel is answered") {
    rig.on(CancelAnswer{resting, AnswerKind::accepted, RefusalCode::other, ""});
  }
  SECTION("after three seconds at the latest") { rig.advance(4s); }
  REQUIRE(rig.stopped);
  CHECK(rig.stopped->code == ExitCode::store_failed);
  CHECK(rig.records.size() == records);
  CHECK(rig.status(exit) == OrderStatus::open);
}

TEST_CASE("disk space: low reduces, out halts, and both go by themselves") {
  EngineRig rig;
  rig.start();
  rig.on(DiskSpaceChanged{DiskSpace::low});
  CHECK(rig.engine->trading() == TradingMode::reducing);
  rig.on(DiskSpaceChanged{DiskSpace::out});
  CHECK(rig.engine->trading() == TradingMode::halted);
  rig.on(DiskSpaceChanged{DiskSpace::ok});
  CHECK(rig.engine->trading() == TradingMode::active);
}

TEST_CASE("a silent link to the supervisor closes the gate; when it is back, it opens") {
  EngineRig rig;
  rig.start();
  rig.on(SupervisorLost{"no ping for 5 s"});
  CHECK(rig.engine->trading() == TradingMode::halted);
  rig.on(SupervisorBack{});
  CHECK(rig.engine->trading() == TradingMode::active);
}

TEST_CASE("alerts are handed over again until somebody took them, also after a restart") {
  EngineRig rig;
  rig.start();
  rig.on(DiskSpaceChanged{DiskSpace::low});
  REQUIRE(rig.performed<SendAlert>().size() == 1);
  const std::string id = rig.performed<SendAlert>().front().id;
  rig.advance(31s);
  CHECK(rig.performed<SendAlert>().size() == 2);
  rig.restart();
  REQUIRE(rig.performed<SendAlert>().size() == 1);
  CHECK(rig.performed<SendAlert>().front().id == id);
  rig.on(AlertDelivered{id});
  rig.advance(120s);
  CHECK(rig.performed<SendAlert>().size() == 1);
  rig.restart();
  CHECK(rig.performed<SendAlert>().empty());
}

TEST_CASE("a shutdown takes what adds risk, keeps stops and exits, waits for evidence, and ends") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  const ClientId entry = rig.buy("2", "99");
  rig.settle();
  rig.venue.fill(entry, "2", "99");
  rig.settle();
  const auto stop = rig.request("alpha", stop_order("1", "90"));
  REQUIRE(stop.ok());
  const ClientId exit = rig.sell("1", "110");
  const ClientId resting = rig.buy("1", "98");
  rig.settle();
  SECTION("with evidence") {
    rig.on(ShutdownAsked{10s});
    CHECK_FALSE(rig.stopped);
    CHECK_FALSE(rig.request("alpha", limit_order(Side::buy, "1", "99")).ok());
    rig.settle();
    CHECK(rig.status(resting) == OrderStatus::cancelled);
  }
  SECTION("without evidence: when the grace is over, and it says so") {
    rig.venue.receives = false;
    rig.on(ShutdownAsked{10s});
    rig.advance(6s);
    CHECK_FALSE(rig.stopped);
    rig.advance(3s);
    CHECK(rig.count_alerts("drain_incomplete") == 1);
  }
  REQUIRE(rig.stopped);
  CHECK(rig.stopped->code == ExitCode::done);
  CHECK(rig.facts<RunEnded>().size() == 1);
  CHECK(rig.status(*stop) == OrderStatus::open);
  CHECK(rig.status(exit) == OrderStatus::open);
}

}  // namespace s1mple
