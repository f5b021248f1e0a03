// When the venue is read: one round at a time, capped full jitter after failures, the more important trigger first.
#include "orchestrator/execution/rounds.h"

#include "tests/support/catch.h"
#include "tests/unit/orchestrator_execution/execution_fixture.h"

namespace s1mple {
namespace {

struct RoundsFixture : ExecutionFixture {
  Random random{7};
  Rounds rounds{recorder, config.reconciliation, random};

  std::optional<AskVenue> asked() {
    const Step step = recorder.take();
    for (const Action& action : step.actions)
      if (const auto* question = std::get_if<AskVenue>(&action)) return *question;
    return std::nullopt;
  }
  RoundOutcome answer(const AskVenue& question, bool answered) {
    QueryAnswer made;
    made.query = question.query;
    made.kind = question.kind;
    made.answered = answered;
    return rounds.on(made);
  }
  // One whole round that succeeds, begun already.
  RoundOutcome finish(AskVenue question) {
    for (;;) {
      const RoundOutcome outcome = answer(question, true);
      if (outcome != RoundOutcome::none) return outcome;
      question = *asked();
    }
  }
};

}  // namespace

TEST_CASE("a wanted round begins at its time, and only one at a time") {
  RoundsFixture f;
  f.rounds.want(RoundTrigger::lookup, 2s);
  CHECK(f.rounds.tick(false) == RoundOutcome::none);
  CHECK_FALSE(f.asked());
  f.recorder.begin(f.now + 2s);
  (void)f.rounds.tick(false);
  const auto question = f.asked();
  REQUIRE(question);
  CHECK(question->kind == QueryKind::open_orders);
  f.rounds.want(RoundTrigger::operator_asked);
  (void)f.rounds.tick(false);
  CHECK_FALSE(f.asked());
  CHECK(f.finish(*question) == RoundOutcome::view_ready);
  (void)f.rounds.tick(false);
  CHECK(f.asked());
  CHECK(f.rounds.trigger() == RoundTrigger::operator_asked);
}

TEST_CASE("of two wishes the more important names the round, the earlier sets its time") {
  RoundsFixture f;
  f.rounds.want(RoundTrigger::start, 5s);
  f.rounds.want(RoundTrigger::periodic, 1s);
  CHECK(*f.rounds.wake_at() == f.now + 1s);
  f.recorder.begin(f.now + 1s);
  (void)f.rounds.tick(false);
  CHECK(f.rounds.trigger() == RoundTrigger::start);
}

TEST_CASE("failures are repeated with pauses that grow to the cap and never beyond") {
  RoundsFixture f;
  f.rounds.want(RoundTrigger::start);
  Nanos longest{};
  for (int i = 0; i < 200; ++i) {
    (void)f.rounds.tick(false);
    const auto question = f.asked();
    REQUIRE(question);
    CHECK(f.answer(*question, false) == RoundOutcome::failed);
    REQUIRE(f.rounds.wake_at());
    const Nanos pause = *f.rounds.wake_at() - f.recorder.now();
    CHECK(pause <= f.config.reconciliation.retry_cap);
    if (i == 0) CHECK(pause <= f.config.reconciliation.retry_base);
    longest = std::max(longest, pause);
    f.recorder.begin(*f.rounds.wake_at());
  }
  CHECK(longest > f.config.reconciliation.retry_cap / 2);
  CHECK(f.rounds.failures() == 200);
  (void)f.rounds.tick(false);
  CHECK(f.finish(*f.asked()) == RoundOutcome::view_ready);
  CHECK(f.rounds.failures() == 0);
}

TEST_CASE("the periodic round comes one interval after the last success; an interval of 0 switches it off") {
  RoundsFixture f;
  const bool off = GENERATE(false, true);
  if (off) f.config.reconciliation.interval = Nanos(0);
  f.rounds.want(RoundTrigger::start);
  (void)f.rounds.tick(false);
  CHECK(f.finish(*f.asked()) == RoundOutcome::view_ready);
  if (off)
    CHECK_FALSE(f.rounds.wake_at());
  else
    CHECK(*f.rounds.wake_at() == f.now + 60s);
}

TEST_CASE("reads reach back to the last agreement, and to what never had an answer") {
  RoundsFixture f;
  const auto since = [&] {
    f.rounds.restart(RoundTrigger::start);
    (void)f.rounds.tick(false);
    return f.asked()->since;
  };
  CHECK(since() == f.now - f.config.reconciliation.overlap);
  f.recorder.record(ReconciliationEnded{f.now - 2h, "start", 0});
  CHECK(since() == f.now - 2h - f.config.reconciliation.overlap);
  OrderIntent old = f.intent("st3st1-1", Side::buy, "1", "100");
  old.created_at = f.now - 5h;
  f.handler.place(old);
  (void)f.recorder.take();
  CHECK(since() == f.now - 5h - f.config.reconciliation.overlap);
  f.handler.on(f.ExecutionFixture::answer("st3st1-1", AnswerKind::accepted));
  CHECK(since() == f.now - 2h - f.config.reconciliation.overlap);
}

}  // namespace s1mple
