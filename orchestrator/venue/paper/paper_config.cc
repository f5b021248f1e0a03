#include "orchestrator/venue/paper/paper_config.h"

#include <set>

namespace s1mple {
namespace {

Error bad(std::string story) { return Error{Errc::invalid, std::move(story)}; }

bool is_rate(Decimal rate) { return !rate.is_negative() && rate < Decimal::from_int(1); }

bool is_value(Decimal value) { return !value.is_negative() && value <= PaperConfig::kMostValue; }

Result<void> check(const Instrument& instrument) {
  const std::string& symbol = instrument.symbol.text();
  if (symbol != instrument.base.text() + "/" + instrument.quote.text())
    return bad("instrument " + symbol + ": must be named base/quote, " + instrument.base.text() + "/" +
               instrument.quote.text());
  if (!instrument.price_step.is_positive())
    return bad("instrument " + symbol + ": price_step must be above 0");
  if (!instrument.quantity_step.is_positive())
    return bad("instrument " + symbol + ": quantity_step must be above 0");
  // Then every price * quantity is exact, and no rounding can make money.
  const auto [price, quantity] = std::pair(instrument.price_step.value, instrument.quantity_step.value);
  if (Decimal::checked_multiply(price, quantity, Rounding::floor) !=
      Decimal::checked_multiply(price, quantity, Rounding::ceiling))
    return bad("instrument " + symbol + ": price_step times quantity_step must have at most 18 digits");
  if (instrument.quantity_min.is_negative() || instrument.cost_min.is_negative())
    return bad("instrument " + symbol + ": quantity_min and cost_min must not be negative");
  if (instrument.cost_digits < 0 || instrument.cost_digits > Decimal::kDigits)
    return bad("instrument " + symbol + ": cost_digits must be from 0 to 18");
  return {};
}

}  // namespace

Result<void> check(const PaperConfig& config) {
  if (!is_rate(config.maker_fee)) return bad("maker_fee: must be from 0 to below 1; 0.0025 is 0.25 %");
  if (!is_rate(config.taker_fee)) return bad("taker_fee: must be from 0 to below 1; 0.004 is 0.4 %");
  if (config.maker_fee > config.taker_fee) return bad("maker_fee: must not be above taker_fee");
  if (config.half_spread_steps < 0 || config.half_spread_steps > 1'000'000)
    return bad("half_spread_steps: must be from 0 to 1000000");
  if (config.level_steps < 1 || config.level_steps > 1'000'000)
    return bad("level_steps: must be from 1 to 1000000");
  if (!config.level_value.is_positive() || !is_value(config.level_value))
    return bad("level_value: must be above 0");
  if (!is_value(config.queue_ahead_value)) return bad("queue_ahead_value: must not be negative");
  if (config.page_size < 2 || config.page_size > 1'000) return bad("page_size: must be from 2 to 1000");
  if (config.max_open_orders < 1 || config.max_open_orders > PaperConfig::kMostOpenOrders)
    return bad("max_open_orders: must be from 1 to " + std::to_string(PaperConfig::kMostOpenOrders));
  if (config.max_catch_up < Nanos{}) return bad("max_catch_up: must not be negative");
  for (const auto& [asset, amount] : config.balances)
    if (asset.empty() || !is_value(amount))
      return bad("balances." + asset + ": must be from 0 to " + PaperConfig::kMostValue.text());
  std::set<Symbol> symbols;
  for (const Instrument& instrument : config.instruments) {
    if (auto checked = check(instrument); !checked) return checked;
    if (!symbols.insert(instrument.symbol).second)
      return bad("instrument " + instrument.symbol.text() + ": stands twice");
  }
  return {};
}

}  // namespace s1mple
