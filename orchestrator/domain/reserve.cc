#include "orchestrator/domain/reserve.h"

namespace s1mple {

std::optional<Money> reserve_of(const Instrument& instrument, Side side, Quantity remaining, std::optional<Price> price,
                                Price reference, Decimal taker_fee_rate) {
  if (side == Side::sell) return Money(remaining.value);
  const auto cost = cost_of(price.value_or(reference), remaining);
  if (!cost) return std::nullopt;
  const auto fee = Decimal::checked_multiply(cost->value, taker_fee_rate, Rounding::away_from_zero);
  if (!fee) return std::nullopt;
  const auto sum = Decimal::checked_add(cost->value, *fee);
  if (!sum) return std::nullopt;
  return Money(sum->rounded_to(step_of_digits(instrument.cost_digits), Rounding::ceiling));
}

}  // namespace s1mple
