#include "orchestrator/environment/paper_environment.h"

#include "orchestrator/venue/paper/paper_codec.h"
#include "orchestrator/venue/paper/paper_folding.h"
#include "tests/support/catch.h"
#include "tests/support/manual_storage.h"
#include "tests/support/world/virtual_clock.h"

using namespace s1mple;
using namespace s1mple::literals;

namespace {

const Symbol kPair("BTC/EUR");
const WallTime kStart = from_unix_nanos(1'700'000'000'000'000'000);

std::chrono::seconds seconds(std::uint64_t count) { return std::chrono::seconds(static_cast<std::int64_t>(count)); }

// Rows at one a second from kStart, price 100, 101, 102 ...
class Rows final : public MarketSource {
 public:
  explicit Rows(std::uint64_t count) : count_(count) {}
  Result<const MarketTrade*> peek() override {
    if (row_ >= count_) return nullptr;
    shown_ = {kPair, Price(Decimal::from_int(100 + static_cast<std::int64_t>(row_))), Quantity("1"_dec), std::nullopt,
              std::max(kStart + seconds(row_), not_before_), row_ + 1, {}};
    return &shown_;
  }
  MarketTrade take() override {
    MarketTrade taken = **peek();
    ++row_;
    return taken;
  }
  [[nodiscard]] MarketCursor cursor() const override { return {row_, "after " + std::to_string(row_)}; }
  Result<void> restore(const MarketCursor& cursor) override {
    restored.push_back(cursor.row);
    row_ = cursor.row;
    return {};
  }
  std::vector<std::string> take_warnings() override { return {}; }
  void pause_until(WallTime time) { not_before_ = time; }

  std::vector<std::uint64_t> restored;

 private:
  std::uint64_t count_, row_ = 0;
  WallTime not_before_{};
  MarketTrade shown_;
};

struct Listener final : EnvironmentListener {
  void on_environment_event(EventBody event) override { events.push_back(std::move(event)); }
  void on_environment_warning(const std::string&) override {}
  void on_environment_failed(ExitCode code, const Error&) override { failed = code; }
  template <class Kind> [[nodiscard]] std::size_t count() const {
    std::size_t n = 0;
    for (const EventBody& event : events) n += std::holds_alternative<Kind>(event) ? 1U : 0U;
    return n;
  }
  std::vector<EventBody> events;
  std::optional<ExitCode> failed;
};

struct World {
  explicit World(bool lock_step, std::uint64_t rows = 10, Decimal speed = {}) : source(rows), pace{lock_step, speed, 5s} {
    config.instruments = {{kPair, Asset("BTC"), Asset("EUR"), Price("0.1"_dec), Quantity("0.001"_dec), Quantity("0.001"_dec),
                           Money("0.5"_dec), 1, 3, 2}};
    config.half_spread_steps = 0;
    config.queue_ahead_value = Decimal();
  }

  // A process starts on whatever the exchange's records up to now say.
  void start(MarketCursor seen = {}, WallTime seen_time = {}) {
    books = std::make_unique<PaperBooks>();
    PaperFolding folding(*books);
    for (std::size_t i = 0; i < storage.durable_seq(); ++i)
      REQUIRE(folding.apply(std::as_bytes(std::span(storage.records[i]))).ok());
    storage.records.resize(storage.durable_seq());
    exchange = std::make_unique<PaperExchange>(config, *books);
    environment = std::make_unique<PaperEnvironment>(PaperEnvironment::Parts{
        source, *exchange, *books, storage, clock, &listener, ++epoch, std::move(seen), seen_time, pace,
        [this](WallTime time) { source.pause_until(time); }, nullptr});
    storage.set_listener(environment.get());
    Random random(1);
    REQUIRE(environment->open(random).ok());
    while (!*environment->catch_up()) {}
    environment->connect();
    settle();
  }
  void settle() {
    environment->flush();
    storage.make_durable();
  }
  SendOrder buy(const char* id, Decimal price) {
    OrderIntent intent;
    intent.client_id = ClientId(id);
    intent.symbol = kPair;
    intent.quantity = Quantity("0.5"_dec);
    intent.price = Price(price);
    intent.created_at = environment->now();
    intent.deadline = environment->now() + 10s;
    return {intent};
  }

