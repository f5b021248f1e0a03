#include "common/os/loop.h"

#include <thread>
#include <vector>

#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

TEST_CASE("loop: functions posted from another thread run here, in order") {
  Loop loop;
  std::vector<int> seen;
  const auto here = std::this_thread::get_id();
  bool on_this_thread = true;
  std::thread other([&] {
    for (int i = 0; i < 100; ++i)
      loop.post([&, i] {
        on_this_thread &= std::this_thread::get_id() == here;
        seen.push_back(i);
        if (i == 99) loop.stop();
      });
  });
  loop.run();
  other.join();
  REQUIRE(seen.size() == 100);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(on_this_thread);
}

TEST_CASE("loop: what was posted before run is not lost, and run can be called again") {
  Loop loop;
  int runs = 0;
  for (int i = 0; i < 2; ++i) {
    loop.post([&] {
      ++runs;
      loop.stop();
    });
    loop.run();
  }
  CHECK(runs == 2);
}

TEST_CASE("loop: a deferred function runs after the I/O that was ready, before the hook of the pass") {
  Loop loop;
  std::string order;
  loop.at_pass_end([&] { order += 'h'; });
  Timer timer(loop, [&] {
    order += 't';
    loop.defer([&] { order += 'd'; });
    loop.post([&] { order += 'i'; });  // an event that is ready before the pass polls
  });
  timer.start_after(0ns);
  loop.run_once(false);
  CHECK(order == "tidh");
}

TEST_CASE("loop: what a deferred function defers runs one pass later, without waiting for an event") {
  Loop loop;
  std::string order;
  loop.at_pass_end([&] { order += '|'; });
  loop.defer([&] {
    order += 'a';
    loop.defer([&] { order += 'b'; });
  });
  loop.run_once(true);
  loop.run_once(true);
  CHECK(order == "a|b|");
}

TEST_CASE("loop: it does not sleep while it stays awake, and sleeps again after it") {
  Loop loop;
  bool slept = false;
  Timer wake_up(loop, [&] { slept = true; });
  SECTION("awake") {
    wake_up.start_every(60s);
    loop.stay_awake(1h);
    for (int pass = 0; pass < 3; ++pass) loop.run_once(true);
    CHECK_FALSE(slept);
  }
  SECTION("asleep again") {
    loop.stay_awake(1ns);
    loop.run_once(true);
    wake_up.start_every(1ms);
    loop.run_once(true);
    CHECK(slept);
  }
}

TEST_CASE("loop: the longest pass is measured without the time asleep") {
  Loop loop;
  Timer timer(loop, [] {});
  timer.start_after(300ms);
  (void)loop.take_longest_pass();
  loop.run_once(true);
  CHECK(loop.take_longest_pass() < 250ms);
  CHECK(loop.take_longest_pass() == 0ns);
}

TEST_CASE("loop: everything closes and no descriptor stays behind") {
  const auto before = open_descriptors();
  {
    Loop loop;
    Timer timer(loop, [] {});
    timer.start_every(1ms);
    loop.post([] {});
    loop.defer([] {});
  }
  CHECK(open_descriptors() == before);
}
