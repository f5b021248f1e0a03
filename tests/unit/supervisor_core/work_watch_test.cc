#include "supervisor/core/work_watch.h"

#include "tests/support/catch.h"
#include "tests/unit/supervisor_core/service_shell.h"

namespace s1mple {

namespace {

HealthCounters counters(std::uint64_t market, std::uint64_t commits, std::uint64_t rounds, std::uint64_t queued,
                        std::uint64_t unsynced) {
  HealthCounters c;
  c.market = market;
  c.commits = commits;
  c.risk_ticks = rounds;
  c.queued = queued;
  c.unsynced = unsynced;
  return c;
}

// A ready orchestrator that answers each ping with what the test says.
struct Worker {
  Shell shell;
  HealthCounters now_at;
  HealthCounters each;  // what every answer adds
  bool live = true;

  Worker() {
    shell.answers_pings = false;
    shell.start_ready();
    shell.done.clear();
  }
  void answer_for(Nanos span) {
    const Instant end = shell.now + span;
    while (shell.machine.has_process() && shell.machine.wake_at() && *shell.machine.wake_at() <= end) {
      const std::size_t before = shell.done.size();
      REQUIRE(shell.wake());
      answer(before);
    }
  }
  void answer(std::size_t from) {
    for (std::size_t n = from; n < shell.done.size(); ++n) {
      const auto* ping = std::get_if<action::SendPing>(&shell.done[n]);
      if (ping == nullptr) continue;
      now_at.market += each.market;
      now_at.commits += each.commits;
      now_at.risk_ticks += each.risk_ticks;
      now_at.queued = each.queued;
      now_at.unsynced = each.unsynced;
      shell.on(event::Pong{"me", ping->number, ping->nonce, now_at, live});
    }
  }
};

}  // namespace

TEST_CASE("work watch: what stands still is told apart, degraded and alerted first, and a hang only where that could help") {
  struct Row {
    const char* name;
    HealthCounters each;
    bool live;
    const char* alert;  // none: it works, or has nothing to do
    bool hung;
  };
  const auto row = GENERATE(values<Row>(
      {{"works", counters(1, 1, 1, 3, 2), true, nullptr, false},
       {"nothing to do", counters(0, 0, 1, 0, 0), false, nullptr, false},
       {"busy without commits", counters(1, 0, 1, 50, 0), true, nullptr, false},
       {"a slow disk that moves", counters(1, 1, 1, 0, 900), true, nullptr, false},
       {"events wait and nothing moves", counters(0, 0, 0, 5, 0), false, "queue_stands_still", true},
       {"records wait for the disk", counters(1, 0, 1, 0, 5), true, "disk_stands_still", true},
       {"a live market without events", counters(0, 1, 1, 0, 0), true, "data_stands_still", false}}));
  CAPTURE(row.name);
  Worker worker;
  worker.each = row.each;
  worker.live = row.live;
  worker.answer_for(9s);
  CHECK(worker.shell.all<action::Raise>().empty());
  worker.answer_for(row.hung ? 60s : 1h);
  CHECK(worker.shell.signals().empty());
  CHECK(worker.shell.all<action::Raise>().size() == (row.alert == nullptr ? 0U : 1U));
  worker.answer_for(10min);
  if (row.alert != nullptr) CHECK(worker.shell.raised(row.alert));
  CHECK(worker.shell.signals().empty() != row.hung);
}

TEST_CASE("work watch: what moves again is no longer degraded, and is told anew the next time") {
  Worker worker;
  worker.live = false;
  for (int round = 1; round <= 3; ++round) {
    worker.each = counters(0, 0, 0, 5, 0);
    worker.answer_for(20s);
    CHECK(worker.shell.machine.is_degraded(Standstill::queue));
    CHECK(worker.shell.all<action::Raise>().size() == static_cast<std::size_t>(round));
    worker.each = counters(1, 0, 0, 5, 0);
    worker.answer_for(1s);
    CHECK_FALSE(worker.shell.machine.is_degraded(Standstill::queue));
  }
}

TEST_CASE("work watch: a suspended minute makes nothing stand still and nobody late, whichever clock ran on") {
  struct Row {
    const char* name;
    Nanos monotonic;  // what of the minute our clock saw: a suspended machine's stands still, a stopped pair's runs
  };
  const auto row = GENERATE(values<Row>({{"clock stood still", 0s}, {"clock ran on", 60s}, {"for a day", 24h}}));
  CAPTURE(row.name);
  Worker worker;
  worker.each = counters(0, 0, 0, 5, 0);
  worker.live = false;
  worker.answer_for(8s);
  for (int i = 0; i < 3; ++i) {
    worker.shell.now += row.monotonic;  // both programs sleep: nothing is asked, nothing is answered
    const std::size_t before = worker.shell.done.size();
    worker.shell.on(event::Woke{});
    worker.answer(before);
  }
  worker.each = counters(1, 1, 1, 0, 0);
  worker.answer_for(1min);
  CHECK(worker.shell.all<action::Raise>().empty());
  CHECK(worker.shell.all<action::Inspect>().empty());
  CHECK(worker.shell.machine.state() == ServiceState::running);
}

TEST_CASE("work watch: a minute suspended in a stop is not taken from its deadlines") {
  Shell shell;
  shell.start_ready();
  shell.on(event::StopAsked{"SIGTERM", false});
  shell.pass(1s);
  shell.now += 60s;
  shell.on(event::Woke{});
  CHECK(shell.signals().empty());
  shell.pass(8s);
  CHECK(shell.signals().empty());
  shell.pass(2s);
  CHECK(shell.signals() == std::vector{action::Signal::term});
}

}  // namespace s1mple
