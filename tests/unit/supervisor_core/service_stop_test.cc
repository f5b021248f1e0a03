#include "supervisor/core/service_machine.h"

#include <algorithm>

#include "common/contract/version.h"
#include "tests/support/catch.h"
#include "tests/unit/supervisor_core/service_shell.h"

namespace s1mple {

TEST_CASE("service: a stop goes through its phases and ends with the last save") {
  Shell shell;
  shell.start_ready();
  shell.on(event::StopAsked{"SIGTERM", false});
  CHECK(shell.machine.state() == ServiceState::stopping);
  REQUIRE(shell.all<action::SendShutdown>().size() == 1);
  SECTION("it ends in order") {
    shell.exit(0);
    CHECK(shell.all<action::Ended>().size() == 1);
    CHECK(shell.all<action::Report>().empty());
    CHECK(shell.machine.policy().tally(shell.now).clean);
  }
  SECTION("it ignores everything") {
    shell.pass(10s);
    CHECK(shell.signals() == std::vector{action::Signal::term});
    shell.pass(3s);
    CHECK(shell.signals().back() == action::Signal::abort);
    shell.pass(200ms);
    CHECK(shell.signals().back() == action::Signal::kill_group);
    shell.die(9);
    REQUIRE(shell.all<action::Ended>().size() == 1);
    CHECK(shell.all<action::Ended>().front().code == ExitCode::internal);
    CHECK_FALSE(shell.machine.policy().tally(shell.now).clean);
  }
  SECTION("asked a second time it hurries, a third time it kills") {
    shell.on(event::StopAsked{"SIGTERM", false});
    CHECK(shell.signals() == std::vector{action::Signal::term});
    shell.on(event::StopAsked{"SIGTERM", false});
    CHECK(shell.signals().back() == action::Signal::kill_group);
  }
  CHECK(shell.spawns() == 1);
}

TEST_CASE("service: an end that was asked for and is not clean is told, by an alert, a report and the exit code") {
  const auto [exit_code, latched, told] =
      GENERATE(table<int, bool, ExitCode>({{66, true, ExitCode::store_failed},
                                           {70, false, ExitCode::internal},
                                           {1, false, ExitCode::internal}}));
  Shell shell;
  shell.start_ready();
  SECTION("a stop") {
    shell.on(event::StopAsked{"SIGTERM", false});
    shell.exit(exit_code);
    REQUIRE(shell.all<action::Ended>().size() == 1);
    CHECK(shell.all<action::Ended>().front().code == told);
  }
  SECTION("a restart") {
    shell.ask(shell.machine.restart(std::nullopt, shell.now));
    shell.exit(exit_code);
    CHECK(shell.spawns() == 2);
  }
  CHECK(shell.all<action::Report>().size() == 1);
  CHECK(shell.raised(latched ? "store_failed" : "orchestrator_died"));
  CHECK(shell.all<action::LatchHalt>().size() == (latched ? 1 : 0));
  CHECK(shell.machine.policy().after_store_failed() == latched);
}

TEST_CASE("service: a stop without a process ends at once, in every state") {
  SECTION("backing off") {
    Shell shell;
    shell.start();
    shell.die(11);
    shell.on(event::StopAsked{"shutdown", false});
    CHECK(shell.all<action::Ended>().size() == 1);
  }
  SECTION("parked") {
    Shell shell;
    shell.start();
    shell.exit(65);
    shell.on(event::StopAsked{"shutdown", false});
    CHECK(shell.all<action::Ended>().size() == 1);
  }
  SECTION("waiting for the lock") {
    Shell shell;
    shell.lock_free = false;
    shell.start();
    shell.on(event::StopAsked{"shutdown", false});
    CHECK(shell.all<action::Ended>().size() == 1);
    CHECK_FALSE(shell.machine.wake_at());
  }
  SECTION("a hang is being ended: it is not started again") {
    Shell shell;
    shell.start_ready();
    shell.answers_pings = false;
    shell.pass(1250ms);
    shell.on(event::StopAsked{"shutdown", false});
    shell.die(6);
    CHECK(shell.spawns() == 1);
    CHECK(shell.all<action::Ended>().size() == 1);
  }
}

TEST_CASE("service stop: parked with on_park = cancel, cancel-all runs once, and the first stop waits for its end") {
  SupervisorSettings settings;
  settings.restart.on_park = OnPark::cancel;
  Shell shell(settings);
  shell.start();
  shell.exit(65);
  REQUIRE(shell.machine.state() == ServiceState::parked);
  CHECK(shell.all<action::CancelAll>().size() == 1);
  SECTION("it ends well") {
    shell.on(event::CancelAllEnded{true, "2 orders cancelled"});
    CHECK(shell.raised("cancelled_all"));
    CHECK(shell.machine.state() == ServiceState::parked);
  }
  SECTION("it fails") {
    shell.on(event::CancelAllEnded{false, "exit 68"});
    CHECK(shell.raised("cancel_all_failed"));
  }
  SECTION("a stop waits for it") {
    shell.on(event::StopAsked{"SIGTERM", false});
    CHECK(shell.machine.state() == ServiceState::parked);
    shell.on(event::CancelAllEnded{true, ""});
    CHECK(shell.machine.state() == ServiceState::stopped);
  }
  SECTION("a second stop does not") {
    shell.on(event::StopAsked{"SIGTERM", false});
    shell.on(event::StopAsked{"SIGTERM", false});
    CHECK(shell.machine.state() == ServiceState::stopped);
  }
}

TEST_CASE("service stop: by default nothing is cancelled when parked") {
  Shell shell;
  shell.start();
  shell.exit(65);
  CHECK(shell.machine.state() == ServiceState::parked);
  CHECK(shell.all<action::CancelAll>().empty());
}

}  // namespace s1mple
