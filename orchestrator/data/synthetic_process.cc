#include "orchestrator/data/synthetic_process.h"

#include <algorithm>
#include <array>
#include <span>

#include "common/base/crc32c.h"

namespace s1mple {
namespace {

// The table of SYNTHETIC.md. Moves in ppb of the start price per row; leap and pause come once, at the first
// row.
struct RegimeRow {
  Regime regime;
  std::uint64_t weight;
  std::int64_t rows_min, rows_max;
  std::int64_t drift, noise;          // noise: uniform in [-noise, noise]
  std::int64_t leap_min, leap_max;    // size of one move, up or down
  std::int64_t pause_min, pause_max;  // in mean intervals
};
constexpr std::array<RegimeRow, 6> kRegimes{{
    {Regime::calm, 30, 100, 400, 0, 60'000, 0, 0, 0, 0},
    {Regime::trend_up, 20, 80, 300, 25'000, 120'000, 0, 0, 0, 0},
    {Regime::trend_down, 20, 80, 300, -25'000, 120'000, 0, 0, 0, 0},
    {Regime::volatile_market, 15, 40, 160, 0, 400'000, 0, 0, 0, 0},
    {Regime::jump, 8, 1, 1, 0, 60'000, 2'000'000, 6'000'000, 0, 0},
    {Regime::gap, 7, 1, 1, 0, 60'000, 500'000, 4'000'000, 20, 60},
}};
constexpr std::int64_t kHalfSpread = 30'000;  // ppb: a taker's buy prints above the middle, a sell below
constexpr std::int64_t kPullRows = 20'000;    // each row takes 1/kPullRows of the distance back
constexpr std::int64_t kOne = 1'000'000'000;  // ppb
constexpr std::uint64_t kBigRows = 16;        // one row in this many is big
static_assert(SyntheticProcess::kBound < kOne - kHalfSpread, "a price must stay above zero");

constexpr const RegimeRow& row_of(Regime regime) { return kRegimes[static_cast<std::size_t>(regime) - 1]; }

constexpr std::uint64_t total_weight() {
  std::uint64_t total = 0;
  for (const auto& row : kRegimes) total += row.weight;
  return total;
}

constexpr bool table_is_in_order() {
  for (const auto& row : kRegimes)
    if (&row_of(row.regime) != &row) return false;
  return true;
}
static_assert(table_is_in_order());

Regime draw_regime(Random& random) {
  std::uint64_t drawn = random.below(total_weight());
  for (const auto& row : kRegimes) {
    if (drawn < row.weight) return row.regime;
    drawn -= row.weight;
  }
  ENSURE(false, "regime weights");
}

// Whole steps in a positive amount, at least one. The config reader bounds amounts at 10^12 and no step is
// below 10^-10 there, so that every product in step() stays far below 2^127.
Int128 steps_in(Decimal amount, Decimal step) { return std::max<Int128>(amount.units() / step.units(), 1); }

}  // namespace

SyntheticProcess::SyntheticProcess(const Instrument& instrument, Price start_price, Quantity typical_quantity,
                                   Nanos mean_interval)
    : symbol_(instrument.symbol),
      price_step_(instrument.price_step.value.units()),
      start_(steps_in(start_price.value, instrument.price_step.value)),
      quantity_step_(instrument.quantity_step.value.units()),
      typical_(steps_in(typical_quantity.value, instrument.quantity_step.value)),
      mean_interval_(mean_interval.count()) {
  ENSURE(mean_interval_ > 0, "mean interval of a synthetic market");
}

SyntheticState SyntheticProcess::begin(std::uint64_t seed, WallTime start) const {
  // Pairs differ although their seed is one, whatever their order in the configuration.
  const std::uint64_t own = seed ^ (std::uint64_t{crc32c(std::as_bytes(std::span(symbol_.text())))} << 32U);
  return {start, 0, Regime::volatile_market, kOpeningRows, Random(own)};
}

MarketTrade SyntheticProcess::step(SyntheticState& state) const {
  Random& random = state.random;
  const bool turns = state.rows_left == 0;
  if (turns) {
    state.regime = draw_regime(random);
    state.rows_left = random.between(row_of(state.regime).rows_min, row_of(state.regime).rows_max);
  }
  const RegimeRow& row = row_of(state.regime);
  --state.rows_left;

  std::int64_t interval = random.between(1, 2 * mean_interval_ - 1);
  if (turns && row.pause_max > 0) interval += mean_interval_ * random.between(row.pause_min, row.pause_max);
  state.last += Nanos(interval);

  std::int64_t move = row.drift + random.between(-row.noise, row.noise) - state.offset_ppb / kPullRows;
  if (turns && row.leap_max > 0) {
    const std::int64_t leap = random.between(row.leap_min, row.leap_max);
    move += random.chance(1, 2) ? leap : -leap;
  }
  state.offset_ppb = std::clamp(state.offset_ppb + move, -kBound, kBound);

  const Side taker = random.chance(1, 2) ? Side::buy : Side::sell;
  const std::int64_t printed = state.offset_ppb + (taker == Side::buy ? kHalfSpread : -kHalfSpread);
  return {symbol_, price_at(printed), draw_quantity(random), taker, state.last, 0, {}};
}

Price SyntheticProcess::price_at(std::int64_t offset_ppb) const {
  const Int128 steps = start_ * (kOne + offset_ppb) / kOne;
  return Price(Decimal::from_units(std::max<Int128>(steps, 1) * price_step_));
}

Quantity SyntheticProcess::draw_quantity(Random& random) const {
  std::int64_t percent = random.between(20, 180);
  if (random.chance(1, kBigRows)) percent *= random.between(3, 10);
  const Int128 steps = typical_ * percent / 100;
  return Quantity(Decimal::from_units(std::max<Int128>(steps, 1) * quantity_step_));
}

}  // namespace s1mple
