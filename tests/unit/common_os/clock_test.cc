#include "common/os/clock.h"

#include "common/os/entropy.h"
#include "tests/support/catch.h"

using namespace s1mple;

namespace {
class ManualClock : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return instant; }
  [[nodiscard]] WallTime wall() const override { return wall_time; }
  Instant instant{1s};
  WallTime wall_time{1000s};
};
}  // namespace

TEST_CASE("clock: the system's monotonic time does not run backwards, its wall time is of this century") {
  const SystemClock clock;
  const Instant before = clock.now();
  CHECK(clock.now() >= before);
  CHECK(to_unix_nanos(clock.wall()) > 1'700'000'000'000'000'000);
}

TEST_CASE("clock: steady wall time follows the machine's clock forwards and never back") {
  struct Row {
    const char* name;
    Nanos monotonic, machine, steady;  // advance since the row before; result since the start
  };
  ManualClock source;
  const SteadyWallClock clock(source);
  const WallTime start = clock.wall();
  for (const auto& row :
       {Row{"both advance", 2s, 2s, 2s}, Row{"set back by an hour", 1s, -3600s, 3s},
        Row{"goes on from where it was", 1s, 1s, 4s}, Row{"set forward by two hours", 1s, 7200s, 3603s},
        Row{"goes on from there", 1s, 1s, 3604s}, Row{"back a little", 0s, -1ms, 3604s},
        Row{"slept: only wall time passed", 0s, 100s, 3704s - 1ms}}) {
    source.instant += row.monotonic;
    source.wall_time += row.machine;
    CAPTURE(row.name);
    CHECK((clock.wall() - start).count() == Nanos(row.steady).count());
  }
}

TEST_CASE("entropy: two draws differ") { CHECK(entropy() != entropy()); }
