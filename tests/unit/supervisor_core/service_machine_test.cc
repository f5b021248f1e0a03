#include "supervisor/core/service_machine.h"

#include <algorithm>

#include "common/contract/version.h"
#include "tests/support/catch.h"
#include "tests/unit/supervisor_core/service_shell.h"

namespace s1mple {

TEST_CASE("service: a start goes from the lock over the spawn and go to running") {
  Shell shell;
  shell.on(event::Begin{});
  CHECK(std::holds_alternative<action::CheckLock>(shell.done.front()));
  CHECK(shell.machine.state() == ServiceState::starting);
  CHECK(shell.all<action::SendGo>().empty());
  shell.hello();
  CHECK(shell.all<action::SendGo>().size() == 1);
  shell.on(event::Ready{});
  CHECK(shell.machine.state() == ServiceState::running);
  CHECK(shell.all<action::Spawn>().front().mode == StartMode::normal);
}

TEST_CASE("service: a killed orchestrator is started again at once, in recovery, and reported") {
  Shell shell;
  shell.start_ready();
  shell.pass(11s);
  shell.die(9);
  REQUIRE(shell.spawns() == 2);
  const auto spawn = shell.all<action::Spawn>().back();
  CHECK(spawn.mode == StartMode::recovery);
  CHECK(spawn.cause == StartCause::signal);
  CHECK(spawn.attempt == 1);
  REQUIRE(shell.all<action::Report>().size() == 1);
  CHECK_FALSE(shell.all<action::Report>().front().counted);
}

TEST_CASE("service: a crash loop backs off, goes to safe, then parks, with an alert at each step") {
  Shell shell;
  shell.start();
  int deaths = 0;
  while (shell.machine.state() != ServiceState::parked && deaths < 20) {
    shell.die(11);
    ++deaths;
    while (shell.machine.state() == ServiceState::backing_off) REQUIRE(shell.wake());
  }
  CHECK(deaths == 8);
  CHECK(shell.raised("safe_mode"));
  CHECK(shell.raised("parked"));
  CHECK(shell.all<action::Spawn>()[4].mode == StartMode::recovery);
  CHECK(shell.all<action::Spawn>()[5].mode == StartMode::safe);
  CHECK_FALSE(shell.machine.wake_at());
}

TEST_CASE("service: safe mode is entered when it is durable, or after the disk had its time") {
  SupervisorSettings settings;
  settings.restart.backoff_base = settings.restart.backoff_cap = 1ms;
  Shell shell(settings);
  shell.start();
  shell.answers_saves = false;
  for (int death = 1; death <= 5; ++death) {
    shell.die(11);
    if (death < 5)
      while (shell.machine.state() == ServiceState::backing_off) REQUIRE(shell.wake());
  }
  const auto spawns = shell.spawns();
  SECTION("the disk answers") {
    shell.pass(100ms);
    CHECK(shell.spawns() == spawns);
    shell.on(event::Saved{true});
    CHECK(shell.spawns() == spawns + 1);
    CHECK_FALSE(shell.raised("supervisor_not_saved"));
  }
  SECTION("the disk never answers") {
    shell.pass(ServiceMachine::kSaveWait);
    CHECK(shell.spawns() == spawns + 1);
    CHECK(shell.raised("supervisor_not_saved"));
  }
}

TEST_CASE("service: exit codes lead where the contract says") {
  struct Row {
    int code;
    ServiceState state;
    const char* alert;
  };
  const auto row = GENERATE(values<Row>({{64, ServiceState::parked, "parked"},
                                         {65, ServiceState::parked, "parked"},
                                         {66, ServiceState::starting, "store_failed"},
                                         {67, ServiceState::parked, "parked"},
                                         {68, ServiceState::waiting_for_lock, "orchestrator_died"},
                                         {69, ServiceState::backing_off, "orchestrator_died"},
                                         {70, ServiceState::backing_off, "orchestrator_died"},
                                         {1, ServiceState::backing_off, "orchestrator_died"}}));
  CAPTURE(row.code);
  Shell shell;
  shell.start();
  shell.exit(row.code);
  CHECK(shell.machine.state() == row.state);
  CHECK(shell.raised(row.alert));
  CHECK(shell.all<action::LatchHalt>().size() == (row.code == 66 ? 1 : 0));
}

TEST_CASE("service: a store that fails again and again is tried each minute") {
  Shell shell;
  shell.start();
  shell.exit(66);
  CHECK(shell.spawns() == 2);
  shell.exit(66);
  CHECK(shell.machine.state() == ServiceState::backing_off);
  shell.pass(59s);
  CHECK(shell.spawns() == 2);
  shell.pass(1s);
  CHECK(shell.spawns() == 3);
}

TEST_CASE("service: nothing is spawned while the lock is held, and an alert says so") {
  Shell shell;
  shell.lock_free = false;
  shell.start();
  CHECK(shell.machine.state() == ServiceState::waiting_for_lock);
  shell.pass(1min);
  CHECK(shell.spawns() == 0);
  CHECK(std::count_if(shell.done.begin(), shell.done.end(), [](const auto& a) {
          const auto* raise = std::get_if<action::Raise>(&a);
          return raise != nullptr && raise->code == "lock_held";
        }) == 1);
  shell.lock_free = true;
  shell.pass(200ms);
  CHECK(shell.spawns() == 1);
}

TEST_CASE("service: a hang is ended by what helps against it") {
  struct Row {
    const char* name;
    ProcessCondition condition;
    std::vector<action::Signal> signals;
  };
  const auto row = GENERATE(values<Row>(
      {{"spinning or blocked: a dump, then the end", ProcessCondition::running,
        {action::Signal::abort, action::Signal::kill_group}},
       {"stopped: the end at once", ProcessCondition::stopped, {action::Signal::kill_group}},
       {"traced: spared", ProcessCondition::traced, {}},
       {"gone already: its end is awaited", ProcessCondition::gone, {}}}));
  CAPTURE(row.name);
  Shell shell;
  shell.start_ready();
  shell.pass(10s);
  shell.answers_pings = false;
  shell.condition = row.condition;
  shell.pass(2s);
  CHECK(shell.signals() == row.signals);
  CHECK(shell.raised("traced") == (row.condition == ProcessCondition::traced));
}

TEST_CASE("service: a traced orchestrator is spared for its grace, then ended") {
  Shell shell;
  shell.start_ready();
  shell.answers_pings = false;
  shell.condition = ProcessCondition::traced;
  shell.pass(600s);
  CHECK(shell.signals().empty());
  shell.pass(5s);
  CHECK(shell.signals() == std::vector{action::Signal::kill_group});
}

TEST_CASE("service: after a hang the next start is told so") {
  Shell shell;
  shell.start_ready();
  shell.pass(20s);
  shell.answers_pings = false;
  shell.pass(1250ms);
  shell.die(6);
  REQUIRE(shell.spawns() == 2);
  CHECK(shell.all<action::Spawn>().back().cause == StartCause::hang);
  CHECK(shell.raised("orchestrator_hung"));
  CHECK_THAT(shell.all<action::Report>().back().why, Catch::Contains("no answer to 4 pings"));
}

TEST_CASE("service: one that cannot be killed is never followed by a second") {
  Shell shell;
  shell.start_ready();
  shell.answers_pings = false;
  shell.condition = ProcessCondition::stopped;
  shell.pass(1h);
  CHECK(shell.spawns() == 1);
  CHECK(shell.raised("unkillable"));
  CHECK(shell.machine.state() == ServiceState::waiting_for_lock);
  shell.die(9);
  while (shell.machine.state() == ServiceState::backing_off) REQUIRE(shell.wake());
  CHECK(shell.spawns() == 2);
}

TEST_CASE("service: a closed link is a hang if the end does not follow") {
  Shell shell;
  shell.start_ready();
  shell.pass(20s);
  shell.answers_pings = false;
  shell.pass(600ms);
  shell.on(event::LinkLost{});
  SECTION("the end follows") {
    shell.exit(70);
    CHECK(shell.all<action::Spawn>().back().cause == StartCause::exit);
  }
  SECTION("it does not, and is said to have closed its link, whatever pings were missed before") {
    shell.pass(1s);
    CHECK_FALSE(shell.signals().empty());
    CHECK(shell.machine.state() == ServiceState::stopping);
    CHECK_THAT(shell.machine.reason(), Catch::Contains("closed its link"));
  }
  SECTION("it is traced: spared for its grace, and then ended all the same") {
    shell.condition = ProcessCondition::traced;
    shell.pass(600s);
    CHECK(shell.signals().empty());
    shell.pass(5s);
    CHECK(shell.signals() == std::vector{action::Signal::kill_group});
  }
}

TEST_CASE("service: a link version that does not fit ends the start and parks") {
  Shell shell;
  shell.on(event::Begin{});
  shell.on(event::Hello{kLinkVersion + 1, "9.0"});
  CHECK(shell.all<action::SendGo>().empty());
  CHECK(shell.signals().front() == action::Signal::term);
  shell.die(15);
  CHECK(shell.machine.state() == ServiceState::parked);
  CHECK_THAT(shell.machine.reason(), Catch::Contains("does not fit"));
}

TEST_CASE("service: a program that cannot be started is a counted death") {
  Shell shell;
  shell.on(event::Begin{});
  shell.on(event::SpawnFailed{"exec '/x': No such file or directory"});
  CHECK(shell.machine.state() == ServiceState::backing_off);
  CHECK(shell.machine.policy().counted(shell.now) == 1);
  CHECK_THAT(shell.all<action::Report>().front().why, Catch::Contains("No such file"));
}

TEST_CASE("service: what operators ask while parked is refused with the command that helps") {
  Shell shell;
  shell.start();
  shell.exit(65);
  const auto refused = shell.machine.restart(std::nullopt, shell.now);
  REQUIRE(std::holds_alternative<Refusal>(refused));
  CHECK(std::get<Refusal>(refused).help == "s1mple clear");
  CHECK_THAT(std::get<Refusal>(refused).reason, Catch::Contains("exit 65"));
}

TEST_CASE("service: clear leads from parked over safe to recovery") {
  Shell shell;
  shell.start();
  CHECK(std::holds_alternative<Refusal>(shell.machine.clear(shell.now)));
  shell.exit(65);
  shell.perform(std::get<ServiceActions>(shell.machine.clear(shell.now)));
  CHECK(shell.all<action::Spawn>().back().mode == StartMode::safe);
  shell.hello();
  shell.on(event::Ready{});
  CHECK(shell.machine.state() == ServiceState::safe_mode);
  CHECK(std::holds_alternative<Refusal>(shell.machine.restart(StartMode::recovery, shell.now)));
  shell.perform(std::get<ServiceActions>(shell.machine.clear(shell.now)));
  CHECK(shell.machine.state() == ServiceState::stopping);
  shell.exit(0);
  CHECK(shell.all<action::Spawn>().back().mode == StartMode::recovery);
}

TEST_CASE("service: a restart that an operator asked for counts nothing") {
  Shell shell;
  shell.start_ready();
  for (int i = 0; i < 20; ++i) {
    shell.perform(std::get<ServiceActions>(shell.machine.restart(std::nullopt, shell.now)));
    shell.exit(0);
    shell.hello();
    shell.on(event::Ready{});
  }
  CHECK(shell.spawns() == 21);
  CHECK(shell.machine.policy().counted(shell.now) == 0);
  CHECK(shell.all<action::Spawn>().back().cause == StartCause::restart);
  CHECK(shell.all<action::Report>().empty());
}

TEST_CASE("service: what is saved for a restart of the supervisor keeps it parked") {
  Shell before;
  before.start();
  before.exit(67);
  Shell after;
  after.machine.restore(before.machine.policy().tally(before.now), 1s, after.now);
  after.start();
  CHECK(after.machine.state() == ServiceState::parked);
  CHECK(after.spawns() == 0);
}

TEST_CASE("service: over random histories there is never a second process, and it can always be stopped") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    Shell shell;
    Random dice(seed);
    const bool adopts = dice.chance(1, 2);
    adopts ? shell.on(event::Adopted{dice.chance(1, 2)}) : shell.on(event::Begin{});
    std::size_t ended = 0;
    for (int step = 0; step < 200; ++step) {
      shell.lock_free = dice.chance(4, 5);
      shell.answers_pings = dice.chance(4, 5);
      shell.keeps = dice.chance(1, 2);
      shell.condition = static_cast<ProcessCondition>(dice.below(4));
      const bool alive = shell.machine.has_process();
      switch (dice.below(10)) {
        case 0: if (alive) ++ended, shell.die(9); break;
        case 1: if (alive) ++ended, shell.exit(static_cast<int>(dice.below(8)) + 64); break;
        case 2: shell.hello(); break;
        case 3: shell.on(event::Ready{}); break;
        case 4: shell.on(event::LinkLost{}); break;
        case 5: shell.ask(shell.machine.restart(std::nullopt, shell.now)); break;
        case 6: shell.ask(shell.machine.clear(shell.now)); break;
        case 7: shell.on(event::Kept{dice.chance(1, 2)}); break;
        default: shell.pass(Nanos(static_cast<std::int64_t>(dice.below(2'000'000'000)))); break;
      }
      REQUIRE(shell.spawns() + (adopts ? 1 : 0) - ended <= 1);
    }
    shell.on(event::StopAsked{"end", false});
    for (int i = 0; i < 10 && shell.machine.has_process(); ++i) {
      shell.pass(20s);
      if (shell.machine.has_process()) shell.die(9);
    }
    CHECK(shell.all<action::Ended>().size() == 1);
    CHECK(shell.machine.state() == ServiceState::stopped);
  }
}

}  // namespace s1mple
