// The everyday life of an order, from the market event to the report, and of a start.
#include "tests/support/catch.h"
#include "tests/support/engine/engine_rig.h"

namespace s1mple {

TEST_CASE("a first start takes an identity, adopts the balances and opens the gate") {
  EngineRig rig;
  rig.start();
  CHECK(rig.engine->phase() == Phase::running);
  CHECK(rig.engine->trading() == TradingMode::active);
  CHECK(rig.engine->is_settled());
  CHECK(rig.books->identity().tag == "t3st");
  CHECK(rig.books->balances().at(Asset("EUR")) == money("10000"));
  CHECK(rig.facts<ReconciliationEnded>().size() == 1);
  CHECK(rig.alert_codes().empty());
  CHECK(rig.folded() == rig.books_json());
}

TEST_CASE("an order is intended before it is sent, accepted, filled and told, all in order") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  const ClientId id = rig.buy("1", "99");
  REQUIRE(rig.venue.sent.size() == 1);
  CHECK(rig.status(id) == OrderStatus::intended);
  rig.on(RequestSent{id, RequestKind::adding});
  CHECK(rig.status(id) == OrderStatus::sent);
  rig.settle();
  CHECK(rig.status(id) == OrderStatus::open);
  rig.venue.fill(id, "0.4", "99");
  rig.settle();
  CHECK(rig.status(id) == OrderStatus::partially_filled);
  rig.venue.fill(id, "0.6", "99");
  rig.settle();
  CHECK(rig.status(id) == OrderStatus::filled);
  CHECK(rig.position() == quantity("1"));
  const std::string name = id.text();
  CHECK(rig.script().journal == std::vector<std::string>{"market 100", "market 100", "accepted " + name,
                                                         "filled " + name + " 0.4",
                                                         "filled " + name + " 0.6"});
  CHECK(rig.books->balances() == rig.venue.balances);
  CHECK(rig.folded() == rig.books_json());
}

TEST_CASE("the intent and the order that leaves are of one step, the intent's facts first") {
  EngineRig rig;
  rig.start();
  rig.carries_requests = false;
  rig.market("100");
  const ClientId id = rig.buy("1", "99");
  const Record& record = rig.records.back();
  bool intended = false, saved = false, seen = false;
  for (const Fact& fact : record) {
    if (const auto* f = std::get_if<OrderIntended>(&fact)) intended = f->intent.client_id == id;
    saved = saved || std::holds_alternative<StrategySaved>(fact);
    seen = seen || std::holds_alternative<MarketSeen>(fact);
  }
  CHECK(intended);
  CHECK(saved);
  CHECK(seen);
  CHECK(rig.performed<SendOrder>().size() == 1);
}

TEST_CASE("subscribers hear of an order once, when it has left") {
  EngineRig rig;
  rig.start();
  rig.carries_requests = false;
  rig.market("100");
  const std::size_t told = rig.performed<Publish>().size();
  const ClientId id = rig.buy("1", "99");
  CHECK(rig.performed<Publish>().size() == told);
  for (int i = 0; i < 2; ++i) rig.on(RequestSent{id, RequestKind::adding});
  const auto notes = rig.performed<Publish>();
  REQUIRE(notes.size() == told + 1);
  CHECK_THAT(notes.back().json, contains(R"("what":"sent")") && contains(id.text()));
}

TEST_CASE("market events without effect make no record until the flush interval is over") {
  EngineRig rig;
  rig.start();
  const std::size_t before = rig.records.size();
  for (int i = 0; i < 5; ++i) rig.market("100");
  CHECK(rig.records.size() == before);
  rig.advance(1s);
  CHECK(rig.records.size() == before + 1);
  CHECK(rig.books->market().at(Symbol("BTC/EUR")).row == 5);
}

TEST_CASE("a restart finds nothing to do when nothing happened, and twice changes nothing") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  const ClientId id = rig.buy("1", "99");
  rig.settle();
  rig.restart();
  CHECK(rig.engine->phase() == Phase::running);
  CHECK(rig.status(id) == OrderStatus::open);
  CHECK(rig.venue.sent.size() == 1);
  const std::string once = rig.books_json();
  const auto facts_before = rig.records.size();
  rig.command("reconcile");
  CHECK(rig.records.size() == facts_before + 1);
  CHECK(rig.records.back().size() == 1);
  CHECK(std::holds_alternative<ReconciliationEnded>(rig.records.back().front()));
  CHECK(rig.facts<ReconciliationEnded>().back().discrepancies == 0);
}

TEST_CASE("halt cancels what is not protective, survives a restart, and only resume lifts it") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  const ClientId id = rig.buy("1", "99");
  rig.settle();
  CHECK(rig.command("halt", R"({"reason":"drill"})").ok);
  CHECK(rig.status(id) == OrderStatus::cancelled);
  CHECK(rig.engine->trading() == TradingMode::halted);
  CHECK_FALSE(rig.request("alpha", limit_order(Side::buy, "1", "99")).ok());
  rig.restart();
  CHECK(rig.engine->trading() == TradingMode::halted);
  CHECK(rig.books->is_halted_by_operator());
  const Reply reply = rig.command("resume", R"({"reason":"over"})");
  CHECK(reply.ok);
  rig.market("100");
  CHECK(rig.engine->trading() == TradingMode::active);
  CHECK(rig.request("alpha", limit_order(Side::buy, "1", "99")).ok());
}

}  // namespace s1mple
