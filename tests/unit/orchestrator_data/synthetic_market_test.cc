#include "orchestrator/data/synthetic_market.h"

#include <set>

#include "tests/support/catch.h"

using namespace s1mple;
using namespace s1mple::literals;

namespace {

const WallTime kStart = from_unix_nanos(1'700'000'000'000'000'000);

Instrument instrument(const char* symbol, Decimal price_step, Decimal quantity_step) {
  Instrument made;
  made.symbol = Symbol(symbol);
  made.price_step = Price(price_step);
  made.quantity_step = Quantity(quantity_step);
  return made;
}

const std::vector<Instrument> kInstruments{instrument("BTC/EUR", "0.1"_dec, "0.00000001"_dec),
                                           instrument("ETH/EUR", "0.01"_dec, "0.00000001"_dec),
                                           instrument("PENNY/EUR", "0.0001"_dec, "1"_dec)};

SyntheticConfig config(std::int64_t seed = 1, std::int64_t rows_per_s = 5) {
  SyntheticConfig made;
  made.seed = seed;
  made.rows_per_s = rows_per_s;
  made.pairs = {default_synthetic_pair()};
  return made;
}

SyntheticConfig two_pairs(std::int64_t seed = 1) {
  auto made = config(seed);
  made.pairs.push_back({Symbol("ETH/EUR"), Price("3000"_dec), Quantity("0.5"_dec)});
  return made;
}

SyntheticMarket market(const SyntheticConfig& given, WallTime start = kStart) {
  return SyntheticMarket::create(given, kInstruments, start).value();
}

MarketTrade take(SyntheticMarket& source) {
  (void)source.peek();
  return source.take();
}

std::string synthetic_row(const MarketTrade& trade) {
  return std::to_string(trade.row) + " " + trade.symbol.text() + " " +
         std::to_string(to_unix_nanos(trade.time)) + " " + trade.price.text() + " " + trade.quantity.text() +
         " " + std::string(to_text(trade.taker.value()));
}

std::vector<std::string> take_texts(SyntheticMarket& source, int count) {
  std::vector<std::string> rows;
  for (int i = 0; i < count; ++i) rows.push_back(synthetic_row(take(source)));
  return rows;
}

// A plain condition: a REQUIRE for every row would cost more than the rows.
void must(bool holds, const char* what) {
  if (!holds) FAIL(what);
}

std::int64_t ppm_between(Price from, Price to) {
  return static_cast<std::int64_t>((to.value.units() - from.value.units()) * 1'000'000 / from.value.units());
}

}  // namespace

TEST_CASE("synthetic: a seed is a market, the same each time") {
  auto first = market(two_pairs(5));
  auto second = market(two_pairs(5));
  auto other = market(two_pairs(6));
  const auto rows = take_texts(first, 500);
  CHECK(take_texts(second, 500) == rows);
  CHECK(take_texts(other, 500) != rows);
}

TEST_CASE("synthetic: the first rows of the default market are pinned, because a change is a new version") {
  auto source = market(config());
  CHECK(take_texts(source, 3) ==
        std::vector<std::string>{"1 BTC/EUR 1700000000108132638 49997.9 0.0225 buy",
                                 "2 BTC/EUR 1700000000250291559 50000.6 0.0465 sell",
                                 "3 BTC/EUR 1700000000618678035 49987.1 0.0115 sell"});
}

TEST_CASE("synthetic: peek shows what take gives, and does not move the cursor") {
  auto source = market(two_pairs());
  for (int i = 0; i < 100; ++i) {
    const MarketCursor before = source.cursor();
    const std::string seen = synthetic_row(*source.peek().value());
    CHECK(synthetic_row(*source.peek().value()) == seen);
    CHECK(source.cursor() == before);
    CHECK(synthetic_row(source.take()) == seen);
    CHECK(source.cursor().row == before.row + 1);
  }
}

