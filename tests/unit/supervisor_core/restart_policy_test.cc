#include "supervisor/core/restart_policy.h"

#include <algorithm>

#include "tests/support/catch.h"

namespace s1mple {

namespace {

Death exit_with(int code) {
  Death death;
  death.status.code = code;
  death.cause = StartCause::exit;
  return death;
}
Death killed() {
  Death death;
  death.status.signal = 9;
  death.cause = StartCause::signal;
  return death;
}
Death ready_for(Death death, Nanos span, bool progressed) {
  death.was_ready = true;
  death.ready_for = span;
  death.progressed = progressed;
  return death;
}

struct RestartWorld {
  RestartSettings settings;
  Random random{1};
  RestartPolicy policy{settings, random};
  Instant now{1000s};

  Verdict run_and_die(const Death& death) {
    policy.on_start(now);
    if (death.was_ready) {
      policy.on_ready(now);
      now += death.ready_for;
    }
    return policy.on_death(death, now);
  }
};

bool starts_at(const Verdict& verdict, Instant at) {
  const auto* start = std::get_if<StartAt>(&verdict.next);
  return start != nullptr && start->at == at;
}

}  // namespace

TEST_CASE("restart policy: which deaths count") {
  struct Row {
    const char* name;
    Death death;
    bool counted;
  };
  const auto row = GENERATE(values<Row>(
      {{"killed before ready", killed(), true},
       {"exit 70 before ready", exit_with(70), true},
       {"exit 0 that nobody asked for, before ready", exit_with(0), true},
       {"an end that is not known, before ready", Death{}, true},
       {"killed within 10 s of ready, without progress", ready_for(killed(), 9999ms, false), true},
       {"killed within 10 s of ready, with progress", ready_for(killed(), 1ms, true), false},
       {"killed 10 s after ready, without progress", ready_for(killed(), 10s, false), false},
       {"store failed before ready", exit_with(66), false},
       {"lock held", exit_with(68), false},
       {"bad configuration", exit_with(64), false},
       {"state damaged", exit_with(65), false},
       {"credentials refused", exit_with(67), false}}));
  CAPTURE(row.name);
  RestartWorld world;
  CHECK(world.run_and_die(row.death).counted == row.counted);
}

TEST_CASE("restart policy: a death that does not count is followed at once, in recovery") {
  RestartWorld world;
  CHECK(world.policy.mode() == StartMode::normal);
  const auto verdict = world.run_and_die(ready_for(killed(), 1h, true));
  CHECK(starts_at(verdict, world.now));
  CHECK(world.policy.mode() == StartMode::recovery);
}

TEST_CASE("restart policy: codes that only a person can change park at once") {
  for (const int code : {64, 65, 67}) {
    RestartWorld world;
    const auto verdict = world.run_and_die(exit_with(code));
    CHECK(std::holds_alternative<Park>(verdict.next));
    CHECK(verdict.entered);
    CHECK(world.policy.step() == LadderStep::parked);
    CHECK_THAT(world.policy.parked_reason(), Catch::Contains(std::to_string(code)));
  }
}

TEST_CASE("restart policy: a held lock is waited for") {
  RestartWorld world;
  CHECK(std::holds_alternative<WaitForLock>(world.run_and_die(exit_with(68)).next));
}

TEST_CASE("restart policy: a failed store is tried once at once, then each minute, and never leads up the ladder") {
  RestartWorld world;
  CHECK(starts_at(world.run_and_die(exit_with(66)), world.now));
  CHECK(world.policy.after_store_failed());
  for (int i = 0; i < 20; ++i) {
    const Instant started = world.now;
    world.policy.on_start(started);
    world.now += 5s;
    CHECK(starts_at(world.policy.on_death(exit_with(66), world.now), started + 60s));
    world.now = started + 60s;
  }
  CHECK(world.policy.step() == LadderStep::recovery);
  CHECK(world.policy.counted(world.now) == 0);
}

TEST_CASE("restart policy: five counted deaths in the window lead to safe, three more to parked") {
  RestartWorld world;
  for (int death = 1; death <= 4; ++death) {
    CHECK_FALSE(world.run_and_die(killed()).entered);
    CHECK(world.policy.mode() == StartMode::recovery);
  }
  CHECK(world.run_and_die(killed()).entered);
  CHECK(world.policy.mode() == StartMode::safe);
  CHECK_FALSE(world.run_and_die(killed()).entered);
  CHECK_FALSE(world.run_and_die(killed()).entered);
  const auto last = world.run_and_die(killed());
  CHECK(last.entered);
  CHECK(std::holds_alternative<Park>(last.next));
}

TEST_CASE("restart policy: deaths further apart than the window never lead to safe") {
  RestartWorld world;
  for (int i = 0; i < 100; ++i) {
    CHECK_FALSE(world.run_and_die(killed()).entered);
    world.now += 151s;  // at most four within 600 s
  }
  CHECK(world.policy.mode() == StartMode::recovery);
}

TEST_CASE("restart policy: one death is forgotten for each span of being ready") {
  RestartWorld world;
  for (int i = 0; i < 4; ++i) (void)world.run_and_die(killed());
  CHECK(world.policy.counted(world.now) == 4);
  (void)world.run_and_die(ready_for(killed(), 240s, true));
  CHECK(world.policy.counted(world.now) == 2);
  (void)world.run_and_die(ready_for(killed(), 119s, true));
  CHECK(world.policy.counted(world.now) == 2);
}

TEST_CASE("restart policy: the wait is drawn between zero and a bound that doubles up to the cap") {
  RestartWorld world;
  world.settings.safe_after = 100;
  RestartPolicy policy(world.settings, world.random);
  Nanos bound = 100ms;
  Nanos longest{};
  for (int i = 0; i < 40; ++i) {
    policy.on_start(world.now);
    const auto verdict = policy.on_death(killed(), world.now);
    const Nanos wait = std::get<StartAt>(verdict.next).at - world.now;
    CHECK(wait >= 0ns);
    CHECK(wait <= bound);
    longest = std::max(longest, wait);
    bound = std::min<Nanos>(bound * 2, 30s);
  }
  CHECK(longest > 10s);
}

TEST_CASE("restart policy: what an operator asked for counts nothing") {
  RestartWorld world;
  for (int i = 0; i < 50; ++i) {
    world.policy.on_start(world.now);
    world.policy.on_asked_end(exit_with(0).status, world.now);
  }
  CHECK(world.policy.counted(world.now) == 0);
  CHECK(world.policy.mode() == StartMode::recovery);
}

TEST_CASE("restart policy: clear goes one step up the ladder and forgets the deaths") {
  RestartWorld world;
  CHECK_FALSE(world.policy.clear());
  (void)world.run_and_die(exit_with(65));
  CHECK(world.policy.clear());
  CHECK(world.policy.step() == LadderStep::safe);
  CHECK(world.policy.clear());
  CHECK(world.policy.step() == LadderStep::recovery);
  CHECK_FALSE(world.policy.clear());
  CHECK(world.policy.counted(world.now) == 0);
}

TEST_CASE("restart policy: the tally survives, with a death reserved for a run that was not stable") {
  RestartWorld world;
  for (int i = 0; i < 4; ++i) (void)world.run_and_die(killed());
  world.policy.on_start(world.now);
  const auto tally = world.policy.tally(world.now);
  CHECK(tally.reserved);
  CHECK(tally.death_ages.size() == 4);

  RestartPolicy again(world.settings, world.random);
  again.restore(tally, 10s, world.now + 10s);
  CHECK(again.counted(world.now + 10s) == 5);
  CHECK(again.mode() == StartMode::recovery);

  world.policy.on_stable();
  RestartPolicy stable(world.settings, world.random);
  stable.restore(world.policy.tally(world.now), 10s, world.now + 10s);
  CHECK(stable.counted(world.now + 10s) == 4);
}

TEST_CASE("restart policy: only a clean end is followed by a normal start") {
  struct Row {
    LadderStep step;
    bool clean;
    LadderStep want;
  };
  const auto row = GENERATE(values<Row>({{LadderStep::normal, true, LadderStep::normal},
                                         {LadderStep::normal, false, LadderStep::recovery},
                                         {LadderStep::recovery, true, LadderStep::normal},
                                         {LadderStep::recovery, false, LadderStep::recovery},
                                         {LadderStep::safe, true, LadderStep::safe},
                                         {LadderStep::parked, true, LadderStep::parked}}));
  RestartWorld world;
  RestartTally tally;
  tally.step = row.step;
  tally.clean = row.clean;
  world.policy.restore(tally, 0s, world.now);
  CHECK(world.policy.step() == row.want);
}

TEST_CASE("restart policy: over random histories it never parks early and never waits longer than the cap") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    RestartWorld world;
    world.random = Random(seed);
    int counted = 0;
    for (int i = 0; i < 60 && world.policy.step() != LadderStep::parked; ++i) {
      const bool dies_early = world.random.chance(1, 3);
      const Death death = dies_early ? killed() : ready_for(killed(), 1s * world.random.between(0, 300), world.random.chance(1, 2));
      const auto verdict = world.run_and_die(death);
      counted += verdict.counted ? 1 : 0;
      if (const auto* start = std::get_if<StartAt>(&verdict.next)) {
        CHECK(start->at - world.now <= 30s);
        if (!verdict.counted) CHECK(start->at == world.now);
        world.now = start->at;
      }
      if (world.policy.step() == LadderStep::parked) CHECK(counted >= 8);
      CHECK(world.policy.counted(world.now) <= RestartPolicy::kMaxDeaths);
    }
  }
}

