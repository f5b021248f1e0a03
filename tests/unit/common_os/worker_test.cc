#include "common/os/worker.h"

#include <future>
#include <thread>
#include <vector>

#include "tests/unit/common_os/os_fixture.h"

using namespace s1mple;

TEST_CASE("worker: work runs elsewhere in order, its report here in order, in haste or not") {
  const auto haste = GENERATE(Worker::Haste::none, Worker::Haste::hasty);
  Loop loop;
  Worker worker(loop, haste);
  const auto here = std::this_thread::get_id();
  std::vector<int> worked, done;
  bool elsewhere = true, reported_here = true;
  for (int i = 0; i < 100; ++i)
    REQUIRE(worker.submit(
        [&, i] {
          elsewhere &= std::this_thread::get_id() != here;
          worked.push_back(i);
        },
        [&, i] {
          reported_here &= std::this_thread::get_id() == here;
          done.push_back(i);
        }));
  CHECK(worker.pending() == 100);
  run_until(loop, [&] { return worker.pending() == 0; });
  CHECK(worked == done);
  CHECK(done.size() == 100);
  CHECK(std::is_sorted(done.begin(), done.end()));
  CHECK(elsewhere);
  CHECK(reported_here);
}

TEST_CASE("worker: refuses one past its limit") {
  Loop loop;
  Worker worker(loop);
  std::promise<void> started, release;
  REQUIRE(worker.submit([&] { started.set_value(), release.get_future().wait(); }, [] {}));
  started.get_future().wait();
  for (std::size_t i = 0; i < Worker::kMaxQueued; ++i) REQUIRE(worker.submit([] {}, [] {}));
  CHECK_FALSE(worker.submit([] {}, [] {}));
  release.set_value();
  run_until(loop, [&] { return worker.pending() == 0; });
}

TEST_CASE("worker: a hasty one that has gone to sleep is woken") {
  Loop loop;
  Worker worker(loop, Worker::Haste::hasty);
  int done = 0;
  for (int piece = 1; piece <= 3; ++piece) {
    Timer pause(loop, [] {});
    pause.start_after(2 * std::chrono::ceil<std::chrono::milliseconds>(Worker::kLinger));
    loop.run_once(true);
    REQUIRE(worker.submit([] {}, [&] { ++done; }));
    run_until(loop, [&] { return done == piece; });
  }
}

TEST_CASE("worker: at its destruction what waits is dropped, the piece at hand ends, nothing is reported") {
  const auto haste = GENERATE(Worker::Haste::none, Worker::Haste::hasty);
  Loop loop;
  int worked = 0, done = 0;
  {
    Worker worker(loop, haste);
    std::promise<void> started;
    auto dropped = std::make_shared<std::promise<void>>();
    const auto gone = std::shared_future(dropped->get_future());
    REQUIRE(worker.submit([&, gone] { started.set_value(), gone.wait(), ++worked; }, [&] { ++done; }));
    started.get_future().wait();
    // Dropping the piece that waits breaks its promise, which lets the piece at hand end.
    REQUIRE(worker.submit([&, dropped] { ++worked; }, [&] { ++done; }));
    dropped.reset();
  }
  settle(loop);
  CHECK(worked == 1);
  CHECK(done == 0);
}
