#include <algorithm>

#include "common/contract/version.h"
#include "supervisor/core/service_machine.h"
#include "tests/support/catch.h"
#include "tests/unit/supervisor_core/service_shell.h"

namespace s1mple {

namespace {

void adopt_ready(Shell& shell, bool stable, StartMode mode = StartMode::normal) {
  shell.on(event::Adopted{stable});
  shell.on(event::Hello{kLinkVersion, "0.1.0", mode});
  shell.on(event::Ready{});
}

}  // namespace

TEST_CASE("go: it leaves once hello fits and the descriptors are kept, in whichever order") {
  struct Row {
    const char* name;
    std::vector<ServiceEvent> events;
    std::size_t goes;
  };
  const ServiceEvent hello = event::Hello{kLinkVersion, "0.1.0"};
  const auto row = GENERATE_COPY(values<Row>({{"nothing yet", {}, 0},
                                              {"hello alone", {hello}, 0},
                                              {"kept alone", {event::Kept{true}}, 0},
                                              {"hello, kept", {hello, event::Kept{true}}, 1},
                                              {"kept, hello", {event::Kept{true}, hello}, 1},
                                              {"refused, hello", {event::Kept{false}, hello}, 1},
                                              {"kept twice", {hello, event::Kept{true}, event::Kept{true}}, 1}}));
  CAPTURE(row.name);
  Shell shell;
  shell.keeps = true;
  shell.on(event::Begin{});
  for (const auto& event : row.events) shell.on(event);
  CHECK(shell.all<action::SendGo>().size() == row.goes);
}

TEST_CASE("go: a store that never answers delays it for a while only, with an alert and without a hang") {
  SupervisorSettings settings;
  settings.liveness.startup_progress_timeout = GENERATE(1s, 10s, 60s);
  Shell shell(settings);
  shell.keeps = true;
  shell.start();
  const Nanos longest = std::min<Nanos>(ServiceMachine::kKeepWait, settings.liveness.startup_progress_timeout / 2);
  shell.pass(longest - 1ms);
  CHECK(shell.all<action::SendGo>().empty());
  shell.pass(1ms);
  CHECK(shell.all<action::SendGo>().size() == 1);
  CHECK(shell.raised("not_kept"));
  CHECK(shell.machine.state() == ServiceState::starting);
}

TEST_CASE("adoption: what runs is ours from the first moment, and nothing is started beside it") {
  Shell shell;
  shell.on(event::Adopted{true});
  CHECK(shell.machine.state() == ServiceState::starting);
  CHECK(shell.machine.has_process());
  shell.on(event::Hello{kLinkVersion, "0.1.0", StartMode::safe});
  CHECK(shell.all<action::SendGo>().size() == 1);  // the one before may never have been read
  shell.on(event::Ready{});
  CHECK(shell.machine.state() == ServiceState::safe_mode);
  CHECK(shell.machine.mode() == StartMode::safe);
  shell.pass(10min);
  CHECK(shell.spawns() == 0);
}

TEST_CASE("adoption: the death of a run that was stable before counts nothing, that of another counts") {
  const bool stable = GENERATE(false, true);
  const bool says_hello = GENERATE(false, true);
  CAPTURE(stable, says_hello);
  Shell shell;
  shell.on(event::Adopted{stable});
  CHECK(shell.machine.policy().tally(shell.now).reserved != stable);
  if (says_hello) shell.hello();
  shell.on(event::Exited{ExitStatus{}});  // nobody could wait for it
  const auto reports = shell.all<action::Report>();
  REQUIRE(reports.size() == 1);
  CHECK(reports.front().counted != stable);
  CHECK(reports.front().death.cause == StartCause::unknown);
  if (stable) CHECK(shell.all<action::Spawn>().back().mode == StartMode::recovery);
}

TEST_CASE("adoption: a run that does not answer is hung, before and after its hello") {
  const bool ready = GENERATE(false, true);
  Shell shell;
  shell.answers_pings = false;
  if (ready) adopt_ready(shell, true);
  else shell.on(event::Adopted{true});
  shell.pass(11s);
  CHECK_FALSE(shell.signals().empty());
  shell.on(event::Exited{ExitStatus{}});
  CHECK(shell.raised("orchestrator_hung"));
  CHECK(shell.spawns() == 1);
}

TEST_CASE("adoption: one that speaks another link version is ended in order and started anew") {
  Shell shell;
  shell.on(event::Adopted{true});
  shell.on(event::Hello{kLinkVersion - 1, "0.0.9"});
  CHECK(shell.all<action::SendShutdown>().size() == 1);
  CHECK(shell.signals().empty());
  shell.exit(0);
  CHECK(shell.spawns() == 1);
  CHECK(shell.machine.policy().counted(shell.now) == 0);
}

TEST_CASE("adoption: one that lives although the ladder says parked is ended in order, and stays parked") {
  Shell before;
  before.start();
  before.exit(65);
  Shell shell;
  shell.machine.restore(before.machine.policy().tally(before.now), 1s, shell.now);
  shell.on(event::Adopted{true});
  CHECK(shell.all<action::SendShutdown>().size() == 1);
  shell.exit(0);
  CHECK(shell.machine.state() == ServiceState::parked);
  CHECK(shell.spawns() == 0);
}

TEST_CASE("adoption: a stop asks it to end like any other") {
  Shell shell;
  adopt_ready(shell, true);
  shell.on(event::StopAsked{"SIGTERM", false});
  CHECK(shell.all<action::SendShutdown>().size() == 1);
  shell.on(event::Bye{0, "asked", false});
  CHECK(shell.machine.bye_code() == 0);
  shell.exit(0);
  CHECK(shell.machine.state() == ServiceState::stopped);
  CHECK(shell.machine.policy().tally(shell.now).clean);
}

}  // namespace s1mple
