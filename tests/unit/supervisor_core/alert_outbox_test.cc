#include "supervisor/core/alert_outbox.h"

#include "tests/support/catch.h"

namespace s1mple {

namespace {

link::Alert alert(std::string id, AlertLevel level = AlertLevel::warning) {
  std::string text = "text of " + id;
  return {std::move(id), level, "code", std::move(text), "2026-11-22T15:44:00.000000Z", ""};
}

const WallTime kWall = *parse_rfc3339("2026-11-22T15:54:10.000000Z");  // ten minutes after each delivery

struct OutboxWorld {
  explicit OutboxWorld(std::vector<std::string> second = {}) : settings(settings_with(std::move(second))) {}
  static AlertSettings settings_with(std::vector<std::string> second) {
    AlertSettings s;
    s.command = {"/bin/true"};
    s.rate_limit = 1000;
    s.escalation_command = std::move(second);
    return s;
  }
  AlertSettings settings;
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

TEST_CASE("alert outbox: a log that tells of any time at all is read") {
  const auto at = GENERATE(values<std::string>({"1680-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2262-04-11T23:47:16Z"}));
  Random random{1};
  AlertSettings settings;
  settings.command = {"/bin/true"};
  AlertOutbox outbox(settings, random);
  const Instant now{3600s};
  CHECK(outbox.restore(R"({"alert":{"id":"a","level":"critical","code":"c","text":"t","at":")" + at + "\"}}\n" +
                           R"({"delivered":"a","at":")" + at + "\"}\n",
                       now, kWall) == 0);
  REQUIRE(outbox.wake_at());
  CHECK(*outbox.wake_at() <= now + settings.resend_after);
}

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

namespace {

// The same alert under another id.
link::Alert again(std::string id, AlertLevel level = AlertLevel::warning) {
  link::Alert same = alert("a", level);
  same.id = std::move(id);
  same.at = "2026-11-22T15:50:00.000000Z";
  return same;
}

std::string delivered_text(const AlertOutbox::Entry& entry, bool escalation) {
  JsonWriter out;
  write_delivery(out, entry, escalation);
  return out.take();
}

}  // namespace

TEST_CASE("alert outbox: the same alert again is counted, and told once when the window has passed") {
  OutboxWorld world;
  world.add(alert("a"));
  CHECK(world.deliver(true) == "a");
  for (int i = 0; i < 50; ++i) world.add(again("r" + std::to_string(i)));
  REQUIRE(world.outbox.entries().size() == 1);
  CHECK(world.outbox.entries().front().count == 51);
  CHECK(world.outbox.has("r49"));
  CHECK_FALSE(world.outbox.add(again("r49"), world.now));
  CHECK(world.deliver(true) == "");
  CHECK(world.outbox.wake_at() == world.now + 600s);
  world.now += 600s;
  CHECK_THAT(delivered_text(world.outbox.entries().front(), false),
             Catch::Contains(R"("count":51,"last_at":"2026-11-22T15:50:00.000000Z")"));
  CHECK(world.deliver(true) == "a");
  CHECK_FALSE(world.outbox.wake_at());
}

TEST_CASE("alert outbox: what differs in level, code, text or details is another alert, and so is one after an acknowledgement") {
  OutboxWorld world;
  world.add(alert("a"));
  link::Alert other = again("b");
  SECTION("level") { other.level = AlertLevel::critical; }
  SECTION("code") { other.code = "other"; }
  SECTION("text") { other.text = "other"; }
  SECTION("details") { other.details_json = "{}"; }
  SECTION("acknowledged") { CHECK(world.outbox.acknowledge("a", "at")); }
  world.add(other);
  CHECK(world.outbox.entries().size() == 2);
}

TEST_CASE("alert outbox: what is raised again while it is being delivered is told later") {
  OutboxWorld world;
  world.add(alert("a"));
  REQUIRE(world.outbox.begin_delivery(world.now) != nullptr);
  world.add(again("b"));
  CHECK(world.outbox.end_delivery(true, "", "2026-11-22T15:44:10.000000Z", world.now));
  CHECK(world.outbox.wake_at() == world.now + 600s);
}

TEST_CASE("alert outbox: a critical alert that is repeated is not sent later than without the repeat") {
  OutboxWorld world;
  world.add(alert("a", AlertLevel::critical));
  (void)world.deliver(true);
  world.now += 1500s;
  world.add(again("b", AlertLevel::critical));
  CHECK(world.outbox.wake_at() == world.now);
  CHECK(world.deliver(true) == "a");
}

TEST_CASE("alert outbox: no more than the limit is tried within the window, and others hold up no critical one") {
  OutboxWorld world;
  world.settings.rate_limit = 3;
  AlertOutbox outbox(world.settings, world.random);
  const auto deliver = [&]() -> std::string {
    const auto* entry = outbox.begin_delivery(world.now);
    if (entry == nullptr) return "";
    const std::string id = entry->alert.id;
    (void)outbox.end_delivery(true, "", "at", world.now);
    return id;
  };
  for (int i = 0; i < 10; ++i) (void)outbox.add(alert("w" + std::to_string(i)), world.now);
  for (int i = 0; i < 3; ++i) CHECK(deliver() == "w" + std::to_string(i));
  CHECK(deliver() == "");
  CHECK(outbox.wake_at() == world.now + 60s);
  (void)outbox.add(alert("c", AlertLevel::critical), world.now);
  CHECK(deliver() == "c");
  std::size_t sent = 0;
  const Instant begun = world.now;
  while (outbox.wake_at() && *outbox.wake_at() < begun + 200s) {
    world.now = *outbox.wake_at();
    CHECK(deliver() != "");
    ++sent;
  }
  CHECK(sent == 7);  // the rest, three a minute
  CHECK(world.now == begun + 180s);
}

TEST_CASE("alert outbox: a critical alert that nobody acknowledges goes to the second command, until somebody does") {
  OutboxWorld world;
  world.settings.escalation_command = {"/bin/pager"};
  AlertOutbox outbox(world.settings, world.random);
  struct Seen {
    std::size_t first = 0, second = 0;
  } seen;
  bool taken = true;
  const auto run_until = [&](Instant end) {
    while (outbox.wake_at() && *outbox.wake_at() <= end) {
      world.now = std::max(world.now, *outbox.wake_at());
      const auto* entry = outbox.begin_delivery(world.now);
      REQUIRE(entry != nullptr);
      ++(outbox.is_escalation() ? seen.second : seen.first);
      (void)outbox.end_delivery(taken, "exit 1", "2026-11-22T15:44:10.000000Z", world.now);
    }
    world.now = end;
  };
  const Instant begun = world.now;
  (void)outbox.add(alert("w"), world.now);
  (void)outbox.add(alert("a", AlertLevel::critical), world.now);
  SECTION("in time") {
    run_until(begun + 900s - 1ns);
    CHECK(seen.second == 0);
    run_until(begun + 900s);
    CHECK(seen.second == 1);
    CHECK(outbox.entries().back().escalated);
    CHECK_THAT(delivered_text(outbox.entries().back(), true), Catch::Contains(R"("escalation":true)"));
    run_until(begun + 3600s);
    CHECK(seen.second == 2);  // and again, as the first command gets it
    CHECK(outbox.acknowledge("a", "at"));
    CHECK_FALSE(outbox.wake_at());
  }
  SECTION("although neither command takes it, and both are tried again") {
    taken = false;
    run_until(begun + 2h);
    CHECK(seen.first > 5);
    CHECK(seen.second > 5);
    CHECK_FALSE(outbox.entries().back().escalated);
  }
  SECTION("not once it was acknowledged") {
    CHECK(outbox.acknowledge("a", "at"));
    run_until(begun + 2h);
    CHECK(seen.second == 0);
  }
}

TEST_CASE("alert outbox: counts and escalation come back from the log and its compact form") {
  OutboxWorld world({"/bin/pager"});
  world.add(alert("a", AlertLevel::critical));
  world.add(again("b", AlertLevel::critical));
  (void)world.deliver(true);
  world.add(again("c", AlertLevel::critical));
  world.now += 900s;
  while (world.outbox.wake_at() && *world.outbox.wake_at() <= world.now) (void)world.deliver(true);
  world.add(again("d", AlertLevel::critical));
  for (const std::string& log : {world.log, world.outbox.compact_log()}) {
    AlertOutbox back(world.settings, world.random);
    CHECK(back.restore(log, world.now, kWall) == 0);
    REQUIRE(back.entries().size() == 1);
    const auto& entry = back.entries().front();
    CHECK(entry.count == 4);
    CHECK(entry.told == 3);
    CHECK(entry.escalated);
    CHECK(entry.last_at == "2026-11-22T15:50:00.000000Z");
  }
}

}  // namespace s1mple