namespace {

// What must hold, kept apart from how the policy does it: plain lists over the whole history.
struct RestartOracle {
  std::vector<Instant> counted;      // since the last clear
  std::size_t counted_in_safe = 0;

  std::size_t within(Instant now, Nanos window) const {
    return static_cast<std::size_t>(std::count_if(counted.begin(), counted.end(), [&](Instant at) { return now - at <= window; }));
  }
};

Death random_death(Random& random) {
  const Death death = random.chance(1, 12) ? exit_with(66) : random.chance(1, 12) ? exit_with(68) : killed();
  if (random.chance(1, 2)) return death;
  return ready_for(death, 1s * random.between(0, 200), random.chance(1, 2));
}

void check_next(const RestartWorld& world, const Death& death, const Verdict& verdict, Instant store_started,
                int store_failures) {
  const auto* start = std::get_if<StartAt>(&verdict.next);
  if (death.status.code == 66) {
    REQUIRE(start != nullptr);
    if (store_failures > 1) CHECK(start->at >= store_started + world.settings.store_retry);
  } else if (start != nullptr) {
    const Nanos wait = start->at - world.now;
    CHECK(wait >= 0ns);
    CHECK(wait <= world.settings.backoff_cap);
    if (!verdict.counted) CHECK(wait == 0ns);
  }
}

}  // namespace

