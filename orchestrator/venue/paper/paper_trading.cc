// Trades of our orders: what they cost, what they leave reserved, and what an order that takes gets.
#include <algorithm>

#include "orchestrator/domain/reserve.h"
#include "orchestrator/venue/paper/paper_exchange.h"

namespace s1mple {
namespace {

Money value_of(Price price, Quantity quantity) {
  const auto cost = cost_of(price, quantity);
  ENSURE(cost, "a trade's value is judged before it is made");
  return *cost;
}

}  // namespace

// Rounded up at each of many small fills, fees may come to more than was reserved once. So a fee of a limit
// buy is never higher than what the account can pay beside what orders hold: reserved stays below total,
// and the rest of the order stays paid for (what it holds is at least its cost with the fee, before
// rounding).
PaperExchange::Charge PaperExchange::charge(const PaperOrder& order, Price price, Quantity quantity,
                                            bool maker) const {
  const Live& live = live_.at(order.symbol);
  const Money cost = value_of(price, quantity);
  const Quantity rest = order.remaining() - quantity;
  const Money fee = fee_of(*live.instrument, cost, maker ? config_.maker_fee : config_.taker_fee);
  if (order.side == Side::sell)
    return {std::min(fee, cost), order.type == OrderType::market ? Money{} : Money(rest.value)};
  if (order.type != OrderType::limit) return {fee, Money{}};  // can_pay has counted it
  const auto wanted =
      reserve_of(*live.instrument, order.side, rest, order.price, *order.price, config_.taker_fee);
  ENSURE(wanted, "an order's value is judged when it is placed");
  const Money free = books_.balance(live.pair->quote).available() + order.reserved - cost;
  const Money charged = std::max(Money{}, std::min(fee, free - *wanted));
  return {charged, std::min(*wanted, free - charged)};
}

void PaperExchange::trade(PaperStep& step, std::uint64_t number, Price price, Quantity quantity, bool maker) {
  const PaperOrder& order = books_.order(number);
  const Charge charged = charge(order, price, quantity, maker);
  add(step, PaperTraded{books_.next_trade(), number, price, quantity, charged.fee, maker,
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