TEST_CASE("synthetic: restored from any row, it goes on with exactly the rows that follow") {
  auto first = market(two_pairs(11));
  for (int i = 0; i < 400; ++i) {
    const MarketCursor cursor = first.cursor();
    // Seed and start of the restored one do not matter: the cursor holds the whole state.
    auto second = market(two_pairs(99), kStart + 5h);
    REQUIRE(second.restore(cursor).ok());
    CHECK(second.cursor() == cursor);
    auto ahead = first;
    CHECK(take_texts(second, 5) == take_texts(ahead, 5));
    (void)take(first);
  }
}

TEST_CASE("synthetic: rows keep the instrument's steps, go forward in time and are numbered") {
  const std::int64_t seed = GENERATE(1, 2, 3, 4, 5, 6, 7, 8);
  auto source = market(two_pairs(seed));
  WallTime last = kStart;
  for (std::uint64_t number = 1; number <= 5000; ++number) {
    const MarketTrade trade = take(source);
    const auto& rules = kInstruments[trade.symbol == Symbol("BTC/EUR") ? 0 : 1];
    must(trade.row == number, "rows are numbered");
    must(trade.time >= last, "time goes forward");
    must(trade.price.is_positive(), "a price is positive");
    must(trade.quantity.is_positive(), "a size is positive");
    must(trade.price.value.is_multiple_of(rules.price_step.value), "price step");
    must(trade.quantity.value.is_multiple_of(rules.quantity_step.value), "quantity step");
    must(trade.taker.has_value(), "a taker");
    last = trade.time;
  }
}

