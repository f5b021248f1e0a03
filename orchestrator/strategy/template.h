// A strategy to copy: README.md beside it leads from here to a result. Buys a dip below the highest price
// seen, sells after a gain, holds without a stop (knowingly: protection none). Units: quote per base, base.
// Owner: the engine. Thread: loop. Errors: restore() of a memory that is not its own.
#pragma once
#include "common/contract/config.h"
#include "orchestrator/strategy/keys.h"
#include "orchestrator/strategy/own_orders.h"
namespace s1mple {

class TemplateStrategy final : public Strategy {
 public:
  struct Config {  // its keys in [[strategy]]: name, default, range, meaning
    Quantity quantity{Decimal::from_int(1)};
    Decimal dip = Decimal::from_scaled(4, 3), gain = Decimal::from_scaled(4, 3);
    void declare(ConfigFields& keys, const Instrument* instrument) {
      declare_quantity(keys, "quantity", quantity, instrument, "bought at once, in base");
      keys.amount("dip", dip, Decimal::from_scaled(1, 4), Decimal::from_scaled(5, 1),
                  "buy this far below the high");
      keys.amount("gain", gain, Decimal::from_scaled(1, 4), Decimal::from_int(10),
                  "sell this far above the buy");
    }
  };
  TemplateStrategy(Symbol symbol, const Config& config) : symbol_(std::move(symbol)), config_(config) {}

  void on_market(const MarketTrade& trade, StrategyContext& context) override {
    if (trade.symbol != symbol_ || !own_orders(context, symbol_).none()) return;  // one thing at a time
    const Instrument& rules = *context.instrument(symbol_);
    const Quantity held = sellable(rules, context.position(symbol_).quantity, trade.price);
    high_ = std::max(high_, trade.price);
    if (held.is_zero() && trade.price <= below(rules, high_, config_.dip)) {
      if (order(Side::buy, config_.quantity, "a dip", context)) bought_ = high_ = trade.price;
    } else if (!held.is_zero() && trade.price >= above(rules, bought_, config_.gain)) {
      if (order(Side::sell, held, "the gain is made", context)) high_ = trade.price;
    }
  }
  void on_execution(const ExecutionReport&, StrategyContext&) override {}  // the books tell all it needs
  void on_timer(StrategyContext&) override {}

  void save(JsonWriter& out) const override {  // everything it must remember, and back
    out.begin_object().text("high", high_.text()).text("bought", bought_.text()).end_object();
  }
  Result<void> restore(const JsonValue& saved) override {
    const auto high = saved.decimal_at("high"), bought = saved.decimal_at("bought");
    if (!high || !bought) return Error{Errc::invalid, "needs high and bought"};
    high_ = Price(*high), bought_ = Price(*bought);
    return {};
  }

 private:
  bool order(Side side, Quantity quantity, const char* purpose, StrategyContext& context) {
    OrderRequest request;
    request.symbol = symbol_, request.side = side, request.type = OrderType::market;
    request.quantity = quantity, request.purpose = purpose;
    return context.place(request).ok();  // false: refused, and recorded by the engine
  }
  Symbol symbol_;
  Config config_;
  Price high_, bought_;
};

}  // namespace s1mple
