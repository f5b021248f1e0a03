#include "orchestrator/environment/paper_world.h"

#include <algorithm>
#include <utility>

#include "orchestrator/data/replay_market.h"
#include "orchestrator/data/synthetic_market.h"

namespace s1mple {
namespace {

struct Source {
  std::unique_ptr<MarketSource> market;
  std::function<void(WallTime)> pause_until;
};

Result<Source> open_replay(const Configuration& configuration, const OpenText& open_text) {
  std::vector<ReplayInput> inputs;
  for (const ReplayFile& file : configuration.replay.files) {
    auto text = open_text(file.path);
    if (!text) return std::move(text).error().during("replay " + file.symbol.text());
    inputs.push_back({file.symbol, file.path, std::move(*text)});
  }
  return Source{std::make_unique<ReplayMarket>(std::move(inputs), configuration.replay.on_bad_line), nullptr};
}

Result<Source> open_synthetic(const Configuration& configuration, WallTime start) {
  auto market = SyntheticMarket::create(configuration.synthetic, configuration.instruments, start);
  if (!market) return std::move(market).error().during("synthetic market");
  auto owned = std::make_unique<SyntheticMarket>(std::move(*market));
  SyntheticMarket* synthetic = owned.get();
  return Source{std::move(owned), [synthetic](WallTime time) { synthetic->pause_until(time); }};
}

Result<Source> open_source(PaperWorld::Parts& parts) {
  if (parts.source) return Source{std::move(parts.source), [](WallTime) {}};
  if (parts.configuration.data == DataKind::replay) return open_replay(parts.configuration, parts.open_text);
  return open_synthetic(parts.configuration, parts.clock.wall());
}

PaperPace pace_of(const Configuration& configuration) {
  PaperPace pace;
  pace.lock_step = configuration.data == DataKind::replay;
  pace.speed = configuration.replay.speed.value_or(Decimal());
  pace.max_catch_up = configuration.paper.max_catch_up;
  // A quiet market is no silence, however impatient the breaker is configured.
  pace.heartbeat = std::min(pace.heartbeat, configuration.engine.heartbeat_timeout / 4);
  pace.silence_after = configuration.synthetic.silence_after;
  pace.silence_for = configuration.synthetic.silence_for;
  return pace;
}

std::vector<ConfiguredStrategy> make_strategies(const Configuration& configuration) {
  std::vector<ConfiguredStrategy> strategies;
  for (const StrategySetup& setup : configuration.strategies)
    strategies.push_back({setup.name, setup.make()});
  return strategies;
}

}  // namespace

Result<std::unique_ptr<PaperWorld>> PaperWorld::make(Parts parts) {
  const Configuration& configuration = parts.configuration;
  auto source = open_source(parts);
  if (!source) return std::move(source).error();

  auto world = std::make_unique<PaperWorld>();
  world->source_ = std::move(source->market);
  world->paper_ = configuration.paper;
  world->paper_.instruments = configuration.instruments;
  world->exchange_ = std::make_unique<PaperExchange>(world->paper_, parts.exchange_books);
  world->exchange_->look_up_in(parts.exchange_store);
  world->environment_ = std::make_unique<PaperEnvironment>(PaperEnvironment::Parts{
      *world->source_, *world->exchange_, parts.exchange_books, parts.exchange_store, parts.clock, nullptr,
      parts.epoch, parts.books.market_cursor(), parts.books.latest(), pace_of(configuration),
      std::move(source->pause_until), std::move(parts.on_row)});

  EngineConfig engine = engine_config_of(configuration);
  engine.seed = parts.seed;
  world->engine_ =
      std::make_unique<StrategyOrchestrator>(std::move(engine), parts.books, make_strategies(configuration));
  world->old_books_ = std::make_unique<ArchivedBooks>(parts.books_store, std::move(parts.archive_unreadable));
  world->engine_->look_up_in(*world->old_books_);
  if (parts.make_layer) world->layer_ = parts.make_layer(*world->environment_);
  ExecutionEnvironment* outside = world->environment_.get();
  if (world->layer_) outside = world->layer_.get();
  world->runtime_ = std::make_unique<Runtime>(
      Runtime::Parts{*world->engine_, parts.books, parts.books_store, *outside, parts.outlet, parts.clock,
                     std::move(parts.abandon_store), configuration.disk});
  world->environment_->set_listener(*world->runtime_);
  if (world->layer_) {
    world->layer_->set_listener(*world->runtime_);
    world->environment_->set_listener(*world->layer_);
  }
  return world;
}

void PaperWorld::start(const StartInfo& info) {
  environment_->connect();
  runtime_->start(info);
  runtime_->poll();
}

}  // namespace s1mple
