// Price, Quantity and Money: exact decimals that do not mix.
//
// Units:    Price is quote asset per base asset; Quantity is base asset; Money is an amount of one asset, named
//           beside it. All exact (common/base/decimal.h).
// Overflow: operators abort; cost_of and the other checked functions return nothing: use them on what comes from outside.
#pragma once

#include <compare>
#include <optional>

#include "common/base/decimal.h"

namespace s1mple {

template <class Tag>
struct Amount {
  Decimal value;

  constexpr Amount() = default;
  explicit constexpr Amount(Decimal amount) : value(amount) {}
  [[nodiscard]] constexpr bool is_zero() const { return value.is_zero(); }
  [[nodiscard]] constexpr bool is_negative() const { return value.is_negative(); }
  [[nodiscard]] constexpr bool is_positive() const { return value.is_positive(); }
  [[nodiscard]] std::string text(int min_digits = 0) const { return value.text(min_digits); }

  friend Amount operator+(Amount a, Amount b) { return Amount(a.value + b.value); }
  friend Amount operator-(Amount a, Amount b) { return Amount(a.value - b.value); }
  Amount operator-() const { return Amount(-value); }
  Amount& operator+=(Amount other) { value += other.value; return *this; }
  Amount& operator-=(Amount other) { value -= other.value; return *this; }
  friend constexpr auto operator<=>(Amount, Amount) = default;
};

using Price = Amount<struct PriceTag>;
using Quantity = Amount<struct QuantityTag>;
using Money = Amount<struct MoneyTag>;

// price * quantity, half even at 18 digits; nothing on overflow.
[[nodiscard]] inline std::optional<Money> cost_of(Price price, Quantity quantity) {
  const auto cost = Decimal::checked_multiply(price.value, quantity.value);
  return cost ? std::optional(Money(*cost)) : std::nullopt;
}

}  // namespace s1mple