TEST_CASE("restart policy: over random histories nothing is faster than the policy, and nothing gives up before the budget") {
  std::size_t safes = 0, parks = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    RestartWorld world;
    world.random = Random(seed);
    Random dice(seed + 1000);
    RestartOracle oracle;
    int store_failures = 0;
    for (int i = 0; i < 100; ++i) {
      const LadderStep before = world.policy.step();
      const Death death = random_death(dice);
      const Instant started = world.now;
      const auto verdict = world.run_and_die(death);
      store_failures = death.status.code == 66 ? store_failures + 1 : 0;
      if (death.ready_for >= world.settings.forget_after) store_failures = death.status.code == 66 ? 1 : 0;
      if (verdict.counted) oracle.counted.push_back(world.now);
      if (verdict.counted && before == LadderStep::safe) ++oracle.counted_in_safe;
      check_next(world, death, verdict, started, store_failures);
      // Counted deaths that are remembered are never more than those that happened within the window.
      CHECK(world.policy.counted(world.now) <= oracle.within(world.now, world.settings.window));
      if (verdict.entered && world.policy.step() == LadderStep::safe) {
        ++safes;
        CHECK(oracle.within(world.now, world.settings.window) >= static_cast<std::size_t>(world.settings.safe_after));
      }
      if (world.policy.step() == LadderStep::parked) {
        ++parks;
        CHECK(oracle.counted_in_safe >= static_cast<std::size_t>(world.settings.parked_after));
        CHECK(world.policy.clear());
        oracle = {};
        store_failures = 0;
      }
      if (world.policy.step() == LadderStep::safe && dice.chance(1, 10)) {
        CHECK(world.policy.clear());
        oracle = {};
        store_failures = 0;
      }
      if (const auto* start = std::get_if<StartAt>(&verdict.next)) world.now = std::max(world.now, start->at);
    }
  }
  CHECK(safes > 100);
  CHECK(parks > 10);
}

TEST_CASE("restart policy: after long enough a run, whatever came before, everything is forgotten") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    RestartWorld world;
    Random dice(seed);
    for (int i = 0; i < 30 && world.policy.step() != LadderStep::parked; ++i) (void)world.run_and_die(random_death(dice));
    if (world.policy.step() == LadderStep::parked) continue;
    const bool safe = world.policy.step() == LadderStep::safe;
    (void)world.run_and_die(ready_for(killed(), 10 * world.settings.forget_after, true));
    CHECK(world.policy.counted(world.now) == 0);
    // Safe mode is left by a person alone, but its own deaths are forgotten: the budget is whole again.
    CHECK((world.policy.step() == LadderStep::safe) == safe);
    const std::int64_t budget = safe ? world.settings.parked_after : world.settings.safe_after;
    for (std::int64_t n = 1; n < budget; ++n) CHECK_FALSE(world.run_and_die(killed()).entered);
    CHECK(world.run_and_die(killed()).entered);
  }
}

TEST_CASE("restart policy: each rung of the ladder with the defaults") {
  struct Row {
    int deaths;
    LadderStep step;
  };
  const auto row = GENERATE(values<Row>({{0, LadderStep::normal}, {1, LadderStep::recovery}, {4, LadderStep::recovery},
                                         {5, LadderStep::safe}, {7, LadderStep::safe}, {8, LadderStep::parked}}));
  RestartWorld world;
  for (int i = 0; i < row.deaths; ++i) (void)world.run_and_die(killed());
  CHECK(world.policy.step() == row.step);
}

}  // namespace s1mple
