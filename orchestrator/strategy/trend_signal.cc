#include "orchestrator/strategy/trend_signal.h"

#include <utility>

namespace s1mple {

TrendSignal::TrendSignal(std::int64_t fast, std::int64_t slow, Nanos bar)
    : fast_period_(fast), slow_period_(slow), bar_(bar) {
  ENSURE(fast >= 1 && slow > fast && bar >= 0ns, "periods of a trend signal");
}

bool TrendSignal::on_trade(Price price, WallTime time) {
  if (bar_ == 0ns) return on_price(price.value);
  const std::int64_t number = to_unix_nanos(time) / bar_.count();
  const auto before = bar_number_;
  const Decimal close = std::exchange(bar_price_, price.value);
  if (!before || number > *before) bar_number_ = number;
  return before && number > *before && on_price(close);
}

bool TrendSignal::on_price(Decimal price) {
  if (seen_ == 0) fast_ = slow_ = price;
  average_in(fast_, fast_period_, price);
  average_in(slow_, slow_period_, price);
  if (seen_ < slow_period_) ++seen_;
  if (seen_ < slow_period_ || fast_ == slow_) return false;
  const TrendSide side = fast_ > slow_ ? TrendSide::above : TrendSide::below;
  return std::exchange(side_, side) == TrendSide::below && side == TrendSide::above;
}

// A distance that does not fit a decimal begins the average anew; prices from outside never get there.
void TrendSignal::average_in(Decimal& average, std::int64_t period, Decimal price) {
  const auto weight = Decimal::checked_divide(Decimal::from_int(2), Decimal::from_int(period + 1));
  const auto step = Decimal::checked_multiply(price - average, *weight);
  average = step ? average + *step : price;
}

void TrendSignal::save(JsonWriter& out) const {
  out.begin_object()
      .number("seen", seen_)
      .text("fast", fast_.text())
      .text("slow", slow_.text())
      .text("side", to_text(side_));
  if (bar_number_) out.number("bar", *bar_number_).text("bar_price", bar_price_.text());
  out.end_object();
}

Result<void> TrendSignal::restore(const JsonValue& object) {
  const auto seen = object.int_at("seen");
  if (!seen) return seen.error();
  const auto fast = object.decimal_at("fast");
  if (!fast) return fast.error();
  const auto slow = object.decimal_at("slow");
  if (!slow) return slow.error();
  const auto side_text = object.text_at("side");
  if (!side_text) return side_text.error();
  const auto side = parse_enum<TrendSide>(*side_text);
  if (!side || *seen < 0) return Error{Errc::invalid, "side or seen out of range"};
  std::optional<std::int64_t> bar_number;
  Decimal bar_price;
  if (object.find("bar")) {
    const auto number = object.int_at("bar");
    if (!number) return number.error();
    const auto price = object.decimal_at("bar_price");
    if (!price) return price.error();
    bar_number = *number;
    bar_price = *price;
  }
  seen_ = std::min(*seen, slow_period_);
  fast_ = *fast;
  slow_ = *slow;
  side_ = *side;
  bar_number_ = bar_number;
  bar_price_ = bar_price;
  return {};
}

}  // namespace s1mple
