#include "tests/scenario/scenario.h"

#include <cstdio>

#include "tests/support/catch.h"
#include "tests/support/world/invariants.h"

namespace s1mple {
namespace {

constexpr const char* kHowTheyEnd[] = {"killed", "power lost", "power lost in the middle of a write"};

}  // namespace

std::string judge(const Scenario& scenario, const TradingWorld& world) {
  if (world.refusal()) return "no start: " + world.refusal()->story;
  if (!world.is_running()) return "no process runs at the end";
  std::string story;
  for (const std::string& broken : broken_invariants(world)) story += broken + "; ";
  story += scenario.expect(world);
  if (!world.was_killed() && scenario.expect_alive) story += scenario.expect_alive(world);
  return story;
}

void run_scenario(const Scenario& scenario) {
  std::uint64_t plays = 0, most_points = 0, failures = 0;
  int variants = 0;
  for (const auto end :
       {TradingWorld::End::killed, TradingWorld::End::power_lost, TradingWorld::End::power_torn}) {
    ++variants;
    for (std::uint64_t point = 1;; ++point) {
      TradingWorld world;
      scenario.set_up(world);
      if (scenario.at_every_crash_point) world.kill_at(point, end);
      world.play(scenario.length);
      ++plays;
      const std::string story = judge(scenario, world);
      if (!story.empty() && ++failures <= 3) {
        INFO(scenario.id << " " << kHowTheyEnd[variants - 1] << " at crash point " << point << ": " << story);
        CHECK(story.empty());
      }
      if (!world.was_killed()) break;
      most_points = std::max(most_points, point);
    }
    if (!scenario.at_every_crash_point) break;
  }
  CHECK(failures == 0);
  std::printf("%-5s %-62s %5llu crash points  %d ways  %6llu plays  %s\n", scenario.id.c_str(),
              scenario.title.c_str(), static_cast<unsigned long long>(most_points), variants,
              static_cast<unsigned long long>(plays), failures == 0 ? "holds" : "FAILS");
}

}  // namespace s1mple
