// FakeStrategyContext: the books and the exchange as a strategy sees them, in memory.
//
// It records what the strategy asks for; the test says what the exchange does with it (accept, fill, close).
// Orders appear in the books at once, as the engine has it, or at the end of the call that placed them. What
// a strategy must never do is kept in `violations`: selling more than it holds free, breaking the
// instrument's rules, cancelling a stranger. Reports wait until deliver() of StrategyRig. Owner: a test.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/engine/strategy_port.h"

namespace s1mple {

class FakeStrategyContext final : public StrategyContext {
 public:
  struct Report {
    ReportKind kind;
    ClientId id;
    std::optional<Fill> fill;
  };

  explicit FakeStrategyContext(Instrument instrument, Money quote = Money(Decimal::from_int(1'000'000)));

  // ---- the port
  Result<ClientId> place(const OrderRequest& request) override;
  void cancel(const ClientId& id) override;
  void wake_at(std::optional<WallTime> at_time) override { wake = at_time; }
  [[nodiscard]] WallTime now() const override { return time; }
  [[nodiscard]] const Instrument* instrument(const Symbol& symbol) const override;
  [[nodiscard]] std::optional<Price> last_price(const Symbol&) const override { return price; }
  [[nodiscard]] const Position& position(const Symbol&) const override { return held; }
  [[nodiscard]] std::vector<const Order*> working_orders() const override;
  [[nodiscard]] const Order* order(const ClientId& id) const override;
  [[nodiscard]] Money available(const Asset& asset) const override;

  // ---- the exchange
  void end_call();  // what was asked in the call enters the books
  void accept(const ClientId& id);
  void fill(const ClientId& id, Quantity quantity, Price at);
  void fill(const ClientId& id, Price at) { fill(id, book.at(id).remaining(), at); }
  void close(const ClientId& id, Outcome outcome);  // the rest of it
  void refuse_cancel(const ClientId& id);           // it works on, and may be cancelled again
  // Working orders of one sort, oldest first.
  [[nodiscard]] std::vector<ClientId> working(Side side, OrderType type) const;
  [[nodiscard]] std::vector<ClientId> working() const;
  [[nodiscard]] const Order& at(const ClientId& id) const { return book.at(id); }
  [[nodiscard]] Quantity working_sells() const;

  Instrument rules;
  Money quote;
  WallTime time = from_unix_nanos(1'700'000'000'000'000'000);
  std::optional<Price> price;
  std::optional<WallTime> wake;
  Position held;
  bool at_once = true;  // what is asked for is in the books within the same call
  int refuse = 0;       // so many of the next orders are refused at once
  std::map<ClientId, Order> book;
  std::deque<Report> reports;
  std::vector<std::string> decisions;  // "buy market 0.01", "cancel s000003", in order
  std::vector<std::string> violations;

 private:
  void check(const OrderRequest& request);
  std::vector<Order> placed_;
  std::vector<ClientId> cancels_;
  std::uint64_t numbers_ = 0;
};

// A strategy and its context. `reborn`: after every call it is saved, thrown away, made anew and restored.
class StrategyRig {
 public:
  using Maker = std::function<std::unique_ptr<Strategy>()>;
  StrategyRig(Maker maker, Instrument instrument, bool reborn = false, bool at_once = true);

  void trade(Price price, Nanos after = std::chrono::seconds(1));
  void deliver();         // all reports that wait, one call each
  void timer();           // time goes on to wake_at, then on_timer
  void wait(Nanos span);  // with every timer that falls due
  [[nodiscard]] std::string saved() const;

  FakeStrategyContext context;

 private:
  template <class Call>
  void call(Call&& what);
  Maker maker_;
  std::unique_ptr<Strategy> strategy_;
  bool reborn_;
};

[[nodiscard]] Instrument btc_eur();  // 0.1 / 0.00000001, minimum 0.0001 and 0.5 EUR

}  // namespace s1mple
