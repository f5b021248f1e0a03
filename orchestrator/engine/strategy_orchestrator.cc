#include "orchestrator/engine/strategy_orchestrator.h"

#include <algorithm>

#include "orchestrator/engine/engine_parts.h"
#include "orchestrator/engine/status_writer.h"

namespace s1mple {
namespace {

DataSourceLimits limits_of(const EngineConfig& config) {
  DataSourceLimits limits;
  limits.heartbeat_timeout = config.heartbeat_timeout > 0ns && !config.lock_step
                                 ? std::optional(config.heartbeat_timeout)
                                 : std::nullopt;
  limits.stale_after =
      config.stale_after > 0ns && !config.lock_step ? std::optional(config.stale_after) : std::nullopt;
  return limits;
}

// Market time stands still in a replay until all is settled, so nothing may wait for it to pass.
EngineConfig adapted(EngineConfig config) {
  if (config.lock_step) config.execution.reconciliation.settle_delay = Nanos{};
  return config;
}

std::vector<Symbol> symbols_of(const EngineConfig& config) {
  std::vector<Symbol> symbols;
  for (const Instrument& instrument : config.instruments) {
    ENSURE(std::ranges::find(symbols, instrument.symbol) == symbols.end(),
           "an instrument is configured once");
    symbols.push_back(instrument.symbol);
  }
  ENSURE(!symbols.empty(), "at least one instrument is configured");
  return symbols;
}

}  // namespace

EngineParts::EngineParts(EngineConfig configuration, Books& durable,
                         std::vector<ConfiguredStrategy> strategies)
    : config(adapted(std::move(configuration))),
      books(durable),
      random(config.seed),
      recorder(books, OrderIndex(config.instruments, config.taker_fee_rate, market)),
      handler(recorder, config.execution),
      reconciliation(recorder, handler, config.execution),
      rounds(recorder, config.execution.reconciliation, random),
      gate(books),
      notices(recorder, config),
      breaker(recorder, config.breaker),
      orders(recorder, handler, gate, notices, market, config),
      desk(recorder, orders, market),
      data(limits_of(config), symbols_of(config), Random(random.next())),
      resting(recorder, handler, breaker),
      flatten(recorder, handler, orders, notices, market, config),
      safe_stops(recorder, orders, notices, market) {
  for (ConfiguredStrategy& strategy : strategies)
    desk.add(std::move(strategy.name), std::move(strategy.strategy));
}

StrategyOrchestrator::StrategyOrchestrator(EngineConfig config, Books& books,
                                           std::vector<ConfiguredStrategy> strategies)
    : parts_(std::make_unique<Parts>(std::move(config), books, std::move(strategies))) {}

StrategyOrchestrator::~StrategyOrchestrator() = default;

void StrategyOrchestrator::look_up_in(OldBooks& old) { parts_->recorder.look_up_in(old); }

Step StrategyOrchestrator::start(const StartInfo& info) {
  ENSURE(parts_->phase == Phase::starting, "an engine is started once");
  parts_->begin(info.at);
  parts_->start(info);
  parts_->settle();
  return parts_->finish();
}

Step StrategyOrchestrator::on(const Event& event) {
  ENSURE(parts_->phase != Phase::starting, "an engine is started before the first event");
  parts_->begin(event.at);
  if (parts_->store_failed_until) {
    parts_->after_store_failed(event);
    return parts_->finish();
  }
  std::visit([&](const auto& body) { parts_->happen(body); }, event.body);
  if (!parts_->store_failed_until) parts_->settle();
  return parts_->finish();
}

Step StrategyOrchestrator::flush(WallTime at) {
  parts_->begin(at);
  parts_->write_lazy_facts();
  return parts_->finish();
}

std::optional<WallTime> StrategyOrchestrator::wake_at() const { return parts_->wake_at(); }
bool StrategyOrchestrator::is_settled() const { return parts_->is_settled(); }
Phase StrategyOrchestrator::phase() const { return parts_->phase; }
TradingMode StrategyOrchestrator::trading() const { return parts_->gate.mode(); }
void StrategyOrchestrator::write_status(JsonWriter& out) const { s1mple::write_status(*parts_, out); }

HealthCounters StrategyOrchestrator::counters() const {
  HealthCounters counters;
  counters.market = parts_->market_events;
  counters.risk_ticks = parts_->risk_ticks;
  return counters;
}

}  // namespace s1mple
