// The one queue: nothing leaves before what it rests on is durable, and after a failed store what waits never leaves.
#include "orchestrator/environment/runtime.h"

#include "tests/support/catch.h"
#include "tests/support/engine/engine_rig.h"
#include "tests/support/manual_storage.h"
#include "tests/support/world/virtual_clock.h"

namespace s1mple {
namespace {

// The recording venue as an environment: what it does comes out at flush(), like pushes of an exchange.
class RecordingEnvironment final : public ExecutionEnvironment {
 public:
  RecordingEnvironment(RecordingVenue& venue, const Clock& clock) : venue_(venue), clock_(clock) {}
  void set_listener(EnvironmentListener* listener) { listener_ = listener; }

  [[nodiscard]] WallTime now() const override { return clock_.wall(); }
  void perform(const SendOrder& request) override { venue_.perform(request); }
  void perform(const SendCancel& request) override { venue_.perform(request); }
  void perform(const AskVenue& request) override { venue_.perform(request); }
  void perform(const AskData& request) override {
    if (request.ask == DataAsk::connect) venue_.events.push_back(DataConnected{});
  }
  void flush() override {
    while (!venue_.events.empty()) {
      EventBody event = std::move(venue_.events.front());
      venue_.events.pop_front();
      listener_->on_environment_event(std::move(event));
    }
  }
  bool advance() override { return true; }
  [[nodiscard]] std::optional<Instant> wake_at() const override { return std::nullopt; }
  [[nodiscard]] bool is_quiet() const override { return venue_.events.empty(); }
  void close(std::function<void(Result<void>)> done) override { done({}); }

 private:
  RecordingVenue& venue_;
  const Clock& clock_;
  EnvironmentListener* listener_ = nullptr;
};

struct Outlet final : RuntimeOutlet {
  void perform(const Action& action) override { actions.push_back(action); }
  template <class T> [[nodiscard]] const T* find() const {
    for (const Action& action : actions)
      if (const auto* found = std::get_if<T>(&action)) return found;
    return nullptr;
  }
  std::vector<Action> actions;
};

struct Life {
  EngineRig rig;   // its configuration, script and venue; the engine of this life is another
  VirtualClock clock;
  ManualStorage storage;
  Outlet outlet;
  RecordingEnvironment environment{rig.venue, clock};
  std::optional<Error> abandoned;
  Books books;
  StrategyOrchestrator engine{rig.config, books, strategies()};
  Runtime runtime{{engine, books, storage, environment, outlet, clock,
                   [this](const Error& error) { abandoned = error; storage.fail(); }, {}}};

  std::vector<ConfiguredStrategy> strategies() {
    std::vector<ConfiguredStrategy> made;
    made.push_back({StrategyName("alpha"), std::make_unique<ScriptedStrategy>(rig.scripts.at("alpha"))});
    return made;
  }
  Life() {
    storage.set_listener(&runtime);
    environment.set_listener(&runtime);
    rig.venue.now = clock.wall();
    StartInfo info;
    info.epoch = 1;
    info.cause = "test";
    info.new_tag = "t3st";
    info.environment = "paper";
    info.venue = "recording";
    info.account = "one";
    runtime.start(info);
    commit();
    REQUIRE(engine.trading() == TradingMode::active);
    trade("100");
    commit();
  }
  // Everything submitted becomes durable, and whatever follows from it, until nothing new is submitted.
  void commit() {
    do {
      storage.make_durable();
      runtime.poll();
    } while (storage.durable_seq() < storage.last_seq());
  }
  void trade(const std::string& at) {
    MarketTrade row;
    row.symbol = Symbol("BTC/EUR");
    row.price = rig.venue.price = price(at);
    row.quantity = quantity("1");
    row.time = clock.wall();
    row.row = ++rows;
    runtime.on_environment_event(row);
  }
  void buy_on_next_trade() {
    rig.script().on_market = [this](const MarketTrade&, StrategyContext& context) {
      if (!std::exchange(asked, true)) REQUIRE(context.place(limit_order(Side::buy, "1", "99")).ok());
    };
    trade("100");
  }
  void command(const std::string& method, const std::string& params = "{}") {
    Command asked_for;
    asked_for.id = method;
    asked_for.method = method;
    asked_for.params = *JsonValue::parse(params);
    runtime.post(asked_for);
  }
  [[nodiscard]] OrderStatus status_of_first() const { return status_of(*books.find_order(ClientId("st3st1-1"))); }

