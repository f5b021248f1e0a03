#include "supervisor/core/reload.h"

#include "supervisor/core/alert_outbox.h"
#include "tests/support/catch.h"
#include "tests/unit/supervisor_core/service_shell.h"

namespace s1mple {

namespace {

using Names = std::vector<std::string>;

ReadSettings read(std::string_view text) {
  auto settings = read_settings(text, "f");
  if (!settings) FAIL(settings.error().story);
  return std::move(settings).value();
}

ReloadPlan plan(std::string_view before, std::string_view after) {
  const ReadSettings now = read(before);
  const ReadSettings next = read(after);
  return plan_reload(now.settings, next.settings, started_with(now), started_with(next));
}

link::Alert critical(const std::string& id) {
  return {id, AlertLevel::critical, "drill", "Drill " + id, "2026-11-22T15:44:00.000000Z", ""};
}

}  // namespace

TEST_CASE("reload: what may change while everything runs is taken, and the rest is named with what it waits for") {
  struct Row {
    const char* before;
    const char* after;
    Names taken;
    Names of_orchestrator;
    Names of_supervisor;
  };
  const auto row = GENERATE(values<Row>(
      {{"", "", {}, {}, {}},
       {"", "# a comment\n[supervisor.liveness]\nlost_pings = 4\n", {}, {}, {}},
       {"", "[supervisor.liveness]\nlost_pings = 9\n", {"supervisor.liveness.lost_pings"}, {}, {}},
       {"[supervisor.liveness]\nlost_pings = 9\n", "", {"supervisor.liveness.lost_pings"}, {}, {}},
       {"", "[supervisor.restart]\nbackoff_cap = \"40s\"\non_park = \"cancel\"\n",
        {"supervisor.restart.backoff_cap", "supervisor.restart.on_park"}, {}, {}},
       {"", "[supervisor.shutdown]\ngrace = \"20s\"\n", {"supervisor.shutdown.grace"}, {}, {}},
       {"", "[alerts]\ncommand = [\"/bin/true\", \"x\"]\nrate_limit = 3\n", {"alerts.command", "alerts.rate_limit"}, {}, {}},
       {"", "[supervisor.liveness]\nlink_grace = \"20s\"\n", {}, {"supervisor.liveness.link_grace"}, {}},
       {"", "[supervisor]\nhome = \"/h\"\ngroup = \"g\"\norchestrator = \"/o\"\n", {}, {},
        {"supervisor.home", "supervisor.group", "supervisor.orchestrator"}},
       {"", "[risk]\nmax_messages = 7\n", {}, {"risk"}, {}},
       {"[risk]\nmax_messages = 7\n", "", {}, {"risk"}, {}},
       {"[risk]\nmax_messages = 7\n", "[risk]  # the same\nmax_messages = 7\n", {}, {}, {}},
       {"[risk]\na = 1\nb = \"2\"\n", "[risk]\nb = \"2\"\na = 1\n", {}, {}, {}},
       {"[[strategy]]\nname = \"a\"\n[[strategy]]\nname = \"b\"\n", "[[strategy]]\nname = \"b\"\n[[strategy]]\nname = \"a\"\n",
        {}, {"strategy"}, {}},
       {"[paper]\nbalances = { EUR = \"1\" }\n", "[paper]\nbalances = { EUR = \"1\", BTC = \"1\" }\n", {}, {"paper"}, {}},
       {"[store]\nx = 1\n", "[store]\nx = \"1\"\n", {}, {"store"}, {}},
       {"[store]\nx = 1.5\n", "[store]\nx = 2.5\n", {}, {"store"}, {}},
       {"[store]\nx = true\n", "[store]\nx = false\n[alerts]\ntimeout = \"5s\"\n", {"alerts.timeout"}, {"store"}, {}}}));
  CAPTURE(row.before, row.after);
  const ReloadPlan found = plan(row.before, row.after);
  CHECK(found.taken == row.taken);
  CHECK(found.of_orchestrator == row.of_orchestrator);
  CHECK(found.of_supervisor == row.of_supervisor);
}

TEST_CASE("reload: what the supervisor needs at its start stays as it was, and is named again until then") {
  const ReadSettings now = read("[supervisor]\nhome = \"/a\"\n");
  const ReadSettings next = read("[supervisor]\nhome = \"/b\"\n[supervisor.liveness]\nlost_pings = 9\nlink_grace = \"20s\"\n[risk]\nx = 1\n");
  const auto running = started_with(now);
  const ReloadPlan first = plan_reload(now.settings, next.settings, running, started_with(next));
  CHECK(first.settings.home == "/a");
  CHECK(first.settings.liveness.lost_pings == 9);
  CHECK(first.settings.liveness.link_grace == 20s);  // the next start is told
  const ReloadPlan second = plan_reload(first.settings, next.settings, running, started_with(next));
  CHECK(second.taken.empty());
  CHECK(second.of_orchestrator == first.of_orchestrator);
  CHECK(second.of_supervisor == first.of_supervisor);
  // Once it was started with them, nothing is left of it.
  CHECK(plan_reload(first.settings, next.settings, started_with(next), started_with(next)).of_orchestrator.empty());
}

TEST_CASE("reload: the running watch takes another patience over") {
  Shell shell;
  shell.start_ready();
  shell.pass(20s);
  shell.answers_pings = false;
  SupervisorSettings patient;
  patient.liveness.lost_pings = 20;
  shell.perform(shell.machine.take(patient, shell.now));
  shell.pass(4s);
  CHECK(shell.signals().empty());
  CHECK(shell.machine.missed_pings() > 10);
  shell.perform(shell.machine.take(SupervisorSettings{}, shell.now));
  shell.pass(300ms);
  REQUIRE_FALSE(shell.signals().empty());
  CHECK(shell.signals().front() == action::Signal::abort);
}

TEST_CASE("reload: a shorter ping interval is followed at once, and no lateness of ours") {
  SupervisorSettings slow;
  slow.liveness.ping_interval = 10s;
  Shell shell(slow);
  shell.start_ready();
  shell.pass(1s);
  shell.done.clear();
  shell.perform(shell.machine.take(SupervisorSettings{}, shell.now));
  shell.pass(1s);
  CHECK(shell.all<action::SendPing>().size() == 4);
  CHECK(shell.signals().empty());
}

TEST_CASE("reload: the ladder counts by the new rules from the next death on") {
  Shell shell;
  shell.start();
  SupervisorSettings strict;
  strict.restart.safe_after = 1;
  strict.restart.parked_after = 1;
  shell.perform(shell.machine.take(strict, shell.now));
  shell.die(11);
  shell.pass(1s);
  CHECK(shell.machine.mode() == StartMode::safe);
  shell.die(11);
  CHECK(shell.machine.state() == ServiceState::parked);
}

TEST_CASE("reload: a run that the new rules call stable is stable at once, and nobody's time is put off for it") {
  SupervisorSettings slow;
  slow.restart.stable_after = 1h;
  Shell shell(slow);
  shell.start_ready();
  shell.pass(60s);
  CHECK(shell.machine.policy().tally(shell.now).reserved);
  shell.perform(shell.machine.take(SupervisorSettings{}, shell.now));
  CHECK_FALSE(shell.machine.policy().tally(shell.now).reserved);
  shell.on(event::StopAsked{"SIGTERM", false});
  const Instant asked = shell.now;
  shell.pass(10s);
  CHECK(shell.signals() == std::vector{action::Signal::term});
  CHECK(shell.now - asked == 10s);
}

TEST_CASE("reload: another alert command is tried at once with what waits, and the rate is kept") {
  Random random{3};
  AlertSettings settings;
  settings.command = {"/bin/false"};
  settings.retry_base = settings.retry_cap = 1h;
  AlertOutbox outbox(settings, random);
  Instant now{100s};
  for (const char* id : {"a", "b", "c"}) REQUIRE(outbox.add(critical(id), now));
  for (int n = 0; n < 3; ++n) {
    REQUIRE(outbox.begin_delivery(now) != nullptr);
    REQUIRE(outbox.end_delivery(false, "exit 1", "2026-11-22T15:44:00.000000Z", now).has_value() == false);
    now += 1s;
  }
  const bool waits = outbox.begin_delivery(now) == nullptr;
  REQUIRE(waits);
  outbox.take(settings, now);  // the same: what waits goes on waiting
  CHECK(outbox.begin_delivery(now) == nullptr);
  settings.command = {"/bin/true"};
  settings.rate_limit = 4;
  outbox.take(settings, now);
  REQUIRE(outbox.begin_delivery(now) != nullptr);
  (void)outbox.end_delivery(true, "", "2026-11-22T15:44:01.000000Z", now);
  CHECK(outbox.begin_delivery(now) == nullptr);  // four tries in this minute
  settings.rate_limit = 2;
  outbox.take(settings, now);
  CHECK(outbox.wake_at() == now - 1s + settings.rate_window);  // the last two count: one a second ago, one now
  settings.rate_limit = 20;
  outbox.take(settings, now);
  CHECK(outbox.begin_delivery(now) != nullptr);
}

}  // namespace s1mple
