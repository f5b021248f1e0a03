#include "common/os/timer.h"

#include <optional>

#include "common/os/clock.h"
#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

TEST_CASE("timer: fires once and never early") {
  Loop loop;
  const SystemClock clock;
  for (const Nanos delay : {Nanos(0ns), Nanos(1ns), Nanos(300us), Nanos(1ms), Nanos(2500us)}) {
    int fired = 0;
    Instant at{};
    Timer timer(loop, [&] {
      ++fired;
      at = clock.now();
    });
    const Instant when = clock.now() + delay;
    timer.start_at(when);
    CHECK(timer.active());
    run_until(loop, [&] { return fired > 0; });
    CHECK(at >= when);
    CHECK_FALSE(timer.active());
    settle(loop);
    CHECK(fired == 1);
  }
}

TEST_CASE("timer: a time long gone fires in the next pass") {
  Loop loop;
  bool fired = false;
  Timer timer(loop, [&] { fired = true; });
  timer.start_at(Instant(1s));
  loop.run_once(false);
  CHECK(fired);
}

TEST_CASE("timer: setting it again replaces, cancelling silences") {
  Loop loop;
  int fired = 0;
  Timer timer(loop, [&] { ++fired; });
  timer.start_after(0ns);
  timer.start_after(1h);
  settle(loop);
  CHECK(fired == 0);
  timer.start_after(0ns);
  timer.cancel();
  settle(loop);
  CHECK(fired == 0);
  CHECK_FALSE(timer.active());
}

TEST_CASE("timer: a periodic one goes on until it is cancelled from its own callback") {
  Loop loop;
  int fired = 0;
  std::optional<Timer> timer;
  timer.emplace(loop, [&] {
    if (++fired == 3) timer->cancel();
  });
  timer->start_every(1ms);
  run_until(loop, [&] { return fired == 3; });
  settle(loop);
  CHECK(fired == 3);
}

TEST_CASE("timer: may be destroyed by its own callback") {
  Loop loop;
  const auto token = std::make_shared<int>(7);
  int seen = 0;
  auto timer = std::unique_ptr<Timer>();
  timer = std::make_unique<Timer>(loop, [&, token] {
    timer.reset();
    seen = *token;  // what the callback captured lives as long as it runs
  });
  timer->start_after(0ns);
  run_until(loop, [&] { return seen != 0; });
  settle(loop);
  CHECK(token.use_count() == 1);
}
