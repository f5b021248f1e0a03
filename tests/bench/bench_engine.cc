// How long a decision takes: a market event goes in, the order that a strategy answers with comes out.
//
// bench_engine [events]. In between lie the whole runtime and engine with the production code: queue,
// strategy, risk limits, facts, their bytes, the store (in memory, durable at once: no disk), the barrier
// queue. The clock is read before the event goes in and when the order is handed to the venue. With 0, 100
// and 10,000 orders of the strategy resting. The floor is an event through the same kind of queue to an empty
// call, and the two readings of the clock. Budget: p99 of 10 microseconds. Units: microseconds. After each
// order its acceptance, cancel and closing follow, untimed. Its memory comes in large pages, as the supervisor
// starts the orchestrator.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <memory>
#include <vector>

#include "common/os/clock.h"
#include "orchestrator/environment/runtime.h"
#include "orchestrator/state/memory_storage.h"
#include "tests/bench/quantile.h"

namespace s1mple {
namespace {

const Symbol kSymbol("BTC/EUR");
const StrategyName kStrategy("bench");

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

class OneOrder final : public Strategy {
 public:
  void on_market(const MarketTrade& trade, StrategyContext& context) override {
    OrderRequest wanted;
    wanted.symbol = trade.symbol;
    wanted.quantity = Quantity(Decimal::from_scaled(1, 2));
    wanted.price = Price(trade.price.value - Decimal::from_int(100));
    wanted.purpose = "bench";
    if (auto placed = context.place(wanted); placed.ok())
      last_ = *placed;
    else
      std::fprintf(stderr, "bench_engine: %s\n", placed.error().story.c_str());
  }
  void on_execution(const ExecutionReport& report, StrategyContext& context) override {
    if (cancels && report.kind == ReportKind::accepted) context.cancel(report.order->intent.client_id);
  }
  void on_timer(StrategyContext&) override {}
  void save(JsonWriter& out) const override { out.begin_object().text("last", last_.text()).end_object(); }
  Result<void> restore(const JsonValue&) override { return {}; }
  static inline bool cancels = false;

