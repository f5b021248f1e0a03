#include "supervisor/core/liveness.h"

#include <vector>

#include "tests/support/catch.h"

namespace s1mple {

namespace {

// One run of a supervised process as the shell drives it: wakes on time, unless told otherwise.
struct Run {
  LivenessSettings settings;
  Random random{7};
  Instant now{};
  Liveness liveness{settings, "me", random, now};
  bool answers = true;
  std::int64_t suspected = 0;
  std::int64_t hung = 0;
  Beat last;

  void wake(Nanos late = 0ns) {
    now = liveness.wake_at() + late;
    last = liveness.on_wake(now);
    suspected += last.suspect ? 1 : 0;
    hung += last.hung ? 1 : 0;
    if (last.ask && answers) CHECK(liveness.on_pong("me", last.number, last.nonce, now) == PongKind::valid);
  }
  void wake_until(Instant end) {
    while (liveness.wake_at() <= end) wake();
  }
  void make_ready() {
    liveness.on_hello(now);
    liveness.on_ready(now);
  }
};

}  // namespace

TEST_CASE("liveness: one that answers is never suspected") {
  Run run;
  run.make_ready();
  run.wake_until(run.now + 1h);
  CHECK(run.suspected == 0);
  CHECK(run.hung == 0);
}

TEST_CASE("liveness: four unanswered pings in a row are a hang, within four intervals and one") {
  Run run;
  run.make_ready();
  run.wake_until(run.now + 10s);
  run.answers = false;
  const Instant stopped = run.now;
  while (run.hung == 0) run.wake();
  CHECK(run.now - stopped <= 5 * 250ms);
  CHECK(run.now - stopped >= 4 * 250ms);
  CHECK(run.suspected == 1);
  CHECK_THAT(run.last.why, Catch::Contains("4 pings"));
}

TEST_CASE("liveness: evidence is asked for at half of the deadline, once") {
  Run run;
  run.make_ready();
  run.answers = false;
  while (run.suspected == 0) run.wake();
  CHECK(run.liveness.missed() == 2);
  CHECK(run.hung == 0);
  run.wake();
  CHECK(run.suspected == 1);
}

TEST_CASE("liveness: three missed and one answered start the count again") {
  Run run;
  run.make_ready();
  for (int round = 0; round < 50; ++round) {
    run.answers = false;
    for (int i = 0; i < 3; ++i) run.wake();
    run.answers = true;
    run.wake();
  }
  CHECK(run.hung == 0);
}

TEST_CASE("liveness: a late answer to an earlier ping proves life") {
  Run run;
  run.make_ready();
  run.answers = false;
  run.wake();
  const Beat first = run.last;
  for (int i = 0; i < 3; ++i) run.wake();
  CHECK(run.liveness.on_pong("me", first.number, first.nonce, run.now) == PongKind::valid);
  CHECK(run.liveness.missed() == 0);
}

TEST_CASE("liveness: beats to which we ourselves come late do not count") {
  struct Row {
    const char* name;
    Nanos late;
    bool hung;
  };
  const auto row = GENERATE(values<Row>({{"on time", 0ms, true},
                                         {"a little late", 125ms, true},
                                         {"late by more than half of the interval", 126ms, false},
                                         {"suspended for a minute", 60s, false}}));
  CAPTURE(row.name);
  Run run;
  run.make_ready();
  run.answers = false;
  for (int i = 0; i < 20; ++i) run.wake(row.late);
  CHECK((run.hung > 0) == row.hung);
}

TEST_CASE("liveness: before ready the verdict is by progress alone") {
  Run run;
  run.liveness.on_hello(run.now);
  run.answers = false;
  for (std::uint64_t step = 1; step < 20; ++step) {
    run.wake_until(run.now + 9s);
    run.liveness.on_progress("replay", step, run.now);
  }
  CHECK(run.hung == 0);
  const Instant last_progress = run.now;
  while (run.hung == 0) run.wake();
  CHECK(run.now - last_progress >= 10s);
  CHECK(run.now - last_progress <= 10s + 250ms);
  CHECK_THAT(run.last.why, Catch::Contains("no progress"));
}

TEST_CASE("liveness: answers and repeated progress are no progress") {
  Run run;
  run.liveness.on_hello(run.now);
  const Instant begin = run.now;
  while (run.hung == 0 && run.now - begin < 1min) {
    run.wake();
    run.liveness.on_progress("replay", 0, run.now);
    run.liveness.on_progress("replay", 0, run.now);
  }
  CHECK(run.now - begin <= 10s + 500ms);
}

TEST_CASE("liveness: one that never says hello is hung after the start-up time") {
  Run run;
  while (run.hung == 0) run.wake();
  CHECK(run.now - Instant{} >= 10s);
  CHECK_FALSE(run.last.ask);
}

TEST_CASE("liveness: our own lateness is taken off the time without progress") {
  Run run;
  run.liveness.on_hello(run.now);
  run.wake(60s);
  CHECK(run.hung == 0);
  const Instant awake = run.now;
  while (run.hung == 0) run.wake();
  CHECK(run.now - awake >= 9s);
}

TEST_CASE("liveness: repeated, unasked and foreign answers prove nothing") {
  Run run;
  run.make_ready();
  run.wake();
  const Beat asked = run.last;
  CHECK(run.liveness.on_pong("me", asked.number, asked.nonce, run.now) == PongKind::fault);
  CHECK(run.liveness.on_pong("me", asked.number + 1, asked.nonce, run.now) == PongKind::fault);
  run.answers = false;
  run.wake();
  CHECK(run.liveness.on_pong("me", run.last.number, run.last.nonce ^ 1, run.now) == PongKind::fault);
  CHECK(run.liveness.on_pong("you", run.last.number, run.last.nonce, run.now) == PongKind::other_instance);
  run.wake();
  CHECK(run.liveness.missed() == 1);
}

TEST_CASE("liveness: pings that nobody answers are remembered up to a limit") {
  Run run;
  run.make_ready();
  run.answers = false;
  run.wake();
  const Beat oldest = run.last;
  for (std::size_t i = 0; i + 1 < Liveness::kMaxOutstanding; ++i) run.wake();
  SECTION("at the limit the oldest counts") {
    CHECK(run.liveness.on_pong("me", oldest.number, oldest.nonce, run.now) == PongKind::valid);
  }
  SECTION("one past it the oldest is forgotten") {
    run.wake();
    CHECK(run.liveness.on_pong("me", oldest.number, oldest.nonce, run.now) == PongKind::fault);
  }
}

TEST_CASE("liveness: while it is being ended it is asked and not judged") {
  Run run;
  run.make_ready();
  run.liveness.stop_judging();
  run.answers = false;
  for (int i = 0; i < 20; ++i) run.wake();
  CHECK(run.last.ask);
  CHECK(run.hung == 0);
}

}  // namespace s1mple
