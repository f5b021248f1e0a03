// The order machine: each answer and each evidence, at each stage, as a table.
#include "orchestrator/execution/execution_handler.h"

#include "tests/support/catch.h"
#include "tests/unit/orchestrator_execution/execution_fixture.h"

namespace s1mple {
namespace {

constexpr const char* kId = "st3st1-1";

}  // namespace

TEST_CASE("an answer to a new order: the table") {
  struct Row {
    const char* name;
    AnswerKind answer;
    RefusalCode code;
    OrderStatus want;
    std::size_t failures;
  };
  const auto row = GENERATE(values<Row>({
      {"accepted", AnswerKind::accepted, RefusalCode::other, OrderStatus::open, 0},
      {"refused", AnswerKind::refused, RefusalCode::insufficient_funds, OrderStatus::rejected, 1},
      {"would take", AnswerKind::refused, RefusalCode::would_take, OrderStatus::rejected, 0},
      {"duplicate id proves that it exists", AnswerKind::refused, RefusalCode::duplicate_client_id,
       OrderStatus::in_doubt, 0},
      {"proven not sent", AnswerKind::not_sent, RefusalCode::other, OrderStatus::abandoned, 0},
      {"ambiguous", AnswerKind::ambiguous, RefusalCode::other, OrderStatus::in_doubt, 1},
  }));
  INFO(row.name);
  ExecutionFixture f;
  const Order& order = f.place(kId);
  f.handler.on(f.answer(kId, row.answer, row.code));
  CHECK(status_of(order) == row.want);
  const Findings found = f.handler.take_findings();
  CHECK(found.failures.size() == row.failures);
  CHECK((found.lookup == Lookup::now) == (row.want == OrderStatus::in_doubt));
  CHECK(f.handler.unanswered() == 0);
}

TEST_CASE("a late answer is evidence like any other; it never undoes what is known") {
  struct Row {
    AnswerKind answer;
    RefusalCode code;
  };
  const auto row = GENERATE(values<Row>({{AnswerKind::refused, RefusalCode::other},
                                         {AnswerKind::refused, RefusalCode::duplicate_client_id},
                                         {AnswerKind::not_sent, RefusalCode::other},
                                         {AnswerKind::ambiguous, RefusalCode::other}}));
  ExecutionFixture f;
  const Order& order = f.place(kId);
  f.handler.merge(f.fill("E1", kId, "4"), Provenance::pushed);
  f.handler.on(f.answer(kId, row.answer, row.code));
  CHECK(status_of(order) == OrderStatus::partially_filled);
}

TEST_CASE("no answer in time is doubt, and nothing else") {
  ExecutionFixture f;
  const Order& order = f.place(kId);
  REQUIRE(f.handler.wake_at());
  f.recorder.begin(f.now + 4999ms);
  f.handler.expire();
  CHECK(order.certain);
  f.recorder.begin(f.now + 5s);
  f.handler.expire();
  CHECK(status_of(order) == OrderStatus::in_doubt);
  CHECK(order.outcome == Outcome::none);
  CHECK_FALSE(f.handler.wake_at());
}

TEST_CASE("the answer to the cancel decides nothing; the closing does") {
  struct Row {
    AnswerKind answer;
    RefusalCode code;
    bool looks;
  };
  const auto row = GENERATE(values<Row>({{AnswerKind::accepted, RefusalCode::other, false},
                                         {AnswerKind::refused, RefusalCode::unknown_order, true},
                                         {AnswerKind::not_sent, RefusalCode::other, true},
                                         {AnswerKind::ambiguous, RefusalCode::other, true}}));
  ExecutionFixture f;
  const Order& order = f.place(kId);
  f.handler.on(f.answer(kId, AnswerKind::accepted));
  f.handler.cancel(order, "test");
  (void)f.handler.take_findings();
  f.handler.on(CancelAnswer{ClientId(kId), row.answer, row.code, ""});
  CHECK(status_of(order) == OrderStatus::pending_cancel);
  CHECK((f.handler.take_findings().lookup == Lookup::now) == row.looks);
}

TEST_CASE("a cancel is asked for once while it is on its way, and again when it is not") {
  ExecutionFixture f;
  const Order& order = f.place(kId);
  f.handler.on(f.answer(kId, AnswerKind::accepted));
  f.handler.cancel(order, "test");
  f.handler.cancel(order, "test");
  std::size_t cancels = 0;
  const Step first = f.recorder.take();
  for (const Action& action : first.actions) cancels += std::holds_alternative<SendCancel>(action) ? 1U : 0U;
  CHECK(cancels == 1);
  f.handler.on(CancelAnswer{ClientId(kId), AnswerKind::not_sent, RefusalCode::other, ""});
  f.handler.cancel(order, "test");
  CHECK(f.recorder.take().actions.size() == 1);
}

TEST_CASE("a closing tells whether we had asked for it") {
  const bool asked = GENERATE(false, true);
  ExecutionFixture f;
  const Order& order = f.place(kId);
  f.handler.on(f.answer(kId, AnswerKind::accepted));
  if (asked) f.handler.cancel(order, "test");
  (void)f.handler.take_findings();
  VenueOrder seen;
  seen.venue_id = VenueOrderId("V-st3st1-1");
  seen.client_id = ClientId(kId);
  seen.symbol = order.intent.symbol;
  seen.quantity = order.intent.quantity;
  seen.price = order.intent.price;
  seen.status = VenueStatus::cancelled;
  f.handler.merge(seen, Provenance::pushed);
  const Findings found = f.handler.take_findings();
  REQUIRE(found.reports.size() == 1);
  CHECK(found.reports.front().kind == ReportKind::closed);
  CHECK(found.reports.front().asked_for == asked);
}

TEST_CASE("a cancel of an order whose adding is in doubt keeps the doubt") {
  ExecutionFixture f;
  const Order& order = f.place(kId);
  f.handler.on(f.answer(kId, AnswerKind::ambiguous));
  f.handler.cancel(order, "test");
  CHECK(status_of(order) == OrderStatus::in_doubt);
  f.handler.on(f.answer(kId, AnswerKind::accepted));
  CHECK(status_of(order) == OrderStatus::pending_cancel);
}

TEST_CASE("a fill with our id on another symbol or side is not taken over, and halts") {
  ExecutionFixture f;
  f.place(kId);
  f.handler.merge(f.fill("E1", kId, "4", Side::sell), Provenance::pushed);
  CHECK(f.books.fills().empty());
  const Findings found = f.handler.take_findings();
  REQUIRE(found.troubles.size() == 1);
  CHECK(found.troubles.front().kind == TroubleKind::halt);
}

TEST_CASE("a fill that cannot be is not counted, and halts") {
  const char* const quantity = GENERATE("0", "-1");
  ExecutionFixture f;
  f.place(kId);
  f.handler.merge(f.fill("E1", kId, quantity), Provenance::pushed);
  CHECK(f.books.fills().empty());
  CHECK(f.handler.take_findings().troubles.front().code == "impossible_fill");
}

TEST_CASE("a fill known only by the venue's order id finds its order") {
  ExecutionFixture f;
  const Order& order = f.place(kId);
  f.handler.on(f.answer(kId, AnswerKind::accepted));
  Fill fill = f.fill("E1", kId, "4");
  fill.client_id = ClientId();
  CHECK(f.handler.merge(fill, Provenance::pushed));
  CHECK(order.filled == Quantity(f.dec("4")));
  fill.execution_id = ExecutionId("E2");
  fill.venue_id = VenueOrderId("V-other");
  CHECK_FALSE(f.handler.merge(fill, Provenance::pushed));
}

TEST_CASE("an order that the venue calls filled with less than our quantity ends with what was counted") {
  ExecutionFixture f;
  const Order& order = f.place(kId);
  f.handler.merge(f.fill("E1", kId, "4"), Provenance::pushed);
  VenueOrder seen{VenueOrderId("V-st3st1-1"),
                  ClientId(kId),
                  Symbol("BTC/EUR"),
                  Side::buy,
                  OrderType::limit,
                  Quantity(f.dec("10")),
                  Price(f.dec("100")),
                  Quantity(f.dec("4")),
                  VenueStatus::filled,
                  "",
                  f.now,
                  f.now};
  f.handler.merge(seen, Provenance::pushed);
  CHECK(status_of(order) == OrderStatus::cancelled);
  CHECK(order.filled == Quantity(f.dec("4")));
}

}  // namespace s1mple
