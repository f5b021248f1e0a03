// MarketView: the last trade of every symbol, as seen now; what is durable of it (Books::market) follows
// lazily. Prices from before this start are kept apart: they value a position, but no order relies on them.
// Owner: the engine. Thread: loop.
#pragma once

#include <map>
#include <optional>

#include "orchestrator/domain/books.h"

namespace s1mple {

class MarketView {
 public:
  struct Seen {
    std::uint64_t row = 0;
    Price price;
    WallTime time;
    std::string position;
    bool fresh = false;  // seen since this start
    bool dirty = false;  // not yet a fact
  };

  // fresh: market time stood still meanwhile (replay), so that the last price is still the last price.
  void recall(const std::map<Symbol, SeenMarket>& durable, bool fresh) {
    for (const auto& [symbol, seen] : durable)
      seen_[symbol] = {seen.row, seen.price, seen.time, seen.position, fresh, false};
  }
  void saw(const MarketTrade& trade) {
    Seen& seen = seen_[trade.symbol];
    seen.row = trade.row;
    seen.price = trade.price;
    seen.time = trade.time;
    seen.position = trade.position;
    seen.fresh = seen.dirty = true;
  }

  // Seen since this start: what orders are checked against.
  [[nodiscard]] std::optional<Price> last_price(const Symbol& symbol) const {
    const auto found = seen_.find(symbol);
    return found != seen_.end() && found->second.fresh ? std::optional(found->second.price) : std::nullopt;
  }
  // The best that is known, also from before this start: what positions are valued at.
  [[nodiscard]] std::optional<Price> known_price(const Symbol& symbol) const {
    const auto found = seen_.find(symbol);
    return found != seen_.end() ? std::optional(found->second.price) : std::nullopt;
  }
  [[nodiscard]] const std::map<Symbol, Seen>& all() const { return seen_; }
  void mark_clean() {
    for (auto& [symbol, seen] : seen_) seen.dirty = false;
  }

 private:
  std::map<Symbol, Seen> seen_;
};

}  // namespace s1mple