TEST_CASE("synthetic: the rate is kept on average, and another rate is the same film at another speed") {
  const std::int64_t rate = GENERATE(1, 5, 100, 2000, 100'000);
  auto slow = market(config(3, 5));
  auto source = market(config(3, rate));
  constexpr int kRows = 20'000;
  MarketTrade trade;
  for (int i = 0; i < kRows; ++i) {
    trade = take(source);
    must(trade.price == take(slow).price, "the same film");
  }
  const std::int64_t expected = kRows * (Nanos(1s).count() / rate);
  // Pauses of the gaps lengthen it by some per cent.
  CHECK((trade.time - kStart).count() > expected * 9 / 10);
  CHECK((trade.time - kStart).count() < expected * 13 / 10);
}

TEST_CASE("synthetic: there are trends, calm, jumps, gaps in price and pauses in time") {
  auto source = market(config(1));
  Price last("50000"_dec);
  WallTime last_time = kStart;
  int jumps = 0, pauses = 0, price_gaps = 0, quiet = 0;
  for (int i = 0; i < 100'000; ++i) {
    const MarketTrade trade = take(source);
    const std::int64_t move = std::abs(ppm_between(last, trade.price));
    const Nanos interval = trade.time - last_time;
    if (move > 1500 && interval < 400ms) ++jumps;
    if (interval >= 4s) ++pauses;
    if (interval >= 4s && move > 700) ++price_gaps;
    if (move < 100) ++quiet;
    last = trade.price;
    last_time = trade.time;
  }
  CHECK(jumps > 20);
  CHECK(pauses > 20);
  CHECK(price_gaps > 10);
  CHECK(quiet > 30'000);
}

TEST_CASE("synthetic: the price stays within its bound and comes back to where it began") {
  const std::int64_t seed = GENERATE(1, 2, 3);
  auto source = market(config(seed, 1000));
  int crossings = 0;
  bool above = true;
  for (int i = 0; i < 100'000; ++i) {
    const std::int64_t distance = ppm_between(Price("50000"_dec), take(source).price);
    must(std::abs(distance) < 150'000, "within some per cent");
    if ((distance > 0) != above) ++crossings;
    above = distance > 0;
  }
  CHECK(crossings > 10);
}

TEST_CASE("synthetic: even at the bound a price is positive, and the way leads back") {
  auto source = market(config());
  auto cursor = source.cursor();
  const auto at = cursor.position.find("\"offset\":0");
  REQUIRE(at != std::string::npos);
  cursor.position.replace(at, 10, "\"offset\":-400000000");
  REQUIRE(source.restore(cursor).ok());
  Price price;
  for (int i = 0; i < 50'000; ++i) {
    price = take(source).price;
    must(price >= Price("29990"_dec), "within the bound");
  }
  CHECK(price > Price("40000"_dec));
}

TEST_CASE("synthetic: a pair whose price is a few steps never trades at zero") {
  SyntheticConfig penny = config();
  penny.pairs = {{Symbol("PENNY/EUR"), Price("0.00011"_dec), Quantity("0.2"_dec)}};
  auto source = market(penny);
  for (int i = 0; i < 20'000; ++i) {
    const auto trade = take(source);
    must(trade.price >= Price("0.0001"_dec), "a step at least");
    must(trade.quantity >= Quantity("1"_dec), "a step at least");
  }
}

TEST_CASE("synthetic: a pair does not depend on the pairs beside it") {
  auto alone = market(config(4));
  auto both = market(two_pairs(4));
  for (int i = 0; i < 200; ++i) {
    MarketTrade trade = take(both);
    while (trade.symbol != Symbol("BTC/EUR")) trade = take(both);
    const MarketTrade own = take(alone);
    CHECK(trade.price == own.price);
    CHECK(trade.time == own.time);
  }
}

TEST_CASE("synthetic: an outage that is not played becomes a pause") {
  auto source = market(two_pairs());
  (void)take_texts(source, 10);
  const WallTime resumed = kStart + 3h;
  source.pause_until(resumed);
  const MarketCursor cursor = source.cursor();
  CHECK(cursor.row == 10);
  CHECK(source.peek().value()->time > resumed);
  CHECK(source.peek().value()->time < resumed + 60s);
  auto again = market(two_pairs());
  REQUIRE(again.restore(cursor).ok());
  CHECK(take_texts(again, 50) == take_texts(source, 50));
}

TEST_CASE("synthetic: a pause that lies behind changes nothing") {
  auto source = market(two_pairs());
  auto untouched = source;
  source.pause_until(kStart - 1s);
  CHECK(take_texts(source, 20) == take_texts(untouched, 20));
}

TEST_CASE("synthetic: a pair that is no instrument is refused") {
  auto wrong = config();
  wrong.pairs[0].symbol = Symbol("DOGE/EUR");
  const auto made = SyntheticMarket::create(wrong, kInstruments, kStart);
  REQUIRE_FALSE(made.ok());
  CHECK_THAT(made.error().story, contains("DOGE/EUR"));
}

TEST_CASE("synthetic: a cursor of something else is refused and nothing changes") {
  struct Row {
    const char *position, *story;
  };
  const std::string random = Random(1).save();
  const auto row = GENERATE(values<Row>({
      {"", "restore synthetic market"},
      {R"({"kind":"replay","version":1,"pairs":[]})", "kind 'replay'"},
      {R"({"kind":"synthetic","version":2,"pairs":[]})", "version 2"},
      {R"({"kind":"synthetic","version":1,"pairs":[]})", "another number of pairs"},
      {R"({"kind":"synthetic","version":1,"pairs":[{"symbol":"ETH/EUR"}]})", "was 'ETH/EUR'"},
      {R"({"kind":"synthetic","version":1,"pairs":[{"symbol":"BTC/EUR"}]})", "time"},
      {R"({"kind":"synthetic","version":1,"pairs":[{"symbol":"BTC/EUR","time":1,"offset":0,"regime":"panic","rows_left":1,"random":""}]})",
       "none of calm"},
      {R"({"kind":"synthetic","version":1,"pairs":[{"symbol":"BTC/EUR","time":1,"offset":0,"regime":"calm","rows_left":1,"random":"0"}]})",
       "random"},
      {R"({"kind":"synthetic","version":1,"pairs":[{"symbol":"BTC/EUR","time":1,"offset":400000001,"regime":"calm","rows_left":1,"random":"180ec6d33cfd0abad5a61e8f61a3dbcd8d6f8ed2b2f4e0b8c5e3f7a1b2c3d4e5"}]})",
       "out of range"},
  }));
  CAPTURE(row.position);
  auto source = market(config());
  auto untouched = source;
  const auto restored = source.restore({2, row.position});
  REQUIRE_FALSE(restored.ok());
  CHECK_THAT(restored.error().story, contains(row.story));
  CHECK(take_texts(source, 20) == take_texts(untouched, 20));
}
