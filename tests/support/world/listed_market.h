// ListedMarket: a market of rows that a test wrote down, each with its moment.
// Owner: the world of one process. Thread: one. Errors: none.
#pragma once

#include <utility>
#include <vector>

#include "orchestrator/data/market_source.h"

namespace s1mple {

class ListedMarket final : public MarketSource {
 public:
  explicit ListedMarket(std::vector<MarketTrade> rows) : rows_(std::move(rows)) {}

  Result<const MarketTrade*> peek() override { return next_ < rows_.size() ? &rows_[next_] : nullptr; }
  MarketTrade take() override {
    ENSURE(next_ < rows_.size(), "no row is left");
    return rows_[next_++];
  }
  [[nodiscard]] MarketCursor cursor() const override { return {next_, "row " + std::to_string(next_)}; }
  Result<void> restore(const MarketCursor& cursor) override {
    next_ = static_cast<std::size_t>(cursor.row);
    return {};
  }
  std::vector<std::string> take_warnings() override { return {}; }

 private:
  std::vector<MarketTrade> rows_;
  std::size_t next_ = 0;
};

}  // namespace s1mple
