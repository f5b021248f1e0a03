// Requests that change something: orders and cancels, judged, refused with a reason, or done.
#include <algorithm>

#include "orchestrator/domain/reserve.h"
#include "orchestrator/venue/paper/paper_exchange.h"

namespace s1mple {
namespace {

std::string stale_story(std::uint64_t epoch, std::uint64_t seen) {
  return "epoch " + std::to_string(epoch) + " is over: requests of epoch " + std::to_string(seen) +
         " have been seen";
}

std::optional<PaperRefusal> judge_price(const OrderIntent& intent, const Instrument& instrument) {
  if (intent.type == OrderType::market) {
    if (!intent.price) return std::nullopt;
    return PaperRefusal{RefusalCode::bad_price, "a market order has no price"};
  }
  const std::string type(to_text(intent.type));
  if (!intent.price) return PaperRefusal{RefusalCode::bad_price, "a " + type + " order needs a price"};
  if (!intent.price->is_positive() || !intent.price->value.is_multiple_of(instrument.price_step.value))
    return PaperRefusal{RefusalCode::bad_price,
                        "price " + intent.price->text() + " of " + instrument.symbol.text() +
                            " must be a positive multiple of " + instrument.price_step.text()};
  return std::nullopt;
}

std::optional<PaperRefusal> judge_size(const OrderIntent& intent, const Instrument& instrument, Price price) {
  const std::string quantity = "quantity " + intent.quantity.text() + " of " + instrument.symbol.text();
  if (!intent.quantity.is_positive() || !intent.quantity.value.is_multiple_of(instrument.quantity_step.value))
    return PaperRefusal{RefusalCode::other,
                        quantity + " must be a positive multiple of " + instrument.quantity_step.text()};
  if (intent.quantity < instrument.quantity_min)
    return PaperRefusal{RefusalCode::below_minimum,
                        quantity + " is below the minimum of " + instrument.quantity_min.text()};
  const auto cost = cost_of(price, intent.quantity);
  if (!cost || cost->value > PaperConfig::kMostValue || intent.quantity.value > PaperConfig::kMostValue)
    return PaperRefusal{RefusalCode::other, quantity + " is too large"};
  if (*cost < instrument.cost_min)
    return PaperRefusal{RefusalCode::below_minimum, quantity + " at " + price.text() + " is worth " +
                                                        cost->text() + ", below the minimum of " +
                                                        instrument.cost_min.text()};
  return std::nullopt;
}

PaperRefusal short_of(Money wanted, Money available, const Asset& asset) {
  return {RefusalCode::insufficient_funds, "the order needs " + wanted.text() + " " +
                                               asset.text() + ", " + available.text() + " are free"};
}

}  // namespace

bool PaperExchange::admit(PaperStep& step, std::uint64_t epoch, WallTime market_time) {
  ENSURE(books_.is_opened(), "the exchange is opened before the first request");
  if (epoch < books_.epoch()) return false;
  market_time_ = now(market_time);
  if (epoch > books_.epoch()) add(step, PaperEpochSeen{epoch, market_time_});
  return true;
}

bool PaperExchange::is_marketable(const OrderIntent& intent, const Live& live) const {
  if (!live.last) return false;
  const bool buys = intent.side == Side::buy;
  switch (intent.type) {
    case OrderType::market: return true;
    case OrderType::stop_loss: return buys ? *live.last >= *intent.price : *live.last <= *intent.price;
    case OrderType::limit: {
      const auto best = best_price(config_, *live.instrument, intent.side, *live.last);
      return best && (buys ? *intent.price >= *best : *intent.price <= *best);
    }
  }
  ENSURE(false, "OrderType out of range");
}

std::optional<PaperRefusal> PaperExchange::judge(const OrderIntent& intent) const {
  const auto found = live_.find(intent.symbol);
  if (found == live_.end())
    return PaperRefusal{RefusalCode::unknown_symbol, intent.symbol.text() + " is not traded here"};
  const Live& live = found->second;
  if (market_time_ > intent.deadline)
    return PaperRefusal{RefusalCode::deadline_passed, "the deadline " + to_rfc3339(intent.deadline) +
                                                          " passed before " + to_rfc3339(market_time_)};
  if (auto refusal = judge_price(intent, *live.instrument)) return refusal;
  if (intent.type == OrderType::market && !live.last)
    return PaperRefusal{RefusalCode::other, "no trade of " + intent.symbol.text() + " has been seen yet"};
  if (intent.post_only && intent.type != OrderType::limit)
    return PaperRefusal{RefusalCode::other, "only a limit order can be post_only"};
  if (auto refusal = judge_size(intent, *live.instrument, intent.price ? *intent.price : *live.last))
    return refusal;
  if (intent.post_only && is_marketable(intent, live))
    return PaperRefusal{
        RefusalCode::would_take,
        "post_only at " + intent.price->text() + " would take: the last trade was at " + live.last->text()};
  if (books_.open_orders().size() >= static_cast<std::size_t>(config_.max_open_orders))
    return PaperRefusal{RefusalCode::rate_limited,
                        "there are " + std::to_string(config_.max_open_orders) + " open orders already"};
  return judge_funds(intent, live);
}

std::optional<PaperRefusal> PaperExchange::judge_funds(const OrderIntent& intent, const Live& live) const {
  const bool buys = intent.side == Side::buy;
  const Asset& asset = buys ? live.pair->quote : live.pair->base;
  const Money available = books_.balance(asset).available();
  if (intent.type == OrderType::market && buys) {
    const auto plan =
        plan_taking(config_, *live.instrument, intent.side, intent.quantity, *live.last, std::nullopt);
    if (can_pay(live, intent.side, available, plan)) return std::nullopt;
    return short_of(*reserve(intent, live), available, asset);
  }
  const auto wanted = reserve(intent, live);
  if (!wanted) return PaperRefusal{RefusalCode::other, "the order is too large"};
  if (*wanted > available) return short_of(*wanted, available, asset);
  return std::nullopt;
}

std::optional<Money> PaperExchange::reserve(const OrderIntent& intent, const Live& live) const {
  const Price reference = intent.price ? *intent.price : *live.last;
  return reserve_of(*live.instrument, intent.side, intent.quantity, intent.price, reference,
                    config_.taker_fee);
}

PaperStep PaperExchange::on_request(const SendOrder& request, std::uint64_t epoch, WallTime market_time) {
  const OrderIntent& intent = request.intent;
  PaperStep step;
  const auto refuse = [&](RefusalCode code, std::string reason) {
    step.emissions.push_back(OrderAnswer{intent.client_id, AnswerKind::refused, {}, code, std::move(reason)});
  };
  if (!admit(step, epoch, market_time)) {
    refuse(RefusalCode::stale_epoch, stale_story(epoch, books_.epoch()));
  } else if (intent.client_id.empty() || intent.client_id.text().size() > kMaxClientIdBytes) {
    refuse(RefusalCode::other,
           "a client id has from 1 to " + std::to_string(kMaxClientIdBytes) + " characters");
  } else if (const auto old = known_before(intent.client_id); !old.ok()) {
    refuse(RefusalCode::other, "whether the client id was used before cannot be told: " + old.error().story);
  } else if (*old) {
    refuse(RefusalCode::duplicate_client_id, "client id " + intent.client_id.text() + " was used before");
  } else if (auto refusal = judge(intent)) {
    add(step, PaperOrderRefused{books_.next_order(), intent.client_id, intent.symbol, intent.side,
                                intent.type, intent.quantity, intent.price,
                                std::string(to_text(refusal->code)) + ": " + refusal->reason, market_time_});
    refuse(refusal->code, refusal->reason);
  } else {
    place(step, intent);
  }
  return step;
}

// In the books, or before them: a client id is used once, for ever.
Result<bool> PaperExchange::known_before(const ClientId& id) const {
  if (books_.find_order(id) != nullptr) return true;
  if (archive_ == nullptr) return false;
  const auto row = archive_->archived(kClientKey + id.text());
  return row.ok() ? Result(row->has_value()) : Result<bool>(row.error());
}

void PaperExchange::place(PaperStep& step, const OrderIntent& intent) {
  const Live& live = live_.at(intent.symbol);
  const bool takes = is_marketable(intent, live);
  const std::uint64_t number = books_.next_order();
  PaperOrderPlaced placed{number,          intent.client_id, intent.symbol,    intent.side, intent.type,
                          intent.quantity, intent.price,     intent.post_only, {},          {},
                          market_time_};
  if (intent.type == OrderType::limit && config_.queue_ahead_value.is_positive())
    placed.ahead = quantity_worth(*live.instrument, config_.queue_ahead_value, *intent.price);
  if (intent.type != OrderType::market) placed.reserved = *reserve(intent, live);
  add(step, std::move(placed));
  const VenueOrder shown = books_.venue_order(books_.order(number));
  step.emissions.push_back(
      OrderAnswer{intent.client_id, AnswerKind::accepted, shown.venue_id, RefusalCode::other, ""});
  step.emissions.push_back(OrderPush{shown});
  if (takes) take(step, number);
}

const PaperOrder* PaperExchange::wanted(const SendCancel& request) const {
  if (request.venue_id.empty()) return books_.find_order(request.client_id);
  const PaperOrder* const order = books_.find_order(request.venue_id);
  const bool same = order != nullptr && (request.client_id.empty() || request.client_id == order->client_id);
  return same ? order : nullptr;
}

PaperStep PaperExchange::on_request(const SendCancel& request, std::uint64_t epoch, WallTime market_time) {
  PaperStep step;
  const auto answer = [&](AnswerKind kind, RefusalCode code, std::string reason) {
    step.emissions.push_back(CancelAnswer{request.client_id, kind, code, std::move(reason)});
  };
  if (!admit(step, epoch, market_time)) {
    answer(AnswerKind::refused, RefusalCode::stale_epoch, stale_story(epoch, books_.epoch()));
    return step;
  }
  const PaperOrder* const order = wanted(request);
  if (order == nullptr) {
    answer(AnswerKind::refused, RefusalCode::unknown_order, "no such order");
  } else if (!order->is_open()) {
    answer(AnswerKind::refused, RefusalCode::unknown_order,
           "the order is closed already: " + std::string(to_text(order->status)));
  } else {
    answer(AnswerKind::accepted, RefusalCode::other, "");
    end(step, order->number, "cancelled on request");
  }
  return step;
}

}  // namespace s1mple
