// Quantiles of what was measured, for the benchmarks' tables.
//
// quantile(values, q) is the value below which the share q of them lies, by nearest rank (no interpolation, so that it
// is a value that was measured); median is the one at one half. 0 of nothing. Units: those of the values.
// Owner: the values are taken by copy and put in order. Thread: pure functions.
#pragma once

#include <algorithm>
#include <vector>

namespace s1mple {

template <class T>
T quantile(std::vector<T> values, double q) {
  if (values.empty()) return T{};
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

template <class T>
T median(std::vector<T> values) {
  return quantile(std::move(values), 0.5);
}

}  // namespace s1mple
