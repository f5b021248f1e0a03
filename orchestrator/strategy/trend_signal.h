// TrendSignal: on which side of a slow exponential moving average a fast one lies, from trades or from bars.
//
// average += 2 / (period + 1) * (price - average), exact decimals rounded half even at 18 digits; the first
// price is the first average. There is no side before `slow` prices were seen. With a bar length the price is
// the last trade of each bar that has a trade, known when the first trade of a later bar comes; bars begin at
// multiples of their length.
// Units: time of the trade, price in quote. Owner: a strategy. Errors: restore().
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/enum_text.h"
#include "common/base/json.h"
#include "common/base/time.h"
#include "orchestrator/domain/amounts.h"

namespace s1mple {

enum class TrendSide : std::uint8_t { unknown = 0, above, below };
inline constexpr EnumTexts<TrendSide, 3> kTrendSideTexts{
    {{TrendSide::unknown, "unknown"}, {TrendSide::above, "above"}, {TrendSide::below, "below"}}};
constexpr const auto& enum_texts(TrendSide) { return kTrendSideTexts; }

class TrendSignal {
 public:
  TrendSignal(std::int64_t fast, std::int64_t slow, Nanos bar);

  // True when this trade made the fast average cross above the slow one.
  bool on_trade(Price price, WallTime time);
  [[nodiscard]] TrendSide side() const { return side_; }

  void save(JsonWriter& out) const;  // one object
  Result<void> restore(const JsonValue& object);

 private:
  bool on_price(Decimal price);
  static void average_in(Decimal& average, std::int64_t period, Decimal price);

  std::int64_t fast_period_, slow_period_;
  Nanos bar_;
  std::int64_t seen_ = 0;  // prices, up to slow_period_
  Decimal fast_, slow_;
  TrendSide side_ = TrendSide::unknown;
  std::optional<std::int64_t> bar_number_;  // of the bar that is open
  Decimal bar_price_;
};

}  // namespace s1mple
