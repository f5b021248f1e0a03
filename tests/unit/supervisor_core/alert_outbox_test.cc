#include "supervisor/core/alert_outbox.h"

#include "tests/support/catch.h"

namespace s1mple {

namespace {

link::Alert alert(std::string id, AlertLevel level = AlertLevel::warning) {
  return {std::move(id), level, "code", "text", "2026-11-22T15:44:00.000000Z", ""};
}

const WallTime kWall = *parse_rfc3339("2026-11-22T15:54:10.000000Z");  // ten minutes after each delivery

struct OutboxWorld {
  AlertSettings settings{{"/bin/true"}, 10s, 1s, 300s, 1800s};
  Random random{3};
  AlertOutbox outbox{settings, random};
  Instant now{100s};
  std::string log;

  void add(link::Alert a) {
    if (auto line = outbox.add(std::move(a), now)) log += *line;
  }
  std::string deliver(bool taken) {
    const auto* entry = outbox.begin_delivery(now);
    if (entry == nullptr) return "";
    const std::string id = entry->alert.id;
    if (auto line = outbox.end_delivery(taken, taken ? "" : "exit 1", "2026-11-22T15:44:10.000000Z", now)) log += *line;
    return id;
  }
};

}  // namespace

TEST_CASE("alert outbox: an id is taken once, however often it is sent") {
  OutboxWorld world;
  CHECK(world.outbox.add(alert("a"), world.now));
  CHECK_FALSE(world.outbox.add(alert("a"), world.now));
  CHECK(world.outbox.entries().size() == 1);
}

TEST_CASE("alert outbox: critical ones go first, then the oldest") {
  OutboxWorld world;
  world.add(alert("a"));
  world.add(alert("b", AlertLevel::critical));
  world.add(alert("c"));
  CHECK(world.deliver(true) == "b");
  CHECK(world.deliver(true) == "a");
  CHECK(world.deliver(true) == "c");
  CHECK(world.deliver(true) == "");
}

TEST_CASE("alert outbox: one delivery at a time") {
  OutboxWorld world;
  world.add(alert("a"));
  world.add(alert("b"));
  CHECK(world.outbox.begin_delivery(world.now) != nullptr);
  CHECK(world.outbox.begin_delivery(world.now) == nullptr);
  CHECK_FALSE(world.outbox.wake_at());
}

TEST_CASE("alert outbox: a failed delivery is tried again within the backoff, for ever, and holds up nobody") {
  OutboxWorld world;
  world.add(alert("a", AlertLevel::critical));
  Nanos bound = 1s;
  for (int i = 0; i < 30; ++i) {
    CHECK(world.deliver(false) == "a");
    REQUIRE(world.outbox.wake_at());
    CHECK(*world.outbox.wake_at() - world.now <= bound);
    bound = std::min<Nanos>(bound * 2, 300s);
    world.now = *world.outbox.wake_at();
  }
  CHECK(world.outbox.entries().front().tries == 30);
  CHECK(world.outbox.entries().front().last_error == "exit 1");
  CHECK(world.outbox.pending() == 1);
  world.now -= 1ns;
  world.add(alert("b"));
  CHECK(world.deliver(true) == "b");
}

TEST_CASE("alert outbox: a critical alert is sent again until it is acknowledged, others once") {
  OutboxWorld world;
  world.add(alert("a", AlertLevel::critical));
  world.add(alert("b"));
  (void)world.deliver(true);
  (void)world.deliver(true);
  CHECK(world.outbox.pending() == 0);
  world.now += 1800s - 1ns;
  CHECK(world.deliver(true) == "");
  world.now += 1ns;
  CHECK(world.deliver(true) == "a");
  CHECK(world.outbox.acknowledge("a", "at"));
  world.now += 1h;
  CHECK(world.deliver(true) == "");
  CHECK_FALSE(world.outbox.wake_at());
}

TEST_CASE("alert outbox: acknowledging what does not exist says so") {
  OutboxWorld world;
  CHECK_FALSE(world.outbox.acknowledge("nobody", "at"));
  CHECK(world.outbox.acknowledge("all", "at") == "");
}

TEST_CASE("alert outbox: without a command everything is kept and nothing is tried") {
  OutboxWorld world;
  world.settings.command.clear();
  AlertOutbox outbox(world.settings, world.random);
  (void)outbox.add(alert("a"), world.now);
  CHECK(outbox.begin_delivery(world.now) == nullptr);
  CHECK_FALSE(outbox.wake_at());
  CHECK(outbox.pending() == 1);
}

TEST_CASE("alert outbox: the log brings everything back, and so does its compact form") {
  OutboxWorld world;
  link::Alert detailed = alert("a", AlertLevel::critical);
  detailed.text = "line\nwith \"quotes\"";
  detailed.details_json = R"({"n":1})";
  world.add(detailed);
  world.add(alert("b"));
  world.add(alert("c"));
  (void)world.deliver(true);
  (void)world.deliver(false);
  world.log += *world.outbox.acknowledge("a", "at");
  for (const std::string& log : {world.log, world.outbox.compact_log()}) {
    AlertOutbox again(world.settings, world.random);
    CHECK(again.restore(log, world.now, kWall) == 0);
    REQUIRE(again.entries().size() == 3);
    CHECK(again.entries()[0].delivered);
    CHECK(again.entries()[0].acked);
    CHECK(again.entries()[0].alert.text == detailed.text);
    CHECK(again.entries()[0].alert.details_json == detailed.details_json);
    CHECK_FALSE(again.entries()[1].delivered);
    CHECK(again.pending() == 2);
  }
}

TEST_CASE("alert outbox: what was delivered waits for the rest of its time after a restart, what was not is tried at once") {
  OutboxWorld world;
  world.add(alert("a", AlertLevel::critical));
  CHECK(world.deliver(true) == "a");
  world.add(alert("b", AlertLevel::critical));
  for (const std::string& log : {world.log, world.outbox.compact_log()}) {
    AlertOutbox again(world.settings, world.random);
    CHECK(again.restore(log, world.now, kWall) == 0);
    CHECK(again.entries()[0].next_try == world.now + 20min);
    CHECK(again.entries()[1].next_try == world.now);
    AlertOutbox late(world.settings, world.random);
    (void)late.restore(log, world.now, kWall + 1h);
    CHECK(late.entries()[0].next_try == world.now);
  }
}

TEST_CASE("alert outbox: a torn or damaged log is read as far as it goes, never an abort") {
  OutboxWorld world;
  world.add(alert("a"));
  world.add(alert("b"));
  for (std::size_t length = 0; length <= world.log.size(); ++length) {
    AlertOutbox again(world.settings, world.random);
    (void)again.restore(world.log.substr(0, length), world.now, kWall);
    CHECK(again.entries().size() <= 2);
  }
  AlertOutbox again(world.settings, world.random);
  CHECK(again.restore("garbage\n{}\n[1]\n{\"alert\":7}\n" + world.log, world.now, kWall) == 4);
  CHECK(again.entries().size() == 2);
}

TEST_CASE("alert outbox: when it is full, what needs nothing more goes first, then the oldest") {
  OutboxWorld world;
  world.add(alert("done"));
  (void)world.deliver(true);
  for (std::size_t i = 1; i < AlertOutbox::kMaxAlerts; ++i) world.add(alert("n" + std::to_string(i)));
  CHECK(world.outbox.entries().size() == AlertOutbox::kMaxAlerts);
  CHECK(world.outbox.has("done"));
  world.add(alert("more"));
  CHECK_FALSE(world.outbox.has("done"));
  CHECK(world.outbox.has("n1"));
  world.add(alert("still more"));
  CHECK_FALSE(world.outbox.has("n1"));
  CHECK(world.outbox.entries().size() == AlertOutbox::kMaxAlerts);
}

}  // namespace s1mple
