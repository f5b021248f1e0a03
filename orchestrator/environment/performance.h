// Performance: what a run earned, spent and risked: equity over market time, its deepest fall, and a sum per strategy.
//
// Equity is cash plus positions at the last price, in one quote asset; positions in other quotes are not counted.
// Units: Money of `quote`. Thread: loop. Errors: none; an equity out of range is left out.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/domain/books.h"

namespace s1mple {

struct StrategyResult {
  StrategyName strategy;
  Symbol symbol;
  std::size_t fills = 0;
  Quantity bought, sold, held;
  Money fees;
  Money realised;     // of what was sold, fees included
  Money unrealised;   // of what is held, at the last price
};

class Performance {
 public:
  Performance(const Books& books, Asset quote) : books_(books), quote_(std::move(quote)) {}

  void on_row(const MarketTrade& trade);

  [[nodiscard]] Money equity() const;
  [[nodiscard]] Money first_equity() const { return first_; }
  // From a highest equity to a later lowest one, the present one included.
  [[nodiscard]] Money deepest_fall() const { return std::max(fall_, highest_ - equity()); }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::vector<StrategyResult> by_strategy() const;

 private:
  void mark();

  const Books& books_;
  Asset quote_;
  std::map<Symbol, Price> last_;
  Money first_, highest_, fall_;
  std::uint64_t rows_ = 0;
};

}  // namespace s1mple
