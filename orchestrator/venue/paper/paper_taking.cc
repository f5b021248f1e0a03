#include "orchestrator/venue/paper/paper_taking.h"

#include <algorithm>

namespace s1mple {
namespace {

// `steps` price steps away from `from`, against the taker; nothing where no price is.
std::optional<Price> worse(const Instrument& instrument, Side taker, Price from, std::int64_t steps) {
  const auto distance = Decimal::checked_multiply(instrument.price_step.value, Decimal::from_int(steps));
  if (!distance) return std::nullopt;
  const auto price = Decimal::checked_add(from.value, taker == Side::buy ? *distance : -*distance);
  if (!price || !price->is_positive()) return std::nullopt;
  return Price(*price);
}

bool beyond(Side taker, Price price, std::optional<Price> limit) {
  return limit && (taker == Side::buy ? price > *limit : price < *limit);
}

}  // namespace

std::optional<Price> best_price(const PaperConfig& config, const Instrument& instrument, Side taker,
                                Price last) {
  const auto rounding = taker == Side::buy ? Rounding::ceiling : Rounding::floor;
  const Price on_grid(last.value.rounded_to(instrument.price_step.value, rounding));
  return worse(instrument, taker, on_grid, config.half_spread_steps);
}

Quantity quantity_worth(const Instrument& instrument, Decimal value, Price price) {
  const Decimal step = instrument.quantity_step.value;
  const auto quantity = Decimal::checked_divide(value, price.value, Rounding::toward_zero);
  if (!quantity) return Quantity(step);
  return Quantity(std::max(step, quantity->rounded_to(step, Rounding::floor)));
}

TakingPlan plan_taking(const PaperConfig& config, const Instrument& instrument, Side taker, Quantity wanted,
                       Price last, std::optional<Price> limit) {
  TakingPlan plan;
  plan.left = wanted;
  auto price = best_price(config, instrument, taker, last);
  Decimal value;
  while (plan.left.is_positive() && plan.takings.size() < TakingPlan::kMaxLevels) {
    if (!price || beyond(taker, *price, limit)) break;
    const Quantity quantity = std::min(plan.left, quantity_worth(instrument, config.level_value, *price));
    const auto cost = cost_of(*price, quantity);
    if (!cost || cost->value > PaperConfig::kMostValue - value) break;
    value += cost->value;
    plan.takings.push_back({*price, quantity});
    plan.left -= quantity;
    price = worse(instrument, taker, *price, config.level_steps);
  }
  return plan;
}

Money fee_of(const Instrument& instrument, Money cost, Decimal rate) {
  const auto fee = Decimal::checked_multiply(cost.value, rate, Rounding::away_from_zero);
  ENSURE(fee, "a rate below 1 cannot overflow");
  return Money(fee->rounded_to(step_of_digits(instrument.cost_digits), Rounding::ceiling));
}

}  // namespace s1mple
