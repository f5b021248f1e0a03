#include "tests/support/engine/engine_rig.h"

#include <algorithm>

namespace s1mple {
namespace {

constexpr int kMaxTurns = 100'000;
constexpr Nanos kHeartbeat = 1s;

Instrument btc_eur() {
  Instrument instrument;
  instrument.symbol = Symbol("BTC/EUR");
  instrument.base = Asset("BTC");
  instrument.quote = Asset("EUR");
  instrument.price_step = price("0.1");
  instrument.quantity_step = quantity("0.0001");
  instrument.quantity_min = quantity("0.001");
  instrument.cost_min = money("0.5");
  instrument.price_digits = 1;
  instrument.quantity_digits = 4;
  instrument.cost_digits = 2;
  return instrument;
}

std::string fold(const std::vector<std::string>& log) {
  Books books;
  for (const std::string& bytes : log) {
    const auto record = decode_record(std::as_bytes(std::span(bytes)));
    for (const Fact& fact : *record) ENSURE(books.apply(fact).ok(), "a recorded fact applies again");
  }
  JsonWriter out;
  books.write_json(out);
  return out.take();
}

}  // namespace

EngineRig::EngineRig(std::vector<std::string> strategy_names) : names(std::move(strategy_names)) {
  config.instruments = {btc_eur()};
  config.taker_fee_rate = *Decimal::parse("0.001");
  config.execution.absence = {Nanos(0), Nanos(0), true, false};
  config.flush_interval = 1s;
  venue.balances = {{Asset("EUR"), money("10000")}, {Asset("BTC"), money("0")}};
  venue.price = price("100");
  venue.now = now;
  for (const std::string& name : names) scripts[name] = std::make_shared<Script>();
}

void EngineRig::start_only(StartMode mode) {
  std::vector<ConfiguredStrategy> strategies;
  for (const std::string& name : names)
    strategies.push_back({StrategyName(name), make_strategy
                                                  ? make_strategy(name)
                                                  : std::make_unique<ScriptedStrategy>(scripts.at(name))});
  engine = std::make_unique<StrategyOrchestrator>(config, *books, std::move(strategies));
  StartInfo info = next_start;
  next_start = {};
  info.at = now;
  info.epoch = ++epoch;
  info.mode = mode;
  info.cause = "test";
  info.new_tag = "t3st";
  info.environment = "paper";
  info.venue = "recording";
  info.account = "one";
  take(engine->start(info));
}

void EngineRig::start(StartMode mode) {
  start_only(mode);
  settle();
}

void EngineRig::crash(std::size_t lost_records) {
  engine.reset();
  log.resize(log.size() - std::min(lost_records, log.size()));
  books = std::make_unique<Books>();
  for (const std::string& bytes : log) {
    const auto record = decode_record(std::as_bytes(std::span(bytes)));
    for (const Fact& fact : *record) ENSURE(books->apply(fact).ok(), "a recorded fact applies again");
  }
  records.clear();
  actions.clear();
  venue.events.clear();  // what was pushed to a dead process is gone
  stopped.reset();
}

void EngineRig::on(EventBody body) { take(engine->on(Event{now, std::move(body)})); }

void EngineRig::take(Step step) {
  const bool is_last = kill_at == steps++;
  if (is_last && kill == Kill::record_lost) throw Killed{};
  if (!step.facts.empty()) {
    std::string bytes;
    encode(step.facts, bytes);
    log.push_back(std::move(bytes));
    records.push_back(std::move(step.facts));
  }
  if (is_last && kill == Kill::actions_lost) throw Killed{};
  for (const Action& action : step.actions) {
    actions.push_back(action);
    perform(action);
  }
  if (is_last) throw Killed{};
}

void EngineRig::perform(const Action& action) {
  if (const auto* stop = std::get_if<Stop>(&action)) stopped = *stop;
  if (const auto* data = std::get_if<AskData>(&action);
      data != nullptr && data->ask == DataAsk::connect && line_is_up)
    venue.events.push_back(DataConnected{});
  if (!carries_requests) return;
  venue.now = now;
  if (const auto* send = std::get_if<SendOrder>(&action)) venue.perform(*send);
  if (const auto* cancel = std::get_if<SendCancel>(&action)) venue.perform(*cancel);
  if (const auto* question = std::get_if<AskVenue>(&action)) venue.perform(*question);
}

void EngineRig::settle() {
  for (int turn = 0; turn < kMaxTurns; ++turn) {
    if (!venue.events.empty()) {
      EventBody body = std::move(venue.events.front());
      venue.events.pop_front();
      on(std::move(body));
      continue;
    }
    const auto due = engine->wake_at();
    if (!due || *due > now || stopped) return;
    on(Tick{});
  }
  ENSURE(false, "the engine never comes to rest");
}

void EngineRig::market(const std::string& at, const std::string& volume) {
  last_price_ = price(at);
  venue.price = last_price_;
  MarketTrade trade;
  trade.symbol = Symbol("BTC/EUR");
  trade.price = last_price_;
  trade.quantity = quantity(volume);
  trade.time = now;
  trade.row = ++rows;
  on(trade);
  settle();
}

void EngineRig::advance(Nanos span) {
  const WallTime until = now + span;
  WallTime heartbeat = now + kHeartbeat;
  for (int turn = 0; turn < kMaxTurns; ++turn) {
    settle();
    const auto due = engine->wake_at();
    const WallTime next = due ? std::min(*due, heartbeat) : heartbeat;
    if (next > until || stopped) break;
    now = std::max(now, next);
    venue.now = now;
    if (next == heartbeat) {
      heartbeat += kHeartbeat;
      if (line_is_up) on(DataHeartbeat{});
    }
    on(Tick{});
  }
  now = until;
  venue.now = now;
  settle();
}

Reply EngineRig::command(const std::string& method, const std::string& params, const std::string& key) {
  Command command;
  command.id = "c" + std::to_string(actions.size());
  command.key = key;
  command.by = "test";
  command.method = method;
  command.params = *JsonValue::parse(params);
  const std::size_t before = actions.size();
  on(command);
  for (std::size_t i = before; i < actions.size(); ++i)
    if (const auto* reply = std::get_if<Reply>(&actions[i])) {
      const Reply copy = *reply;
      settle();
      return copy;
    }
  ensure_failed(__FILE__, __LINE__, "reply", "a command is answered in its own step");
}

const Order& EngineRig::order(const ClientId& id) const {
  const Order* found = books->find_order(id);
  ENSURE(found != nullptr, "the order is in the books");
  return *found;
}

const Order& EngineRig::last_order() const {
  const auto intended = facts<OrderIntended>();
  ENSURE(!intended.empty(), "an order was intended in this run");
  return order(intended.back().intent.client_id);
}

Quantity EngineRig::position(const std::string& strategy) const {
  return books->position({StrategyName(strategy), Symbol("BTC/EUR")}).quantity;
}

JsonValue EngineRig::status_json() const {
  JsonWriter out;
  out.begin_object();
  engine->write_status(out);
  out.end_object();
  return *JsonValue::parse(out.take());
}

std::vector<std::string> EngineRig::alert_codes() const {
  std::vector<std::string> codes;
  for (const AlertRaised& alert : facts<AlertRaised>()) codes.push_back(alert.code);
  return codes;
}

std::size_t EngineRig::count_alerts(const std::string& code) const {
  const auto codes = alert_codes();
  return static_cast<std::size_t>(std::ranges::count(codes, code));
}

std::string EngineRig::folded() const { return fold(log); }

std::string EngineRig::books_json() const {
  JsonWriter out;
  books->write_json(out);
  return out.take();
}

Result<ClientId> EngineRig::request(const std::string& name, OrderRequest wanted) {
  Result<ClientId> placed = Error{Errc::not_found, "the strategy was not called"};
  auto& hook = scripts.at(name)->on_market;
  const auto before = hook;
  hook = [&](const MarketTrade&, StrategyContext& context) { placed = context.place(wanted); };
  MarketTrade trade;
  trade.symbol = Symbol("BTC/EUR");
  trade.price = last_price_;
  trade.quantity = quantity("1");
  trade.time = now;
  trade.row = ++rows;
  on(trade);
  hook = before;
  return placed;
}

ClientId EngineRig::place(const std::string& name, Side side, const std::string& amount,
                          const std::string& at) {
  const auto placed = request(name, limit_order(side, amount, at));
  ENSURE(placed.ok(), placed.ok() ? "" : placed.error().story);
  return *placed;
}

OrderRequest limit_order(Side side, const std::string& amount, const std::string& at) {
  OrderRequest wanted;
  wanted.symbol = Symbol("BTC/EUR");
  wanted.side = side;
  wanted.type = OrderType::limit;
  wanted.quantity = quantity(amount);
  wanted.price = price(at);
  wanted.purpose = "test";
  return wanted;
}

OrderRequest stop_order(const std::string& amount, const std::string& trigger) {
  OrderRequest wanted = limit_order(Side::sell, amount, trigger);
  wanted.type = OrderType::stop_loss;
  wanted.protective = true;
  return wanted;
}

OrderRequest market_order(Side side, const std::string& amount) {
  OrderRequest wanted = limit_order(side, amount, "1");
  wanted.type = OrderType::market;
  wanted.price.reset();
  return wanted;
}

}  // namespace s1mple