 private:
  ClientId last_;
};

// Accepts and cancels whatever it is asked to, when it is told to answer.
class World final : public ExecutionEnvironment, public RuntimeOutlet {
 public:
  [[nodiscard]] WallTime now() const override { return time_; }
  void perform(const SendOrder& request) override {
    order_out_ = now_ns();
    OrderAnswer answer;
    answer.client_id = request.intent.client_id;
    answer.answer = AnswerKind::accepted;
    answer.venue_id = VenueOrderId("V" + request.intent.client_id.text());
    answers_.emplace_back(std::move(answer));
    last_ = request.intent;
  }
  void perform(const SendCancel& request) override {
    answers_.emplace_back(CancelAnswer{request.client_id, AnswerKind::accepted, RefusalCode::other, ""});
    VenueOrder closed;
    closed.client_id = request.client_id;
    closed.venue_id = request.venue_id;
    closed.symbol = request.symbol;
    closed.quantity = last_.quantity;
    closed.status = VenueStatus::cancelled;
    closed.closed_at = time_;
    answers_.emplace_back(OrderPush{closed});
  }
  void perform(const AskVenue& request) override {
    QueryAnswer answer;
    answer.query = request.query;
    answer.kind = request.kind;
    answer.answered = true;
    answer.as_of = time_;
    if (request.kind == QueryKind::balances)
      answer.balances = {{Asset("EUR"), Money(Decimal::from_int(1'000'000'000)), Money{}}};
    answers_.emplace_back(std::move(answer));
  }
  void perform(const AskData&) override {
    answers_.emplace_back(DataConnected{});
    answers_.emplace_back(DataHeartbeat{});
  }
  void perform(const Action&) override {}
  void flush() override {}
  bool advance() override { return true; }
  [[nodiscard]] std::optional<Instant> wake_at() const override { return std::nullopt; }
  [[nodiscard]] bool is_quiet() const override { return answers_.empty(); }
  void close(std::function<void(Result<void>)> done) override { done({}); }

  void answer(Runtime& runtime) {
    while (!answers_.empty()) {
      EventBody event = std::move(answers_.front());
      answers_.pop_front();
      runtime.on_environment_event(std::move(event));
    }
  }
  void pass(Nanos span) { time_ += span; }
  [[nodiscard]] std::int64_t order_out() const { return order_out_; }

 private:
  WallTime time_ = from_unix_nanos(1'700'000'000'000'000'000);
  std::deque<EventBody> answers_;
  OrderIntent last_;
  std::int64_t order_out_ = 0;
};

EngineConfig engine_config() {
  Instrument btc;
  btc.symbol = kSymbol;
  btc.base = Asset("BTC");
  btc.quote = Asset("EUR");
  btc.price_step = Price(Decimal::from_scaled(1, 1));
  btc.quantity_step = Quantity(Decimal::from_scaled(1, 8));
  EngineConfig config;
  config.instruments = {btc};
  config.risk.max_position.reset();
  config.risk.max_open_orders = 20'000;
  config.risk.max_messages = 1'000;  // within 1 s; the events come 10 ms apart
  config.heartbeat_timeout = Nanos(0);
  config.execution.reconciliation.interval = Nanos(0);  // this venue lists no orders
  return config;
}

MarketTrade trade(std::uint64_t row, WallTime time) {
  MarketTrade trade;
  trade.symbol = kSymbol;
  trade.price = Price(Decimal::from_scaled(500'000 + static_cast<std::int64_t>(row % 7), 1));
  trade.quantity = Quantity(Decimal::from_scaled(1, 2));
  trade.time = time;
  trade.row = row;
  return trade;
}

void print(const char* what, const std::vector<std::int64_t>& took) {
  const auto at = [&](double q) { return static_cast<double>(quantile(took, q)) / 1000.0; };
  std::printf("%-44s p50 %7.2f  p99 %7.2f  max %9.2f us\n", what, at(0.5), at(0.99), at(1.0));
}

void bench_floor(int events) {
  std::deque<EventBody> queue;
  std::vector<std::int64_t> took;
  volatile std::uint64_t rows = 0;
  for (int i = 0; i < events; ++i) {
    MarketTrade event = trade(static_cast<std::uint64_t>(i), {});
    const std::int64_t in = now_ns();
    queue.push_back(std::move(event));
    const EventBody taken = std::move(queue.front());
    queue.pop_front();
    rows = rows + std::get<MarketTrade>(taken).row;
    took.push_back(now_ns() - in);
  }
  print("floor: an event through a queue to an empty call", took);
}

void bench_orders(int resting, int events) {
  const SystemClock clock;
  Books books;
  World world;
  MemoryStorage storage;
  std::vector<ConfiguredStrategy> strategies;
  strategies.push_back({kStrategy, std::make_unique<OneOrder>()});
  StrategyOrchestrator engine(engine_config(), books, std::move(strategies));
  Runtime runtime({engine, books, storage, world, world, clock, nullptr, {}});
  storage.set_listener(&runtime);
  StartInfo info;
  info.epoch = 1;
  info.cause = "start";
  info.new_tag = "bnch";
  info.environment = info.venue = info.account = "paper";
  runtime.start(info);
  runtime.poll();
  world.answer(runtime);
  std::vector<std::int64_t> took;
  std::uint64_t row = 0;
  const auto next = [&](bool timed) {
    world.pass(10ms);
    MarketTrade event = trade(++row, world.now());
    const std::int64_t in = now_ns();
    runtime.on_environment_event(std::move(event));
    if (timed && world.order_out() >= in) took.push_back(world.order_out() - in);
    world.answer(runtime);
  };
  OneOrder::cancels = false;
  for (int i = 0; i < resting; ++i) next(false);
  OneOrder::cancels = true;
  for (int i = 0; i < events; ++i) next(true);
  if (took.size() + 1 < static_cast<std::size_t>(events) ||
      books.orders().working().size() < static_cast<std::size_t>(resting)) {
    std::fprintf(stderr, "bench_engine: %zu orders came out of %d events, %zu rest\n", took.size(), events,
                 books.orders().working().size());
    std::exit(1);
  }
  const std::string what = "event in, order out; " + std::to_string(resting) + " orders rest";
  print(what.c_str(), took);
}

}  // namespace
}  // namespace s1mple

int main(int argc, char** argv) {
  // glibc reads this before main: so once more, with it.
  if (std::getenv("GLIBC_TUNABLES") == nullptr && ::setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 1) == 0)
    ::execv("/proc/self/exe", argv);
  const int events = argc > 1 ? std::max(100, std::atoi(argv[1])) : 20'000;
  s1mple::bench_floor(events);
  for (const int resting : {0, 100, 10'000}) s1mple::bench_orders(resting, events);
  return 0;
}
