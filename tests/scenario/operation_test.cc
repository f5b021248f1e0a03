// SCENARIOS, sections 3 and 4: recovery that is killed itself, failing disks, lost lines, an operator's halt.
#include <cerrno>

#include "tests/scenario/scenario.h"
#include "tests/scenario/scenario_words.h"
#include "tests/support/catch.h"
#include "tests/support/world/invariants.h"

namespace s1mple {
namespace {

void two_orders_and_a_fill(TradingWorld& world) {
  quiet_market(world, 4);
  place_on_row(world, 2, limit(Side::buy, "10", "90"));
  place_on_row(world, 3, limit(Side::buy, "1", "80"));
  world.trade_at(5s, "89", "4");
  for (int i = 10; i < 40; i += 5) world.trade_at(std::chrono::seconds(i), "100");
}

TEST_CASE("S27 recovery is killed itself, at each of its points: the same end as without") {
  const Scenario scenario{"S27", "", 30s, two_orders_and_a_fill, told_of_every_order, nullptr, false};
  for (std::uint64_t first = 10; first < 120; first += 13) {
    for (std::uint64_t second = 1;; ++second) {
      TradingWorld world;
      scenario.set_up(world);
      world.kill_at(first);
      world.kill_again_at(second);
      world.play(scenario.length);
      INFO("killed at " << first << ", and " << second << " points later");
      CHECK(judge(scenario, world).empty());
      if (world.deaths() < 2 || second > 60) break;
    }
  }
}

TEST_CASE(
    "S31 the disk fails at each of its operations: nothing leaves unrecorded, 66, and halted until resume") {
  const Scenario scenario{"S31", "", 40s, two_orders_and_a_fill, told_of_every_order, nullptr, false};
  for (const int error : {EIO, ENOSPC}) {
    std::uint64_t failures = 0;
    for (std::uint64_t operation = 1;; ++operation) {
      TradingWorld world;
      scenario.set_up(world);
      world.fail_disk_at(operation, os_error("injected", error));
      bool was_halted = true;
      world.at(25s, [&] {
        if (world.after_store_failed()) was_halted = world.engine().trading() == TradingMode::halted;
        world.command("resume", "resume", R"({"reason":"the disk was replaced"})");
      });
      world.play(scenario.length);
      if (world.refusal())
        continue;  // it failed before anything was recovered: the next start is the same again
      if (world.stops().empty()) break;
      ++failures;
      INFO("operation " << operation << " failed with " << error);
      CHECK(judge(scenario, world).empty());
      CHECK(world.after_store_failed());
      CHECK(was_halted);
    }
    CHECK(failures > 20);
  }
}

TEST_CASE("S32 the venue's line is down for twenty seconds, with a fill and a cancel in the gap") {
  run_scenario({"S32", "reconnect after fills in the gap", 90s,
                [](TradingWorld& world) {
                  quiet_market(world, 4);
                  place_on_row(world, 2, limit(Side::buy, "10", "90"));
                  place_on_row(world, 3, limit(Side::buy, "1", "80"));
                  world.at(4500ms, [&world] {
                    world.faults.order_push = [](const OrderPush&) { return PushFate{0}; };
                    world.faults.fill_push = [](const FillPush&) { return PushFate{0}; };
                    world.tell(VenueLost{"drill"});
                  });
                  world.trade_at(6s, "89", "4");
                  world.at(10s, [&world] { world.cancel_everything_at_exchange(); });
                  world.at(24s, [&world] {
                    world.faults.order_push = nullptr;
                    world.faults.fill_push = nullptr;
                    world.tell(VenueConnected{});
                  });
                  for (int i = 10; i < 90; i += 5) world.trade_at(std::chrono::seconds(i), "100");
                },
                told_of_every_order,
                [](const TradingWorld& world) {
                  return is(world, 0, OrderStatus::cancelled) + filled(world, 0, "4") +
                         is(world, 1, OrderStatus::cancelled) + trades(world);
                }});
}

TEST_CASE("S37 the line flaps for ten minutes: pauses grow, the breaker opens, it ends well") {
  run_scenario({"S37", "flapping", 900s,
                [](TradingWorld& world) {
                  quiet_market(world, 890);
                  place_on_row(world, 2, limit(Side::buy, "1", "90"));
                  for (int i = 5; i < 605; i += 10) {
                    world.at(std::chrono::seconds(i), [&world] {
                      world.faults.line_down = true;
                      world.tell(DataLost{"drill"});
                    });
                    world.at(std::chrono::seconds(i + 5), [&world] { world.faults.line_down = false; });
                  }
                },
                told_of_every_order, trades, false});
}

TEST_CASE(
    "S44 halted, then killed at any point: halted again, the cancels are finished, a person is waited for") {
  run_scenario({"S44", "kill then crash", 30s,
                [](TradingWorld& world) {
                  two_orders_and_a_fill(world);
                  // Who gets no answer asks again, with the same key.
                  for (const Nanos moment : {8s, 14s, 20s})
                    world.at(moment, [&world] { world.command("stop", "halt", R"({"reason":"drill"})"); });
                },
                [](const TradingWorld& world) {
                  std::string story = told_of_every_order(world);
                  if (world.reply("stop") == nullptr || !world.reply("stop")->ok)
                    story += "the halt was never answered; ";
                  if (world.engine().trading() != TradingMode::halted) story += "not halted; ";
                  if (!world.exchange().open_orders().empty()) story += "orders are left at the exchange; ";
                  return story;
                }});
}

}  // namespace
}  // namespace s1mple
