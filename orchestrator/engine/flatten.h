// Flatten: sells everything that strategies hold, of one symbol or all, step by step and with evidence.
//
// Cancel the buys, then the sells (stops included), wait until the venue has closed them, then sell the
// confirmed positions: at the operator's limit price, else under the price collar of the last price, which
// must be fresh unless stale prices were allowed. A sale that does not trade is cancelled and made anew. What
// is below the venue's minimum stays, with an alert. Durable: the wish is a reason of the operator
// ("flatten:symbol=BTC/EUR"), so that a restart goes on; it implies a halt, which stays until resume.
// Owner: the engine. Thread: loop.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/engine/order_entry.h"

namespace s1mple {

struct FlattenWish {
  std::optional<Symbol> symbol;      // nothing: all
  std::optional<Price> limit_price;  // only with a symbol
  bool allow_stale = false;

  [[nodiscard]] std::string code() const;
  [[nodiscard]] std::string text() const;  // for people
  [[nodiscard]] static std::optional<FlattenWish> from(const Reason& reason);
};

[[nodiscard]] bool is_flatten_sale(const Order& order);
[[nodiscard]] bool is_flattening(const Books& books);

class Flatten {
 public:
  static constexpr Nanos kPatience = 10s;  // a sale that has not traded by then is made anew

  Flatten(Recorder& recorder, ExecutionHandler& handler, OrderEntry& orders, Notices& notices,
          const MarketView& market, const EngineConfig& config)
      : recorder_(recorder),
        handler_(handler),
        orders_(orders),
        notices_(notices),
        market_(market),
        config_(config) {}

  void advance(bool data_is_fresh);  // only while reconciled
  [[nodiscard]] bool is_active() const { return is_flattening(recorder_.books()); }
  [[nodiscard]] std::optional<WallTime> wake_at() const { return next_try_; }

 private:
  [[nodiscard]] bool advance(const FlattenWish& wish, const Symbol& symbol,
                             bool data_is_fresh);                   // true: flat
  [[nodiscard]] bool cancel_side(const Symbol& symbol, Side side);  // true: none is left
  [[nodiscard]] bool sell(const FlattenWish& wish, const Instrument& instrument, const PositionKey& key,
                          Quantity quantity, bool data_is_fresh);
  [[nodiscard]] std::optional<Price> price_for(const FlattenWish& wish, const Instrument& instrument,
                                               bool data_is_fresh) const;
  void wait_until(WallTime time);
  void tell_dust(const PositionKey& key, Quantity quantity);

  Recorder& recorder_;
  ExecutionHandler& handler_;
  OrderEntry& orders_;
  Notices& notices_;
  const MarketView& market_;
  const EngineConfig& config_;
  std::optional<WallTime> next_try_;
  std::map<PositionKey, WallTime> tried_;
  std::set<PositionKey> told_dust_;
};

}  // namespace s1mple
