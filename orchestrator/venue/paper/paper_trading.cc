// Trades of our orders: what they cost, what they leave reserved, and what an order that takes gets.
#include <algorithm>

#include "orchestrator/domain/reserve.h"
#include "orchestrator/venue/paper/paper_exchange.h"

namespace s1mple {
namespace {

// The quote that a limit order's rest needs at the least, without fees: never given away for a fee.
Money bare_cost(const PaperOrder& order, Quantity rest) {
  if (order.type != OrderType::limit) return {};
  const auto cost = cost_of(*order.price, rest);
  ENSURE(cost, "an order's value is judged when it is placed");
  return *cost;
}

Money value_of(Price price, Quantity quantity) {
  const auto cost = cost_of(price, quantity);
  ENSURE(cost, "a trade's value is judged before it is made");
  return *cost;
}

}  // namespace

// Rounding a fee up at each of many small fills may come to more than was reserved once: a fee is never
// higher than what the account can pay without touching what other orders hold.
PaperExchange::Charge PaperExchange::charge(const PaperOrder& order, Price price, Quantity quantity,
                                            bool maker) const {
  const Live& live = live_.at(order.symbol);
  const Money cost = value_of(price, quantity);
  const Quantity rest = order.remaining() - quantity;
  const Money fee = fee_of(*live.instrument, cost, maker ? config_.maker_fee : config_.taker_fee);
  if (order.side == Side::sell)
    return {std::min(fee, cost), order.type == OrderType::market ? Money{} : Money(rest.value)};
  const PaperBalance& quote = books_.balance(live.pair->quote);
  const Money free = quote.available() + order.reserved - cost;  // after the trade, if the order held nothing
  const Money charged = std::max(Money{}, std::min(fee, free - bare_cost(order, rest)));
  if (order.type != OrderType::limit) return {charged, Money{}};
  const auto wanted =
      reserve_of(*live.instrument, order.side, rest, order.price, *order.price, config_.taker_fee);
  ENSURE(wanted, "an order's value is judged when it is placed");
  return {charged, std::min(*wanted, free - charged)};
}

void PaperExchange::trade(PaperStep& step, std::uint64_t number, Price price, Quantity quantity, bool maker) {
  const PaperOrder& order = books_.order(number);
  const Charge charged = charge(order, price, quantity, maker);
  add(step, PaperTraded{books_.trades().size() + 1, number, price, quantity, charged.fee, maker,
                        charged.reserved, cursor_.row, market_time_});
  step.emissions.push_back(FillPush{books_.fill(books_.trades().back())});
  if (!order.is_open()) step.emissions.push_back(OrderPush{books_.venue_order(order)});
}

void PaperExchange::end(PaperStep& step, std::uint64_t number, std::string reason) {
  add(step, PaperOrderEnded{number, VenueStatus::cancelled, std::move(reason), market_time_});
  step.emissions.push_back(OrderPush{books_.venue_order(books_.order(number))});
}

bool PaperExchange::can_pay(const Live& live, Side side, Money funds, const TakingPlan& plan) const {
  if (side == Side::sell) return true;
  for (const Taking& taking : plan.takings) {
    const Money cost = value_of(taking.price, taking.quantity);
    funds -= cost + fee_of(*live.instrument, cost, config_.taker_fee);
    if (funds.is_negative()) return false;
  }
  return true;
}

// A market order, a triggered stop, or the marketable part of a limit order, against the assumed book.
void PaperExchange::take(PaperStep& step, std::uint64_t number) {
  const PaperOrder& order = books_.order(number);
  const Live& live = live_.at(order.symbol);
  const bool limited = order.type == OrderType::limit;
  const TakingPlan plan = plan_taking(config_, *live.instrument, order.side, order.remaining(), *live.last,
                                      limited ? order.price : std::nullopt);
  const Money funds = books_.balance(live.pair->quote).available() + order.reserved;
  if (!limited && !can_pay(live, order.side, funds, plan))
    return end(step, number, "insufficient funds when the stop was triggered");
  for (const Taking& taking : plan.takings) trade(step, number, taking.price, taking.quantity, false);
  if (!limited && order.is_open()) end(step, number, "the book had no more to offer");
}

}  // namespace s1mple
