// The price process of one invented pair: a state, and the one step that turns it into the next trade.
//
// All arithmetic is in whole numbers. The price is kept as its distance from the start price in parts per
// billion (ppb), is pulled back to it and never leaves +-kBound, so that it can neither reach zero nor run
// away. Every number is described in SYNTHETIC.md; a change of one changes every synthetic market, so bump
// kVersion with it.
// Units: ppb of the start price; intervals in Nanos of market time. Thread: plain values. Errors: none.
#pragma once

#include <cstdint>

#include "common/base/enum_text.h"
#include "common/base/random.h"
#include "common/base/time.h"
#include "orchestrator/domain/event.h"
#include "orchestrator/domain/instrument.h"

namespace s1mple {

enum class Regime : std::uint8_t { calm = 1, trend_up, trend_down, volatile_market, jump, gap };
inline constexpr EnumTexts<Regime, 6> kRegimeTexts{{{Regime::calm, "calm"},
                                                    {Regime::trend_up, "trend_up"},
                                                    {Regime::trend_down, "trend_down"},
                                                    {Regime::volatile_market, "volatile"},
                                                    {Regime::jump, "jump"},
                                                    {Regime::gap, "gap"}}};
constexpr const auto& enum_texts(Regime) { return kRegimeTexts; }

struct SyntheticState {
  WallTime last;                // of the last row, or where the market began
  std::int64_t offset_ppb = 0;  // of the middle price from the start price
  Regime regime = Regime::volatile_market;
  std::int64_t rows_left = 0;  // of the regime
  Random random;
};

class SyntheticProcess {
 public:
  static constexpr int kVersion = 1;
  static constexpr std::int64_t kBound = 400'000'000;  // ppb: 40 %
  static constexpr std::int64_t kOpeningRows = 120;    // of the volatile regime that every market begins with

  // The instrument's steps bound what rows can say. Start price and quantity are rounded to them, at least
  // one step.
  SyntheticProcess(const Instrument& instrument, Price start_price, Quantity typical_quantity,
                   Nanos mean_interval);

  [[nodiscard]] SyntheticState begin(std::uint64_t seed, WallTime start) const;
  // The row after `state`; its number is left at 0.
  MarketTrade step(SyntheticState& state) const;

 private:
  [[nodiscard]] Price price_at(std::int64_t offset_ppb) const;
  [[nodiscard]] Quantity draw_quantity(Random& random) const;

  Symbol symbol_;
  Int128 price_step_;  // units of a Decimal
  Int128 start_;       // in price steps
  Int128 quantity_step_;
  Int128 typical_;  // in quantity steps
  std::int64_t mean_interval_;
};

}  // namespace s1mple
