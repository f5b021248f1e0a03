#include "orchestrator/environment/configuration.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/contract/config.h"

namespace s1mple {
namespace {

const Decimal kMostAmount = Decimal::from_int(1'000'000'000'000'000);

// ---- one function a table; defaults are those of the structs

void declare_orchestrator(ConfigFile& file, Configuration& c) {
  file.table("orchestrator", "What runs: the world that strategies trade in.", [&](ConfigFields& fields) {
    fields.choice("environment", c.environment, "the world: paper trades nothing real");
    fields.choice("data", c.data, "where the market comes from: synthetic needs no network; replay reads files");
    fields.choice("at_end", c.at_end, "behind the last row of a replay: wait for the operator, or stop");
  });
}

void declare_instrument(ConfigFields& fields, Instrument& instrument) {
  std::string symbol;
  std::int64_t price_digits = 1, quantity_digits = 8, cost_digits = 5;
  instrument.price_step = Price(Decimal::from_scaled(1, 1));
  instrument.quantity_step = Quantity(Decimal::from_scaled(1, 8));
  instrument.quantity_min = Quantity(Decimal::from_scaled(5, 5));
  instrument.cost_min = Money(Decimal::from_scaled(5, 1));
  const Decimal least = Decimal::from_units(1);
  fields.text("symbol", symbol, "base/quote as the venue writes it: BTC/EUR");
  fields.require("symbol");
  fields.amount("price_step", instrument.price_step.value, least, kMostAmount, "prices are multiples of this");
  fields.amount("quantity_step", instrument.quantity_step.value, least, kMostAmount, "quantities are multiples of this");
  fields.amount("quantity_min", instrument.quantity_min.value, Decimal(), kMostAmount, "smallest quantity of an order");
  fields.amount("cost_min", instrument.cost_min.value, Decimal(), kMostAmount, "smallest value of an order, in quote");
  fields.whole("price_digits", price_digits, 0, Decimal::kDigits, "fraction digits of shown prices");
  fields.whole("quantity_digits", quantity_digits, 0, Decimal::kDigits, "fraction digits of shown quantities");
  fields.whole("cost_digits", cost_digits, 0, Decimal::kDigits, "fraction digits that fees and costs are rounded up to");
  const auto slash = symbol.find('/');
  const bool is_pair = slash != std::string::npos && slash == symbol.rfind('/') && slash != 0 && slash + 1 != symbol.size();
  if (!symbol.empty() && !is_pair) fields.refuse("symbol", "must be base/quote, for example \"BTC/EUR\"");
  instrument.symbol = Symbol(symbol);
  instrument.base = Asset(is_pair ? symbol.substr(0, slash) : "");
  instrument.quote = Asset(is_pair ? symbol.substr(slash + 1) : "");
  instrument.price_digits = static_cast<int>(price_digits);
  instrument.quantity_digits = static_cast<int>(quantity_digits);
  instrument.cost_digits = static_cast<int>(cost_digits);
}

void declare_instruments(ConfigFile& file, Configuration& c) {
  std::set<std::string> symbols;
  file.each_table("instrument", "A pair that may be traded, with the venue's rules for its orders.", [&](ConfigFields& fields) {
    Instrument instrument;
    declare_instrument(fields, instrument);
    if (!instrument.symbol.empty() && !symbols.insert(instrument.symbol.text()).second)
      fields.refuse("symbol", "there is an [[instrument]] of this symbol already");
    c.instruments.push_back(std::move(instrument));
  });
}

// A limit of 0 is no limit.
template <class Limit>
void declare_limit(ConfigFields& fields, std::string_view key, std::optional<Limit>& limit, std::string_view help) {
  Decimal value = limit ? limit->value : Decimal();
  fields.amount(key, value, Decimal(), kMostAmount, help);
  limit = value.is_zero() ? std::nullopt : std::optional(Limit(value));
}

void whole32(ConfigFields& fields, std::string_view key, std::uint32_t& value, std::int64_t max, std::string_view help) {
  std::int64_t wide = value;
  fields.whole(key, wide, 0, max, help);
  value = static_cast<std::uint32_t>(wide);
}

void declare_risk(ConfigFile& file, RiskLimits& risk) {
  file.table("risk", "Checked before every order; a refusal names limit, value and bound. 0 switches a limit off.",
             [&](ConfigFields& fields) {
    declare_limit(fields, "max_order_value", risk.max_order_value, "of one order, in quote");
    declare_limit(fields, "max_order_quantity", risk.max_order_quantity, "of one order, in base");
    declare_limit(fields, "max_position", risk.max_position, "of one strategy and symbol, working buys included, in quote");
    whole32(fields, "max_open_orders", risk.max_open_orders, 100'000, "of one strategy, orders in doubt included");
    fields.amount("price_collar", risk.price_collar, Decimal(), Decimal::from_int(1), "furthest an order may cross the last price: 0.05 is 5 %");
    whole32(fields, "max_messages", risk.max_messages, 100'000, "orders within message_window; cancels are not counted");
    fields.span("message_window", risk.message_window, 1ms, 1h, "see max_messages");
  });
}

void declare_breaker(ConfigFile& file, BreakerConfig& breaker, EngineConfig& engine) {
  file.table("breaker", "When the circuit breaker opens (no order that adds risk), and how it finds back.",
             [&](ConfigFields& fields) {
    fields.span("heartbeat_timeout", engine.heartbeat_timeout, 100ms, 1h, "no market event or heartbeat for so long is silence");
    whole32(fields, "max_failures", breaker.max_failures, 1'000, "failures in a row: no answer, failed reads, rejections");
    whole32(fields, "max_in_doubt", breaker.max_in_doubt, 1'000, "orders in doubt; one more opens it");
    fields.span("max_doubt_age", breaker.max_doubt_age, 1s, 24h, "an order in doubt for longer opens it");
    fields.span("clear_period", breaker.clear_period, 0ms, 1h, "a condition must be gone for so long before a probe");
    fields.span("probe_period", breaker.probe_period, 100ms, 1h, "fresh data for so long is part of a probe");
    fields.span("probe_interval", breaker.probe_interval, 100ms, 1h, "wait before a probe; doubled by each one that fails");
    fields.span("probe_interval_max", breaker.probe_interval_max, 100ms, 24h, "most that it is doubled to");
    if (breaker.probe_interval > breaker.probe_interval_max) fields.refuse("probe_interval", "must not be above probe_interval_max");
  });
}

void declare_execution(ConfigFile& file, EngineConfig& engine) {
  file.table("execution", "How patient orders are with the venue.", [&](ConfigFields& fields) {
    fields.span("order_deadline", engine.execution.order_deadline, 4s, 1min, "an order that the venue has not taken by then is not taken at all");
    fields.span("request_timeout", engine.execution.request_timeout, 100ms, 1min, "no answer for so long: the order is in doubt");
    fields.span("flush_interval", engine.flush_interval, 10ms, 1min, "what strategies remember of the market is written this often at least");
    fields.span("alert_repeat", engine.alert_repeat, 1s, 1h, "an alert that nobody took over is handed over again");
  });
  ReconciliationConfig& r = engine.execution.reconciliation;
  file.table("reconciliation", "Comparing our books with the exchange's.", [&](ConfigFields& fields) {
    fields.span("interval", r.interval, 0s, 24h, "periodic check; 0s is off. A replay never checks periodically");
    fields.span("query_timeout", r.query_timeout, 100ms, 5min, "a page that takes longer could not be read");
    fields.span("retry_base", r.retry_base, 10ms, 1min, "first wait after a failed read, at most; doubled each time");
    fields.span("retry_cap", r.retry_cap, 10ms, 1h, "most that it is doubled to");
    fields.span("overlap", r.overlap, 0s, 24h, "reads begin this long before the last agreement");
    fields.span("remind_every", r.remind_every, 1s, 24h, "alert again while the exchange cannot be asked");
    std::map<std::string, Decimal> tolerance;
    fields.amounts("balance_tolerance", tolerance, Decimal(), kMostAmount, "by asset: a smaller difference is taken on, and recorded");
    for (const auto& [asset, amount] : tolerance) r.balance_tolerance[Asset(asset)] = Money(amount);
    if (r.retry_base > r.retry_cap) fields.refuse("retry_base", "must not be above retry_cap");
  });
}

void declare_paper(ConfigFile& file, PaperConfig& paper) {
  const Decimal most_fee = Decimal::from_scaled(5, 1);
  const Decimal least = Decimal::from_units(1);
  file.table("paper", "The simulated exchange: orchestrator/venue/paper/ASSUMPTIONS.md.", [&](ConfigFields& fields) {
    fields.amounts("balances", paper.balances, Decimal(), kMostAmount, "what the account begins with, by asset; counts only once, when the books are made");
    fields.amount("maker_fee", paper.maker_fee, Decimal(), most_fee, "of the value of a fill that waited: 0.0025 is 0.25 %");
    fields.amount("taker_fee", paper.taker_fee, Decimal(), most_fee, "of the value of a fill that did not wait");
    fields.whole("half_spread_steps", paper.half_spread_steps, 0, 1'000'000, "price steps from the last trade to the best price");
    fields.whole("level_steps", paper.level_steps, 1, 1'000'000, "price steps from one level of the assumed book to the next");
    fields.amount("level_value", paper.level_value, least, kMostAmount, "what one level holds, in quote");
    fields.amount("queue_ahead_value", paper.queue_ahead_value, Decimal(), kMostAmount, "what waits at a limit price before our order, in quote");
    fields.whole("page_size", paper.page_size, 2, 1'000, "rows of one answer to a query");
    fields.whole("max_open_orders", paper.max_open_orders, 1, PaperConfig::kMostOpenOrders, "more are refused");
    fields.span("max_catch_up", paper.max_catch_up, 0s, 24h, "most missed market time that is played at start-up");
  });
}

void declare_store(ConfigFile& file, Configuration& c) {
  constexpr std::int64_t kMiB = 1024 * 1024;
  const auto bytes = [](ConfigFields& fields, std::string_view key, std::uint64_t& value, std::int64_t min, std::int64_t max,
                        std::string_view help) {
    std::int64_t mib = static_cast<std::int64_t>(value) / kMiB;
    fields.whole(key, mib, min, max, help);
    value = static_cast<std::uint64_t>(mib * kMiB);
  };
  file.table("store", "The durable books.", [&](ConfigFields& fields) {
    bytes(fields, "snapshot_after_mib", c.store.close_segment_at, 1, 64, "log after which a snapshot is written");
    bytes(fields, "log_cap_mib", c.store.log_hard_cap, 16, 1024, "most log without a snapshot");
    bytes(fields, "space_low_mib", c.store.space_low, 1, 1024 * 1024, "less free space than this: only orders that reduce risk");
    bytes(fields, "space_out_mib", c.store.space_out, 1, 1024 * 1024, "less than this: halted until space returns");
    fields.span("fill_horizon", c.fill_horizon, 1s, 3650 * 24h, "closed orders and fills older than this move to the archive");
    fields.span("slow_after", c.disk.slow, 10ms, 1min, "a sync that takes longer is an alert");
    fields.span("sync_deadline", c.disk.deadline, 100ms, 1min, "a sync that takes longer is final: the process ends with 66");
    if (c.fill_horizon <= c.engine.execution.reconciliation.overlap)
      fields.refuse("fill_horizon", "must be above [reconciliation] overlap: what reconciliation reads is not old");
    if (c.store.space_out >= c.store.space_low) fields.refuse("space_out_mib", "must be below space_low_mib");
    if (c.disk.slow >= c.disk.deadline) fields.refuse("slow_after", "must be below sync_deadline");
    if (c.store.log_hard_cap < 2 * c.store.close_segment_at) fields.refuse("log_cap_mib", "must be at least twice snapshot_after_mib");
  });
}

void declare_all(ConfigFile& file, Configuration& c) {
  declare_orchestrator(file, c);
  declare_instruments(file, c);
  declare(file, c.synthetic);
  declare(file, c.replay);
  declare_paper(file, c.paper);
  read_strategies(file, c.instruments, c.strategies);
  declare_risk(file, c.engine.risk);
  declare_breaker(file, c.engine.breaker, c.engine);
  declare_execution(file, c.engine);
  declare_store(file, c);
}

// ---- what concerns more than one table

const Instrument* find(const Configuration& c, const Symbol& symbol) {
  const auto found = std::ranges::find(c.instruments, symbol, &Instrument::symbol);
  return found == c.instruments.end() ? nullptr : &*found;
}

void check_synthetic(ConfigFile& file, const Configuration& c) {
  file.each_table("synthetic.pair", "", [&](ConfigFields& fields) {
    std::string symbol;
    fields.text("symbol", symbol, "");
    if (!find(c, Symbol(symbol))) fields.refuse("symbol", "there is no [[instrument]] '" + symbol + "'");
  });
  const Symbol& first = c.synthetic.pairs.front().symbol;
  if (file.has_table("synthetic.pair") || find(c, first)) return;
  file.table("synthetic", "", [&](ConfigFields& fields) {
    fields.refuse("pair", "without a [[synthetic.pair]] the market is " + first.text() + ", and there is no [[instrument]] of it");
  });
}

void check_replay(ConfigFile& file, const Configuration& c) {
  if (c.replay.files.empty())
    file.table("orchestrator", "", [](ConfigFields& fields) { fields.refuse("data", "\"replay\" needs at least one [[replay.file]]"); });
  file.each_table("replay.file", "", [&](ConfigFields& fields) {
    std::string symbol;
    fields.text("symbol", symbol, "");
    if (!find(c, Symbol(symbol))) fields.refuse("symbol", "there is no [[instrument]] '" + symbol + "'");
  });
}

bool has_market(const Configuration& c, const Symbol& symbol) {
  if (c.data == DataKind::replay) return std::ranges::find(c.replay.files, symbol, &ReplayFile::symbol) != c.replay.files.end();
  return std::ranges::find(c.synthetic.pairs, symbol, &SyntheticPair::symbol) != c.synthetic.pairs.end();
}

void check_market(ConfigFile& file, const Configuration& c) {
  if (c.data == DataKind::replay) check_replay(file, c);
  else check_synthetic(file, c);
  if (!file.finish(ConfigOwner::orchestrator)) return;   // a strategy that lacks that market says nothing new
  const std::string where = c.data == DataKind::replay ? "[[replay.file]]" : "[[synthetic.pair]]";
  file.each_table("strategy", "", [&](ConfigFields& fields) {
    std::string symbol;
    fields.text("symbol", symbol, "");
    if (!has_market(c, Symbol(symbol))) fields.refuse("symbol", "no market data: there is no " + where + " of '" + symbol + "'");
  });
}

// Run over the same tables again, so that each refusal has its line.
Result<void> check_together(ConfigFile& file, const Configuration& c, MarketFrom market) {
  if (market == MarketFrom::configuration) check_market(file, c);
  file.table("paper", "", [&](ConfigFields& fields) {
    if (c.paper.maker_fee > c.paper.taker_fee) fields.refuse("maker_fee", "must not be above taker_fee");
  });
  if (auto checked = file.finish(ConfigOwner::orchestrator); !checked) return checked;
  PaperConfig paper = c.paper;
  paper.instruments = c.instruments;
  return check(paper);
}

}  // namespace

Result<Configuration> read_configuration(std::string_view text, std::string name, MarketFrom market) {
  auto file = ConfigFile::parse(text, name);
  if (!file) return std::move(file).error();
  Configuration configuration;
  declare_all(*file, configuration);
  if (auto finished = file->finish(ConfigOwner::orchestrator); !finished) return std::move(finished).error();
  if (configuration.instruments.empty())
    return Error{Errc::invalid, name + ": no [[instrument]]: name at least one pair that may be traded"};
  if (auto checked = check_together(*file, configuration, market); !checked) return std::move(checked).error();
  return configuration;
}

std::string print_configuration() {
  ConfigFile printer = ConfigFile::printer();
  Configuration defaults;
  declare_all(printer, defaults);
  return printer.printed();
}

EngineConfig engine_config_of(const Configuration& c) {
  EngineConfig engine = c.engine;
  engine.instruments = c.instruments;
  engine.taker_fee_rate = c.paper.taker_fee;
  engine.slow_disk = c.disk.slow;
  engine.execution.absence = {Nanos(0), Nanos(0), true, c.data == DataKind::replay};
  if (c.data == DataKind::replay) {
    engine.lock_step = true;
    engine.heartbeat_timeout = Nanos(0);
    engine.execution.reconciliation.interval = Nanos(0);
  }
  return engine;
}

}  // namespace s1mple
