// Thousands of deaths: every table that the supervisor keeps of them stays bounded.
#include "supervisor/core/alert_outbox.h"
#include "supervisor/core/saved_state.h"
#include "tests/support/catch.h"
#include "tests/unit/supervisor_core/service_shell.h"

namespace s1mple {

namespace {

// Each alert with another text, so that nothing can be taken together.
struct Keeper {
  AlertSettings settings{};
  Random random{11};
  AlertOutbox outbox{settings, random};
  std::size_t raised = 0;

  void take(std::vector<ServiceAction>& actions, Instant now) {
    for (const auto& action : actions)
      if (const auto* raise = std::get_if<action::Raise>(&action)) {
        const std::string number = std::to_string(++raised);
        (void)outbox.add({number, raise->level, raise->code, raise->text + number, "", ""}, now);
      }
    actions.clear();
  }
};

// A life and a death: some count, some came after progress, some are hangs.
void live_and_die(Shell& shell, Random& random) {
  if (random.chance(1, 2)) {
    shell.hello();
    shell.on(event::Ready{});
    shell.pass(1s * random.between(0, 30));
  }
  if (!shell.machine.has_process()) return;
  if (random.chance(1, 2)) shell.die(9);
  else shell.exit(random.chance(1, 4) ? 66 : 70);
}

}  // namespace

TEST_CASE("churn: after thousands of deaths every table is within its bound") {
  SupervisorSettings settings;
  settings.restart.safe_after = 100;
  settings.restart.parked_after = 100;
  Shell shell(settings);
  Keeper keeper;
  Random random(3);
  shell.on(event::Begin{});
  std::size_t deaths = 0;
  while (deaths < 5000) {
    if (shell.machine.state() == ServiceState::parked) shell.ask(shell.machine.clear(shell.now));
    for (int i = 0; i < 100 && !shell.machine.has_process(); ++i) REQUIRE(shell.wake());
    live_and_die(shell, random);
    ++deaths;
    keeper.take(shell.done, shell.now);
    const RestartTally tally = shell.machine.policy().tally(shell.now);
    REQUIRE(tally.death_ages.size() <= RestartPolicy::kMaxDeaths);
    REQUIRE(encode_saved_state({WallTime{}, 1, {}, tally}).size() <= SavedState::kMaxBytes);
    REQUIRE(keeper.outbox.entries().size() <= AlertOutbox::kMaxAlerts);
  }
  CHECK(keeper.raised > AlertOutbox::kMaxAlerts * 4);
  CHECK(keeper.outbox.compact_log().size() < 256 * 1024);
}

}  // namespace s1mple
