// EngineRig: the engine between a log of records and a recording venue, without disk, network or clock.
//
// Every step's facts are encoded and kept like the store would; crash() throws engine and books away and
// folds the log again, which may have lost records that were not synced. Actions are performed at once and
// kept. Time stands where the test puts it; advance() gives every Tick that the engine asked for on the way.
// Thread: the test's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/engine/circuit_breaker.h"
#include "orchestrator/engine/strategy_orchestrator.h"
#include "tests/support/engine/recording_venue.h"
#include "tests/support/engine/scripted_strategy.h"

namespace s1mple {

inline Price price(const std::string& text) { return Price(*Decimal::parse(text)); }
inline Quantity quantity(const std::string& text) { return Quantity(*Decimal::parse(text)); }
inline Money money(const std::string& text) { return Money(*Decimal::parse(text)); }

// Where the process is killed: before its record is durable, before its actions leave, or after they have left.
enum class Kill : std::uint8_t { record_lost, actions_lost, answers_lost };
struct Killed {};

struct EngineRig {
  explicit EngineRig(std::vector<std::string> strategy_names = {"alpha"});

  EngineConfig config;
  RecordingVenue venue;
  std::vector<std::string> names;
  std::map<std::string, std::shared_ptr<Script>> scripts;
  std::unique_ptr<Books> books = std::make_unique<Books>();
  std::unique_ptr<StrategyOrchestrator> engine;
  std::vector<std::string> log;  // encoded records
  std::vector<Action> actions;   // all of this run
  std::vector<Record> records;   // decoded, of this run
  std::uint64_t epoch = 0;
  std::uint64_t rows = 0;
  WallTime now = from_unix_nanos(1'700'000'000'000'000'000);
  StartInfo next_start;  // mode, halts and so on of the next start
  std::optional<Stop> stopped;
  bool line_is_up = true;        // the market's: heartbeats in advance(), an answer to AskData
  bool carries_requests = true;  // false: orders, cancels and questions do not reach the venue

  std::optional<std::uint64_t> kill_at;  // number of the step that is the last one; throws Killed
  Kill kill = Kill::record_lost;
  std::uint64_t steps = 0;                                                     // ever, restarts included
  std::function<std::unique_ptr<Strategy>(const std::string&)> make_strategy;  // else the script of that name

  // ---- life
  void start(StartMode mode = StartMode::normal);       // up to the first quiet moment
  void start_only(StartMode mode = StartMode::normal);  // nothing of what it asks is answered yet
  void crash(std::size_t lost_records = 0);             // the engine is gone; the venue goes on
  void restart(StartMode mode = StartMode::recovery) {
    crash();
    start(mode);
  }

  // ---- events
  void on(EventBody body);
  void flush() { take(engine->flush(now)); }
  void settle();  // venue's events and due ticks, until quiet
  void market(const std::string& at, const std::string& volume = "1");
  void advance(Nanos span);
  Reply command(const std::string& method, const std::string& params = "{}", const std::string& key = "");

  // ---- looking
  [[nodiscard]] Script& script(const std::string& name = "alpha") { return *scripts.at(name); }
  [[nodiscard]] const Order& order(const ClientId& id) const;
  [[nodiscard]] const Order& last_order() const;  // the one intended last
  [[nodiscard]] OrderStatus status(const ClientId& id) const { return status_of(order(id)); }
  [[nodiscard]] Quantity position(const std::string& strategy = "alpha") const;
  [[nodiscard]] JsonValue status_json() const;
  [[nodiscard]] std::vector<std::string> alert_codes() const;
  [[nodiscard]] std::size_t count_alerts(const std::string& code) const;
  template <class T>
  [[nodiscard]] std::vector<T> facts() const;  // of this run
  template <class T>
  [[nodiscard]] std::vector<T> performed() const;  // of this run
  // Everything in our log, decoded again, gives the same books (I7, P8).
  [[nodiscard]] std::string folded() const;
  [[nodiscard]] std::string books_json() const;

  // A limit order on the next market event.
  ClientId place(const std::string& name, Side side, const std::string& amount, const std::string& at);
  ClientId buy(const std::string& amount, const std::string& at) {
    return place("alpha", Side::buy, amount, at);
  }
  ClientId sell(const std::string& amount, const std::string& at) {
    return place("alpha", Side::sell, amount, at);
  }
  Result<ClientId> request(const std::string& name,
                           OrderRequest wanted);  // on a market event at the last price

 private:
  void take(Step step);
  void perform(const Action& action);
  Price last_price_ = price("100");
};

OrderRequest limit_order(Side side, const std::string& amount, const std::string& at);
OrderRequest stop_order(const std::string& amount, const std::string& trigger);
OrderRequest market_order(Side side, const std::string& amount);

template <class T>
std::vector<T> EngineRig::facts() const {
  std::vector<T> found;
  for (const Record& record : records)
    for (const Fact& fact : record)
      if (const auto* it = std::get_if<T>(&fact)) found.push_back(*it);
  return found;
}

template <class T>
std::vector<T> EngineRig::performed() const {
  std::vector<T> found;
  for (const Action& action : actions)
    if (const auto* it = std::get_if<T>(&action)) found.push_back(*it);
  return found;
}

}  // namespace s1mple