  VirtualClock clock;
  Rows source;
  PaperPace pace;
  PaperConfig config;
  ManualStorage storage;
  Listener listener;
  std::uint64_t epoch = 0;
  std::unique_ptr<PaperBooks> books;
  std::unique_ptr<PaperExchange> exchange;
  std::unique_ptr<PaperEnvironment> environment;
};

}  // namespace

TEST_CASE("paper environment: nothing is emitted before the exchange's record of it is durable") {
  World world(true);
  world.start();
  world.environment->play_next();
  world.settle();
  world.listener.events.clear();
  world.environment->perform(world.buy("s1", "99"_dec));
  world.environment->flush();
  CHECK(world.listener.events.empty());
  CHECK_FALSE(world.environment->is_quiet());
  world.storage.make_durable();
  CHECK(world.listener.count<OrderAnswer>() == 1);
  CHECK(world.environment->is_quiet());
}

TEST_CASE("paper environment: a failed store of the exchange ends it with 66, and nothing waiting gets out") {
  World world(true);
  world.start();
  world.environment->play_next();
  world.settle();
  world.listener.events.clear();
  world.environment->perform(world.buy("s1", "99"_dec));
  world.storage.fail();
  world.storage.make_durable();
  CHECK(world.listener.events.empty());
  CHECK(world.listener.failed == ExitCode::store_failed);
}

TEST_CASE("paper environment: paced rows come when their time has come, with heartbeats between") {
  World world(false);
  world.start();
  CHECK(world.environment->advance());
  world.settle();
  CHECK(world.listener.count<MarketTrade>() == 1);   // the row of kStart
  world.clock.advance(2500ms);
  world.environment->advance();
  world.settle();
  CHECK(world.listener.count<MarketTrade>() == 3);
  CHECK(world.listener.count<DataHeartbeat>() == 2);
  REQUIRE(world.environment->wake_at());
  CHECK(*world.environment->wake_at() <= world.clock.now() + 500ms);
}

TEST_CASE("paper environment: a drill silences the line and turns connections away, while the exchange goes on") {
  World world(false);
  world.pace.silence_after = 2s;
  world.pace.silence_for = 3s;
  world.start();
  world.environment->advance();
  world.environment->perform(world.buy("s1", "200"_dec));   // fills against the book at once
  world.settle();
  const auto go = [&](Nanos by) {
    world.listener.events.clear();
    world.clock.advance(by);
    world.environment->advance();
    world.environment->perform(AskData{DataAsk::connect, {}, {}});
    world.settle();
  };
  go(1s);
  CHECK(world.listener.count<MarketTrade>() == 1);
  CHECK(world.listener.count<DataConnected>() == 1);
  go(2500ms);   // 3.5 s: silent
  CHECK(world.exchange->cursor().row == 4);
  CHECK(world.listener.count<MarketTrade>() == 0);
  CHECK(world.listener.count<DataHeartbeat>() == 0);
  CHECK(world.listener.count<DataConnected>() == 0);
  CHECK(world.listener.count<DataLost>() == 1);
  go(2s);       // 5.5 s: over
  CHECK(world.listener.count<DataConnected>() == 1);
  CHECK(world.listener.count<DataHeartbeat>() > 0);
  CHECK(world.listener.count<MarketTrade>() > 0);
}

TEST_CASE("paper environment: what was missed is played against the exchange alone, and a longer absence is a pause") {
  World world(false, 1000);
  world.start();
  world.environment->advance();
  world.environment->perform(world.buy("s1", "99"_dec));
  world.settle();
  REQUIRE(world.books->open_orders().size() == 1);

  world.clock.advance(3s);   // down for three seconds
  world.listener.events.clear();
  world.start();
  CHECK(world.listener.count<MarketTrade>() == 0);
  CHECK(world.exchange->cursor().row == 4);

  world.clock.advance(100s);   // far beyond max_catch_up (5 s)
  world.start();
  CHECK(world.exchange->cursor().row <= 10);
  CHECK((*world.source.peek())->time >= world.environment->now());
}