  std::uint64_t rows = 0;
  bool asked = false;
};

}  // namespace

TEST_CASE("runtime: an order leaves when its intent is durable, and not before") {
  Life life;
  life.buy_on_next_trade();
  CHECK(life.rig.venue.sent.empty());
  CHECK(life.status_of_first() == OrderStatus::intended);
  life.storage.make_durable(life.storage.last_seq() - 1);
  CHECK(life.rig.venue.sent.empty());
  life.storage.make_durable();
  CHECK(life.rig.venue.sent.size() == 1);
  life.commit();
  CHECK(life.status_of_first() == OrderStatus::open);
}

TEST_CASE("runtime: a reply waits for the record that it speaks of, and keeps its place behind what was asked before") {
  Life life;
  life.outlet.actions.clear();
  life.command("halt", R"({"reason":"test"})");
  life.command("positions");
  CHECK(life.outlet.find<Reply>() == nullptr);
  life.commit();
  std::vector<std::string> answered;
  for (const Action& action : life.outlet.actions)
    if (const auto* reply = std::get_if<Reply>(&action)) answered.push_back(reply->id);
  CHECK(answered == std::vector<std::string>{"halt", "positions"});
}

TEST_CASE("runtime: what waits for a store that fails never leaves, and the process ends with 66") {
  Life life;
  life.buy_on_next_trade();
  life.command("halt", R"({"reason":"test"})");
  life.outlet.actions.clear();
  life.storage.fail();
  for (int i = 0; i < 10; ++i) {
    life.clock.advance(1s);
    life.runtime.poll();
  }
  CHECK(life.rig.venue.sent.empty());
  const auto* reply = life.outlet.find<Reply>();
  CHECK((reply == nullptr || !reply->ok));
  REQUIRE(life.outlet.find<Stop>() != nullptr);
  CHECK(life.outlet.find<Stop>()->code == ExitCode::store_failed);
}

TEST_CASE("runtime: when the store fails, cancels of what adds risk leave without an intent") {
  Life life;
  life.buy_on_next_trade();
  life.commit();
  REQUIRE(life.status_of_first() == OrderStatus::open);
  const std::size_t before = life.storage.records.size();
  life.storage.fail();
  CHECK(life.rig.venue.cancels.size() == 1);
  CHECK(life.storage.records.size() == before);
}

TEST_CASE("runtime: an intent that became durable too late for its deadline is not sent") {
  Life life;
  life.buy_on_next_trade();
  life.clock.advance(7500ms);
  life.commit();
  CHECK(life.rig.venue.sent.empty());
  CHECK(life.status_of_first() == OrderStatus::abandoned);
  CHECK(life.books.find_order(ClientId("st3st1-1"))->reason.find("not_sent") != std::string::npos);
}

TEST_CASE("runtime: a sync that does not return is told after its patience and given up at its deadline") {
  Life life;
  life.storage.waiting_since = life.clock.now();
  const auto wait = [&life](Nanos span) {
    for (; span > Nanos(0); span -= 100ms) {
      life.clock.advance(100ms);
      life.runtime.poll();
    }
  };
  wait(900ms);
  CHECK(life.books.reasons().empty());
  wait(200ms);
  life.storage.make_durable();
  CHECK(life.engine.trading() == TradingMode::reducing);
  wait(3800ms);
  CHECK_FALSE(life.abandoned);
  wait(100ms);
  REQUIRE(life.abandoned);
  CHECK_THAT(life.abandoned->story, contains("5000 ms"));
}

TEST_CASE("runtime: a machine suspended in the middle of a sync does not use up the disk's time") {
  Life life;
  life.runtime.poll();
  life.storage.waiting_since = life.clock.now();
  for (int hour = 0; hour < 5; ++hour) {
    life.clock.advance(1h);
    life.runtime.poll();
  }
  CHECK_FALSE(life.abandoned);
  // Another sync begins, and its wait with it.
  life.storage.waiting_since = life.clock.now();
  life.clock.advance(1h);
  life.runtime.poll();
  CHECK_FALSE(life.abandoned);
  for (int look = 0; look < 9; ++look) {
    life.clock.advance(500ms);
    life.runtime.poll();
  }
  REQUIRE(life.abandoned);
  CHECK_THAT(life.abandoned->story, contains("5000 ms"));
}

TEST_CASE("runtime: status shows the last moment of which everything is durable") {
  Life life;
  const std::string before = life.runtime.durable_status();
  life.command("halt", R"({"reason":"test"})");
  CHECK(life.runtime.durable_status() == before);
  life.commit();
  CHECK_THAT(life.runtime.durable_status(), contains("\"trading\":\"halted\""));
}

TEST_CASE("runtime: a step that is too large for one record is several, and what follows waits for the last") {
  Life life;
  life.storage.max_bytes = 60;
  const std::size_t before = life.storage.records.size();
  life.buy_on_next_trade();
  REQUIRE(life.storage.records.size() > before + 1);
  Books folded;
  for (std::size_t i = 0; i < life.storage.records.size(); ++i) {
    const std::string& bytes = life.storage.records[i];
    const auto record = decode_record(std::as_bytes(std::span(bytes)));
    REQUIRE(record.ok());
    CHECK((i < before || bytes.size() <= life.storage.max_bytes || record->size() == 1));
    for (const Fact& fact : *record) REQUIRE(folded.apply(fact).ok());
  }
  CHECK(folded.find_order(ClientId("st3st1-1")) != nullptr);
  life.storage.make_durable(life.storage.last_seq() - 1);
  CHECK(life.rig.venue.sent.empty());
  life.storage.make_durable();
  CHECK(life.rig.venue.sent.size() == 1);
}

TEST_CASE("runtime: an environment that fails ends the process, and nothing that waits leaves") {
  Life life;
  life.buy_on_next_trade();
  life.runtime.on_environment_failed(ExitCode::store_failed, Error{Errc::io, "injected"});
  life.commit();
  CHECK(life.rig.venue.sent.empty());
  REQUIRE(life.outlet.find<Stop>() != nullptr);
}

}  // namespace s1mple
