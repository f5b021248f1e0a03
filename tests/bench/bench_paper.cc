// How fast the simulated exchange plays rows and comes back: prints one line per figure.
//
//   bench_paper [rows]
// Catching up after hours of downtime plays millions of rows, and a restart with 10,000 open orders has 100 ms for
// everything, so both must stay far below what the disk and the start of a process take.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <span>
#include <string>

#include "orchestrator/venue/paper/paper_codec.h"
#include "orchestrator/venue/paper/paper_exchange.h"
#include "orchestrator/venue/paper/paper_folding.h"

namespace s1mple {
namespace {

const Symbol kSymbol("BTC/EUR");
constexpr int kOpenOrders = 10'000;

// Of the processor, so that a busy machine does not count.
double seconds_of(auto&& work) {
  const std::clock_t begin = std::clock();
  work();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

PaperConfig config() {
  Instrument btc;
  btc.symbol = kSymbol;
  btc.base = Asset("BTC");
  btc.quote = Asset("EUR");
  btc.price_step = Price(Decimal::from_scaled(1, 1));
  btc.quantity_step = Quantity(Decimal::from_scaled(1, 8));
  btc.cost_digits = 5;
  PaperConfig config;
  config.balances = {{"BTC", Decimal::from_int(1'000'000)}, {"EUR", Decimal::from_int(1'000'000'000)}};
  config.instruments = {btc};
  return config;
}

// Between 49900 and 50100; the open orders lie outside, or (touching) on the way.
MarketTrade row(Random& random, std::uint64_t number) {
  MarketTrade trade;
  trade.symbol = kSymbol;
  trade.price = Price(Decimal::from_scaled(random.between(499'000, 501'000), 1));
  trade.quantity = Quantity(Decimal::from_scaled(random.between(1, 100'000'000), 8));
  trade.time = from_unix_nanos(static_cast<std::int64_t>(number) * 1'000'000);
  trade.row = number;
  return trade;
}

OrderIntent order(int number, Decimal price, Side side) {
  OrderIntent intent;
  intent.client_id = ClientId("sabcd1-" + std::to_string(number));
  intent.symbol = kSymbol;
  intent.side = side;
  intent.quantity = Quantity(Decimal::from_scaled(1, 2));
  intent.price = Price(price);
  intent.deadline = from_unix_nanos(std::int64_t{1} << 60);
  return intent;
}

struct World {
  PaperConfig settings = config();
  PaperBooks books;
  PaperExchange exchange{settings, books};
  std::vector<std::string> log;

  World() {
    Random random(1);
    keep(exchange.open(random, {}));
  }
  void keep(const PaperStep& step) {
    if (step.has_effect()) encode(step.facts, log.emplace_back());
  }
  void place_far_orders() {
    for (int i = 0; i < kOpenOrders; ++i) {
      const bool buys = i % 2 == 0;
      const Decimal price = Decimal::from_scaled(buys ? 498'000 - i : 502'000 + i, 1);
      keep(exchange.on_request(SendOrder{order(i, price, buys ? Side::buy : Side::sell)}, 1, {}));
    }
  }
};

// The best of ten: what it costs, without what else the machine did.
double best_seconds_of(auto&& work) {
  double best = seconds_of(work);
  for (int i = 1; i < 10; ++i) best = std::min(best, seconds_of(work));
  return best;
}

void bench_rows(const char* name, World& world, std::uint64_t rows) {
  Random random(2);
  std::size_t effects = 0;
  MarketCursor cursor{world.exchange.cursor().row, "the source's own text of some length"};
  const double took = seconds_of([&] {
    for (std::uint64_t i = 0; i < rows; ++i) {
      ++cursor.row;
      effects += world.exchange.on_market(row(random, cursor.row), cursor).has_effect() ? 1U : 0U;
    }
  });
  std::printf("%-44s %10.0f rows/s, %zu with effects\n", name, static_cast<double>(rows) / took, effects);
}

void bench_requests() {
  World world;
  const double took = seconds_of([&] { world.place_far_orders(); });
  std::printf("%-44s %10.0f orders/s\n", "place and encode 10,000 orders", kOpenOrders / took);
}

void bench_recovery() {
  World world;
  world.place_far_orders();
  const double folded = best_seconds_of([&] {
    PaperBooks books;
    PaperFolding folding(books);
    for (const std::string& record : world.log)
      if (!folding.apply(std::as_bytes(std::span(record)))) std::abort();
  });
  std::printf("%-44s %10.2f ms\n", "fold the records of 10,000 open orders", folded * 1e3);
  std::string text;
  const double written = best_seconds_of([&] {
    JsonWriter out;
    world.books.write_json(out);
    text = out.take();
  });
  const double read = best_seconds_of([&] {
    PaperBooks books;
    if (!books.read_text(text)) std::abort();
  });
  std::printf("%-44s %10.2f ms written, %.2f ms read, %.1f MB\n", "snapshot of 10,000 open orders",
              written * 1e3, read * 1e3, static_cast<double>(text.size()) / 1e6);
}

void run(std::uint64_t rows) {
  World quiet;
  bench_rows("rows, no open orders", quiet, rows);
  World busy;
  busy.place_far_orders();
  bench_rows("rows, 10,000 open orders out of reach", busy, rows);
  World touched;
  touched.settings.queue_ahead_value = Decimal::from_int(1'000'000'000);
  for (int i = 0; i < 20; ++i)
    touched.keep(touched.exchange.on_request(
        SendOrder{order(i, Decimal::from_scaled(499'000, 1), Side::buy)}, 1, {}));
  bench_rows("rows, 20 resting orders of a grid", touched, rows);
  bench_requests();
  bench_recovery();
}

}  // namespace
}  // namespace s1mple

int main(int argc, char** argv) {
  s1mple::run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000);
  return 0;
}
