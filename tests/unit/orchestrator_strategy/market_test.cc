// The built-in strategies over whole markets: do the defaults trade, and does Kraken's extract make them
// trade?

#include "orchestrator/data/replay_market.h"
#include "orchestrator/data/synthetic_market.h"
#include "orchestrator/strategy/ema_cross.h"
#include "orchestrator/strategy/grid.h"
#include "orchestrator/strategy/template.h"
#include "tests/support/catch.h"
#include "tests/support/kraken_vectors.h"
#include "tests/support/memory_text.h"
#include "tests/support/small_exchange.h"

using namespace s1mple;
using namespace s1mple::literals;

namespace {

const WallTime kStart = from_unix_nanos(1'700'000'000'000'000'000);

template <class Kind>
StrategyRig rig_of(const Instrument& instrument, const typename Kind::Config& config) {
  return {[&instrument, config] { return std::make_unique<Kind>(instrument.symbol, config); }, instrument};
}

struct Outcomes {
  int fills = 0;
  Nanos first_fill{};  // after the start
};

Outcomes play(StrategyRig& rig, MarketSource& source, int rows) {
  SmallExchange exchange(rig);
  Outcomes outcomes;
  for (int row = 0; row < rows; ++row) {
    const auto next = source.peek();
    REQUIRE(next.ok());
    if (*next == nullptr) break;
    const MarketTrade trade = source.take();
    while (rig.context.wake && *rig.context.wake <= trade.time) rig.timer();
    exchange.trade(trade.price, trade.time > rig.context.time ? trade.time - rig.context.time : 0ns);
    if (outcomes.fills == 0 && exchange.fills() > 0) outcomes.first_fill = trade.time - kStart;
    outcomes.fills = exchange.fills();
  }
  CHECK(rig.context.violations.empty());
  CHECK_FALSE(rig.context.held.quantity.is_negative());
  return outcomes;
}

SyntheticMarket synthetic(const Instrument& instrument, std::int64_t seed) {
  SyntheticConfig config;
  config.seed = seed;
  config.pairs = {default_synthetic_pair()};
  return SyntheticMarket::create(config, std::vector{instrument}, kStart).value();
}

Instrument bch_eur() {
  return {Symbol("BCH/EUR"),
          Asset("BCH"),
          Asset("EUR"),
          Price("0.01"_dec),
          Quantity("0.00000001"_dec),
          Quantity("0.01"_dec),
          Money("0.5"_dec),
          2,
          8,
          5};
}

std::optional<ReplayMarket> extract() {
  const auto text = kraken_vector("csv-trades-BCHEUR-2023-01-01.csv");
  if (!text) {
    WARN("skipped: ../shared/kraken/vectors is not beside the repository");
    return std::nullopt;
  }
  std::vector<ReplayInput> inputs;
  inputs.push_back({Symbol("BCH/EUR"), "BCHEUR.csv", std::make_unique<MemoryText>(*text)});
  return ReplayMarket(std::move(inputs), OnBadLine::stop);
}

}  // namespace

TEST_CASE("market: with the defaults both strategies trade within seconds of the start, and go on") {
  const Instrument instrument = btc_eur();
  auto cross_market = synthetic(instrument, 1), grid_market = synthetic(instrument, 1);
  auto cross = rig_of<EmaCross>(instrument, {});
  auto grid = rig_of<Grid>(instrument, {});
  const Outcomes of_cross = play(cross, cross_market, 6000);  // twenty minutes
  const Outcomes of_grid = play(grid, grid_market, 6000);
  CAPTURE(to_ms(of_cross.first_fill), of_cross.fills, to_ms(of_grid.first_fill), of_grid.fills);
  CHECK(of_cross.first_fill < 8s);
  CHECK(of_grid.first_fill < 2s);
  CHECK(of_cross.fills > 30);
  CHECK(of_grid.fills > 60);
}

TEST_CASE("market: whatever the seed, a grid trades at once and a cross within a minute") {
  const std::int64_t seed = GENERATE(range(2, 8));
  const Instrument instrument = btc_eur();
  auto cross_market = synthetic(instrument, seed), grid_market = synthetic(instrument, seed);
  auto cross = rig_of<EmaCross>(instrument, {});
  auto grid = rig_of<Grid>(instrument, {});
  CHECK(play(cross, cross_market, 1000).first_fill < 60s);
  CHECK(play(grid, grid_market, 1000).first_fill < 2s);
}

TEST_CASE("market: Kraken's extract makes ema_cross trade") {
  auto source = extract();
  if (!source) return;
  const Instrument instrument = bch_eur();
  EmaCross::Config config;
  config.fast = 3;
  config.slow = 8;
  config.quantity = Quantity("1"_dec);
  config.stop_distance = "0.003"_dec;
  auto rig = rig_of<EmaCross>(instrument, config);
  CHECK(play(rig, *source, 1000).fills >= 6);
}

TEST_CASE("market: Kraken's extract makes grid trade") {
  auto source = extract();
  if (!source) return;
  const Instrument instrument = bch_eur();
  Grid::Config config;
  config.levels = 4;
  config.spacing = "0.001"_dec;
  config.quantity = Quantity("0.5"_dec);
  config.start_levels = 2;
  config.recentre_after = 1h;
  auto rig = rig_of<Grid>(instrument, config);
  CHECK(play(rig, *source, 1000).fills >= 10);
}

TEST_CASE("market: the template trades, survives a restart, and refuses a foreign memory") {
  const Instrument instrument = btc_eur();
  TemplateStrategy::Config config;
  config.quantity = Quantity("0.01"_dec);
  auto source = synthetic(instrument, 1);
  auto rig = rig_of<TemplateStrategy>(instrument, config);
  CHECK(play(rig, source, 6000).fills > 2);
  TemplateStrategy again(instrument.symbol, config);
  REQUIRE(again.restore(JsonValue::parse(rig.saved()).value()).ok());
  JsonWriter out;
  again.save(out);
  CHECK(out.str() == rig.saved());
  CHECK_FALSE(again.restore(JsonValue::parse("{}").value()).ok());
}