TEST_CASE("paper environment: in lock-step each side gets the rows that it has not recorded, and no other") {
  struct Case { const char* name; std::uint64_t exchange_rows; std::uint64_t seen_rows; std::uint64_t first_emitted; std::uint64_t restored_to; };
  const auto row = GENERATE(values<Case>({
      {"both at the same row", 4, 4, 5, 4},
      {"the exchange is a row ahead: it gets it not again", 4, 3, 4, 3},
      {"the exchange is behind: it catches up alone", 2, 6, 7, 2},
  }));
  INFO(row.name);
  World world(true);
  world.start();
  for (std::uint64_t i = 0; i < row.exchange_rows; ++i) world.environment->play_next();
  world.environment->close([](Result<void>) {});
  world.settle();
  world.listener.events.clear();
  world.source.restored.clear();
  const WallTime seen_time = kStart + seconds(row.seen_rows - 1);
  world.start({row.seen_rows, "after " + std::to_string(row.seen_rows)}, seen_time);
  CHECK(world.source.restored == std::vector<std::uint64_t>{row.restored_to});
  CHECK(world.exchange->cursor().row == std::max(row.exchange_rows, row.seen_rows));
  CHECK(world.environment->now() == kStart + seconds(std::max(row.exchange_rows, row.seen_rows) - 1));
  world.environment->play_next();
  world.settle();
  REQUIRE(world.listener.count<MarketTrade>() == 1);
  const auto& trade = std::get<MarketTrade>(world.listener.events.back());
  CHECK(trade.row == row.first_emitted);
  CHECK(trade.position == "after " + std::to_string(row.first_emitted));
}

TEST_CASE("paper environment: a replay begins at its first row's time, moves by rows and timers, and says its end once") {
  World world(true, 2);
  world.start();
  CHECK(world.environment->now() == kStart);
  CHECK(world.environment->next_at() == kStart);
  world.environment->play_next();
  world.environment->move_time(kStart + 700ms);
  CHECK(world.environment->now() == kStart + 700ms);
  CHECK(world.environment->next_at() == kStart + 1s);
  world.environment->play_next();
  CHECK_FALSE(world.environment->next_at());
  CHECK_FALSE(world.environment->next_at());
  world.settle();
  CHECK(world.listener.count<DataEnded>() == 1);
  CHECK(world.environment->has_ended());
}

TEST_CASE("paper environment: a replay with a speed waits for the clock between rows") {
  World world(true, 3, "2"_dec);
  world.start();
  CHECK(world.environment->next_at() == kStart);
  world.environment->play_next();
  CHECK_FALSE(world.environment->next_at());
  CHECK(world.environment->wake_at() == world.clock.now() + 500ms);
  world.clock.advance(500ms);
  CHECK(world.environment->next_at() == kStart + 1s);
}

TEST_CASE("paper environment: a row that fills an order is told before it happens") {
  World world(true);
  world.start();
  world.environment->play_next();
  CHECK_FALSE(world.environment->next_has_effects());
  OrderIntent stop = world.buy("s1", "101"_dec).intent;
  stop.type = OrderType::stop_loss;
  world.environment->perform(SendOrder{stop});
  world.settle();
  CHECK(world.environment->next_has_effects());
}

TEST_CASE("paper environment: in lock-step a row's fills are told before the row, which waits until they are settled") {
  World world(true);
  world.start();
  world.environment->play_next();
  world.environment->perform(world.buy("s1", "99"_dec));
  OrderIntent stop = world.buy("s2", "101"_dec).intent;
  stop.type = OrderType::stop_loss;
  world.environment->perform(SendOrder{stop});
  world.settle();
  world.listener.events.clear();
  world.environment->play_next();
  world.settle();
  CHECK(world.listener.count<FillPush>() == 1);
  CHECK(world.listener.count<MarketTrade>() == 0);
  CHECK(world.environment->next_at() == world.environment->now());
  CHECK_FALSE(world.environment->next_has_effects());
  world.environment->play_next();
  world.settle();
  REQUIRE(world.listener.count<MarketTrade>() == 1);
  CHECK(std::get<MarketTrade>(world.listener.events.back()).row == 2);
}
