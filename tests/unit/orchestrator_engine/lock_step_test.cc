// A replay in lock-step: killed at any step, in any of three ways, it gives the same fills and money as undisturbed.
#include <algorithm>

#include "tests/support/catch.h"
#include "tests/support/engine/engine_rig.h"

namespace s1mple {
namespace {

// Trades by counting rows, reacts to its fills, cancels and uses its timer: everything that a kill could disturb.
class CountingTrader final : public Strategy {
 public:
  explicit CountingTrader(std::uint64_t offset) : rows_(offset) {}

  void on_market(const MarketTrade& trade, StrategyContext& context) override {
    ++rows_;
    const auto working = context.working_orders();
    if (rows_ % 5 == 0 && !working.empty()) context.cancel(working.front()->intent.client_id);
    if (rows_ % 4 == 0) (void)context.place(limit_order(Side::buy, "1", (trade.price - price("1")).text()));
    if (rows_ % 9 == 0) (void)context.place(market_order(Side::buy, "0.5"));
    if (rows_ % 6 == 0) (void)context.place(limit_order(Side::buy, "0.4", (trade.price - price("2")).text()));
  }
  void on_execution(const ExecutionReport& report, StrategyContext& context) override {
    ++told_;
    if (report.kind != ReportKind::filled) return;
    context.wake_at(context.now() + 25s);
    if (report.fill->side == Side::buy)
      (void)context.place(
          limit_order(Side::sell, report.fill->quantity.text(), (report.fill->price + price("2")).text()));
  }
  void on_timer(StrategyContext& context) override {
    const auto working = context.working_orders();
    if (!working.empty()) context.cancel(working.back()->intent.client_id);
    (void)context.place(limit_order(Side::buy, "0.3", "97"));
  }
  void save(JsonWriter& out) const override {
    out.begin_object().number("rows", rows_).number("told", told_).end_object();
  }
  Result<void> restore(const JsonValue& saved) override {
    rows_ = *saved.uint_at("rows");
    told_ = *saved.uint_at("told");
    return {};
  }

 private:
  std::uint64_t rows_;
  std::uint64_t told_ = 0;
};

struct Replay {
  EngineRig rig{{"one", "two"}};
  std::vector<std::string> rows;
  std::uint64_t venue_row = 0;
  std::uint64_t engine_row = 0;
  std::optional<MarketTrade> held;   // a row whose fills are settled before it is told
  bool is_running = false;

  explicit Replay(int count) {
    rig.config.lock_step = true;
    rig.config.flush_interval = Nanos(0);
    rig.config.execution.absence = {Nanos(0), Nanos(0), true, true};
    rig.config.execution.reconciliation.interval = Nanos(0);
    rig.config.risk.max_messages = 0;
    rig.make_strategy = [](const std::string& name) {
      return std::make_unique<CountingTrader>(name == "one" ? 0 : 2);
    };
    for (int i = 0; i < count; ++i)
      rows.push_back(std::to_string(100 + (i * 7) % 11 - 5) + "." + std::to_string(i % 10));
  }

