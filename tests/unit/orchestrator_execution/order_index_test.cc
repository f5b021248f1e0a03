// The worst case of every strategy and symbol, kept step by step, equals the one counted from the books.
#include "orchestrator/execution/order_index.h"

#include "common/base/random.h"
#include "tests/support/catch.h"
#include "tests/unit/orchestrator_execution/execution_fixture.h"

namespace s1mple {

TEST_CASE("what may still be bought and sold follows intent, fill, doubt and closing") {
  ExecutionFixture f;
  f.place("st3st1-1");
  CHECK(f.group().buys == Quantity(f.dec("10")));
  CHECK(f.recorder.index().held(Asset("EUR")) == Money(f.dec("1001")));  // price and fee
  f.handler.on(f.answer("st3st1-1", AnswerKind::ambiguous));
  CHECK(f.group().in_doubt == 1);
  CHECK(f.group().buys == Quantity(f.dec("10")));  // doubt counts in full
  f.handler.merge(f.fill("E1", "st3st1-1", "4"), Provenance::pushed);
  CHECK(f.group().in_doubt == 0);
  CHECK(f.group().buys == Quantity(f.dec("6")));
  f.handler.merge(f.fill("E2", "st3st1-1", "6"), Provenance::pushed);
  CHECK(f.group().buys.is_zero());
  CHECK(f.recorder.index().working() == 0);
  CHECK(f.recorder.index().held(Asset("EUR")).is_zero());
}

TEST_CASE("working orders are listed in the order of their making, whatever their ids look like") {
  ExecutionFixture f;
  for (const char* id : {"st3st1-z", "st3st1-10", "st3st2-1", "st3st1-2"}) f.place(id);
  std::vector<std::string> ids;
  for (const Order* order : f.recorder.index().all_working()) ids.push_back(order->intent.client_id.text());
  CHECK(ids == std::vector<std::string>{"st3st1-2", "st3st1-z", "st3st1-10", "st3st2-1"});
}

TEST_CASE("an order that came back from the dead counts until it is proven gone") {
  ExecutionFixture f;
  const Order& order = f.place("st3st1-1");
  f.handler.abandon(order, "proof");
  CHECK(f.group().buys.is_zero());
  f.recorder.index().set_revenant(order, Quantity(f.dec("10")));
  CHECK(f.group().buys == Quantity(f.dec("10")));
  f.recorder.index().drop_revenant(order.intent.client_id);
  f.recorder.index().drop_revenant(order.intent.client_id);
  CHECK(f.group().buys.is_zero());
}

TEST_CASE("after any history the index equals one that is made anew") {
  Random random(20'261'122);
  for (int life = 0; life < 50; ++life) {
    ExecutionFixture f;
    std::uint64_t execution = 0;
    for (int i = 1; i <= 12; ++i)
      f.place("st3st1-" + to_base36(static_cast<std::uint64_t>(i)),
              random.chance(1, 2) ? Side::buy : Side::sell);
    for (int step = 0; step < 60; ++step) {
      const std::string id = "st3st1-" + to_base36(1 + random.below(12));
      const Order& order = *f.books.find_order(ClientId(id));
      switch (random.below(5)) {
        case 0: f.handler.on(f.answer(id, AnswerKind::accepted)); break;
        case 1: f.handler.on(f.answer(id, AnswerKind::ambiguous)); break;
        case 2:
          f.handler.merge(f.fill("E" + std::to_string(++execution), id, "3", order.intent.side),
                          Provenance::pushed);
          break;
        case 3: f.handler.cancel(order, "test"); break;
        case 4: f.handler.on(f.answer(id, AnswerKind::refused)); break;
      }
    }
    OrderIndex anew({ExecutionFixture::instrument()}, *Decimal::parse("0.001"), f.market);
    anew.rebuild(f.books, f.now);
    const OrderIndex& kept = f.recorder.index();
    CHECK(anew.working() == kept.working());
    CHECK(anew.in_doubt() == kept.in_doubt());
    CHECK(anew.held(Asset("EUR")) == kept.held(Asset("EUR")));
    CHECK(anew.held(Asset("BTC")) == kept.held(Asset("BTC")));
    const auto& fresh = anew.group({StrategyName("alpha"), Symbol("BTC/EUR")});
    CHECK(fresh.buys == f.group().buys);
    CHECK(fresh.sells == f.group().sells);
  }
}

}  // namespace s1mple
