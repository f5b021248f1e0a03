// SyntheticMarket: an invented market of one or several pairs; the default of paper trading.
//
// Rows are a function of seed, start and configuration alone: the same ones on every machine, and after a
// restart from a cursor exactly the ones that would have followed. Pairs are merged by time; of equal times
// the pair that stands first in the configuration comes first. It never ends. SYNTHETIC.md describes the
// process.
// Units:  times are market time. Owner: the environment. Thread: loop.
// Errors: create() and restore() only; peek() always shows a row.
#pragma once

#include <span>
#include <vector>

#include "orchestrator/data/market_source.h"
#include "orchestrator/data/synthetic_config.h"
#include "orchestrator/data/synthetic_process.h"

namespace s1mple {

class SyntheticMarket final : public MarketSource {
 public:
  // Refused: a pair without an instrument. `start` is where market time begins unless restore() says
  // otherwise.
  [[nodiscard]] static Result<SyntheticMarket> create(const SyntheticConfig& config,
                                                      std::span<const Instrument> instruments,
                                                      WallTime start);

  Result<const MarketTrade*> peek() override;
  MarketTrade take() override;
  [[nodiscard]] MarketCursor cursor() const override;
  Result<void> restore(const MarketCursor& cursor) override;
  std::vector<std::string> take_warnings() override { return {}; }

  // No rows before `time`: a pause in trading, for an outage longer than what is played after it.
  void pause_until(WallTime time);

 private:
  struct Pair {
    SyntheticProcess process;
    Symbol symbol;
    SyntheticState taken;  // behind the last row taken
    SyntheticState shown;  // behind `next`
    MarketTrade next;
  };
  explicit SyntheticMarket(std::vector<Pair> pairs) : pairs_(std::move(pairs)) {}
  static void draw(Pair& pair);
  [[nodiscard]] Pair& first();

  std::vector<Pair> pairs_;
  std::uint64_t row_ = 0;
};

}  // namespace s1mple