  void run() {
    for (;;) {
      try {
        if (!is_running) begin();
        while (play()) {
        }
        return;
      } catch (const Killed&) {
        rig.kill_at.reset();
        rig.crash();
        is_running = false;
      }
    }
  }
  void begin() {
    rig.start_only(StartMode::recovery);
    is_running = true;
    held.reset();
    engine_row = rig.books->market_cursor().row;
  }
  // One move: what is due, or the next row for whoever has not seen it. False: the end.
  bool play() {
    rig.settle();
    REQUIRE(rig.engine->is_settled());
    if (held) {
      rig.on(*std::exchange(held, std::nullopt));
      return true;
    }
    const std::uint64_t next = std::min(venue_row, engine_row) + 1;
    if (next > rows.size()) return false;
    const WallTime at =
        from_unix_nanos(1'700'000'000'000'000'000) + Nanos(10s) * (next / 2);  // two rows a moment
    if (const auto due = rig.engine->wake_at(); due && *due <= at) {
      rig.now = std::max(rig.now, *due);
      rig.on(Tick{});
      return true;
    }
    const bool at_venue = next > venue_row;
    if (at_venue && would_trade(next)) rig.flush();
    rig.now = std::max(rig.now, at);
    rig.venue.now = rig.now;
    if (at_venue) trade(next);
    MarketTrade row{Symbol("BTC/EUR"), price(rows[next - 1]), quantity("1"), {}, rig.now, next, ""};
    if (next > engine_row) {
      held = row;
      engine_row = next;
    }
    return true;
  }
  [[nodiscard]] static bool is_crossed(const VenueOrder& order, Price at) {
    if (order.status != VenueStatus::open || !order.price) return false;
    return order.side == Side::buy ? *order.price > at : *order.price < at;
  }
  [[nodiscard]] bool would_trade(std::uint64_t row) const {
    const Price at = price(rows[row - 1]);
    return std::ranges::any_of(rig.venue.orders,
                               [&](const VenueOrder& order) { return is_crossed(order, at); });
  }
  void trade(std::uint64_t row) {
    const Price at = price(rows[row - 1]);
    rig.venue.price = at;
    venue_row = row;
    std::vector<ClientId> crossed;
    for (const VenueOrder& order : rig.venue.orders)
      if (is_crossed(order, at)) crossed.push_back(order.client_id);
    for (const ClientId& id : crossed) {
      const VenueOrder& order = *rig.venue.find(id);
      const Quantity rest = order.quantity - order.filled;
      const bool whole = row % 3 != 0 || rest < quantity("0.2");
      rig.venue.fill(id, whole ? rest.text() : quantity("0.1").text(), order.price->text());
    }
  }
  [[nodiscard]] std::string outcome() const {
    std::string text;
    for (const Fill& fill : rig.venue.trades)
      text += fill.strategy.text() + std::string(to_text(fill.side)) + " " + fill.quantity.text() + " at " +
              fill.price.text() + " on " + std::to_string(to_unix_nanos(fill.time) / 1'000'000'000 % 10'000) +
              "\n";
    for (const auto& [asset, total] : rig.venue.balances) text += asset.text() + " " + total.text() + "\n";
    for (const char* name : {"one", "two"})
      text += std::string(name) + " " + rig.position(name).text() + "\n";
    text += std::to_string(rig.venue.open_count()) + " open";
    return text;
  }
  void check_both_sides() const {
    CHECK(rig.books->fills().size() == rig.venue.trades.size());
    CHECK(rig.books->orders().working().size() == rig.venue.open_count());
    for (const auto& [asset, total] : rig.venue.balances) CHECK(rig.books->balances().at(asset) == total);
    CHECK(rig.engine->trading() == TradingMode::active);
  }
};

// "" when they are the same; else the first line that differs, of both.
std::string first_difference(const std::string& ours, const std::string& expected) {
  std::size_t at = 0;
  while (at < ours.size() && at < expected.size() && ours[at] == expected[at]) ++at;
  if (at == ours.size() && at == expected.size()) return "";
  const auto line = [at](const std::string& text) {
    const std::size_t begin = text.rfind('\n', at == 0 ? 0 : at - 1) + 1;
    return text.substr(begin, text.find('\n', at) - begin);
  };
  return "got '" + line(ours) + "', expected '" + line(expected) + "'";
}

}  // namespace

TEST_CASE("a replay killed at any step gives the same fills and money as one without kills") {
  constexpr int kRows = 16;
  const Kill kill = GENERATE(Kill::record_lost, Kill::actions_lost, Kill::answers_lost);
  Replay undisturbed(kRows);
  undisturbed.run();
  undisturbed.check_both_sides();
  const std::string expected = undisturbed.outcome();
  REQUIRE(undisturbed.rig.venue.trades.size() > 6);
  for (std::uint64_t step = 0; step < undisturbed.rig.steps; ++step) {
    Replay replay(kRows);
    replay.rig.kill = kill;
    replay.rig.kill_at = step;
    replay.run();
    INFO("killed at step " << step << " of " << undisturbed.rig.steps << ", way " << static_cast<int>(kill));
    CHECK(first_difference(replay.outcome(), expected) == "");
    replay.check_both_sides();
  }
}

TEST_CASE("a replay killed again and again gives the same fills and money") {
  Replay undisturbed(24);
  undisturbed.run();
  for (std::uint64_t every = 3; every < 20; ++every) {
    Replay replay(24);
    int kills = 0;
    while (true) {
      replay.rig.kill = static_cast<Kill>(kills % 3);
      replay.rig.kill_at = replay.rig.steps + every;
      try {
        if (!replay.is_running) replay.begin();
        while (replay.play()) {
        }
        break;
      } catch (const Killed&) {
        replay.rig.crash();
        replay.is_running = false;
        if (++kills > 200) break;
      }
    }
    INFO("killed each " << every << " steps, " << kills << " times");
    if (kills <= 200) CHECK(first_difference(replay.outcome(), undisturbed.outcome()) == "");
  }
}

}  // namespace s1mple
