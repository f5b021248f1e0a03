#include "orchestrator/engine/order_entry.h"

namespace s1mple {

Result<ClientId> OrderEntry::place(const StrategyName& strategy, const OrderRequest& request,
                                   OrderOrigin origin) {
  if (const auto refusal = judge(strategy, request, origin))
    return refuse(strategy, request.symbol, *refusal);
  const WallTime now = recorder_.now();
  OrderIntent intent{ids_.next(),
                     strategy,
                     request.symbol,
                     request.side,
                     request.type,
                     request.quantity,
                     request.price,
                     request.post_only,
                     request.protective,
                     request.protection,
                     request.purpose,
                     now,
                     now + config_.execution.order_deadline};
  const ClientId id = intent.client_id;
  handler_.place(std::move(intent));
  if (request.protective) {
    const Protection rule{ProtectionKind::stop, *request.price};
    if (recorder_.books().position({strategy, request.symbol}).protection != rule)
      recorder_.record(ProtectionSet{strategy, request.symbol, rule});
  }
  return id;
}

void OrderEntry::cancel(const StrategyName& strategy, const Order& order) {
  const bool may_sell = closed_.empty() && gate_.mode_for(strategy) != TradingMode::halted;
  const bool protects = order.intent.protective && recorder_.books().position({strategy, order.intent.symbol}).quantity.is_positive();
  if (may_sell || !protects) return handler_.cancel(order, "asked by " + strategy.text());
  notices_.note("log", "stop_kept", strategy.text() + " asked to cancel its stop " + order.intent.client_id.text() +
                                        ", but nothing may be sold now: it stays");
}

Money OrderEntry::available(const Asset& asset) const {
  const auto& balances = recorder_.books().balances();
  const auto total = balances.find(asset);
  return (total == balances.end() ? Money{} : total->second) - recorder_.index().held(asset);
}

std::optional<Refusal> OrderEntry::judge(const StrategyName& strategy, const OrderRequest& request,
                                         OrderOrigin origin) {
  const Instrument* instrument = recorder_.index().instrument(request.symbol);
  if (instrument == nullptr)
    return Refusal{"instrument", "instrument: " + request.symbol.text() + " is not configured"};
  const PositionKey key{strategy, request.symbol};
  const RiskView view{*instrument,
                      recorder_.books().position(key),
                      recorder_.index().group(key),
                      market_.last_price(request.symbol),
                      recorder_.index().working_of(strategy),
                      available(instrument->quote),
                      config_.taker_fee_rate};
  if (auto no = check_rules(request, *instrument)) return no;
  if (auto no = check_ownership(request, view)) return no;
  if (origin != OrderOrigin::strategy) return std::nullopt;
  if (auto no = judge_mode(strategy, request, view)) return no;
  if (auto no = check_limits(request, view, config_.risk)) return no;
  return throttle_.take(recorder_.now(), config_.risk);
}

std::optional<Refusal> OrderEntry::judge_mode(const StrategyName& strategy, const OrderRequest& request,
                                              const RiskView& view) const {
  if (!closed_.empty()) return Refusal{"draining", "draining: " + closed_};
  const bool reducing = reduces(request, view);
  switch (gate_.mode_for(strategy)) {
    case TradingMode::active: break;
    case TradingMode::reducing:
      if (!reducing) return Refusal{"reducing", "trading is reducing, " + gate_.story(strategy)};
      break;
    case TradingMode::halted: return Refusal{"halted", "trading is halted, " + gate_.story(strategy)};
  }
  if (view.group.in_doubt > 0 && !reducing)
    return Refusal{"in_doubt", "in_doubt: " + std::to_string(view.group.in_doubt) + " orders of " +
                                   strategy.text() + " on " + request.symbol.text() +
                                   " have no known outcome yet"};
  return std::nullopt;
}

Result<ClientId> OrderEntry::refuse(const StrategyName& strategy, const Symbol& symbol,
                                    const Refusal& refusal) {
  recorder_.record(Refused{strategy, symbol, refusal.code, refusal.text, recorder_.now()});
  notices_.note("log", "order_refused", strategy.text() + " " + symbol.text() + ": " + refusal.text);
  return Error{Errc::refused, refusal.text};
}

}  // namespace s1mple
