#include "tests/support/faults/faulty_environment.h"

#include <algorithm>

namespace s1mple {
namespace {

template <class Hook, class Message>
auto fate_of(const Hook& hook, const Message& message) {
  return hook ? hook(message) : decltype(hook(message))();
}

void tell_watch(const std::function<void()>& watch) {
  if (watch) watch();
}

template <class Answer>
void say(Answer& answer, const RequestFate& fate) {
  answer.answer = fate.fate == Fate::refused ? AnswerKind::refused : AnswerKind::ambiguous;
  answer.code = fate.code;
  answer.reason = fate.fate == Fate::refused ? "refused by the drill" : "5xx of the drill";
}
void say(QueryAnswer& answer, const RequestFate&) {
  answer.answered = false;
  answer.reason = "5xx of the drill";
}

}  // namespace

template <class Request, class Answer, class Key>
void FaultyEnvironment::carry_out(const Request& request, const RequestFate& fate, Answer answer,
                                  std::map<Key, Awaited>& awaited, const Key& key) {
  const bool arrives =
      fate.fate == Fate::done || fate.fate == Fate::answer_lost || fate.fate == Fate::failed_after;
  const bool proves_nothing = fate.fate == Fate::failed_before || fate.fate == Fate::failed_after;
  tell_watch(faults_.beside_request);
  if (arrives) {
    awaited[key] = {fate.fate == Fate::done, fate.answered_after};
    inner_.perform(request);
  }
  tell_watch(faults_.beside_request);
  if (!proves_nothing && fate.fate != Fate::refused) return;
  say(answer, fate);
  tell(std::move(answer), fate.answered_after);
}

void FaultyEnvironment::perform(const SendOrder& request) {
  if (faults_.order_leaves) faults_.order_leaves(request);
  OrderAnswer answer;
  answer.client_id = request.intent.client_id;
  carry_out(request, fate_of(faults_.order, request), std::move(answer), orders_, request.intent.client_id);
}

void FaultyEnvironment::perform(const SendCancel& request) {
  CancelAnswer answer;
  answer.client_id = request.client_id;
  carry_out(request, fate_of(faults_.cancel, request), std::move(answer), cancels_, request.client_id);
}

void FaultyEnvironment::perform(const AskVenue& request) {
  QueryAnswer answer;
  answer.query = request.query;
  answer.kind = request.kind;
  AskVenue asked = request;
  if (faults_.lookback) asked.since = std::max(asked.since, now() - *faults_.lookback);
  carry_out(asked, fate_of(faults_.query, request), std::move(answer), queries_, request.query);
}

void FaultyEnvironment::perform(const AskData& request) {
  if (!faults_.line_down) return inner_.perform(request);
  if (request.ask == DataAsk::connect) tell(DataLost{"the line is down for a drill"}, Nanos(0));
}

void FaultyEnvironment::order_by_another(const SendOrder& request) {
  orders_[request.intent.client_id] = {false, {}};
  inner_.perform(request);
}

void FaultyEnvironment::cancel_by_another(const SendCancel& request) {
  cancels_[request.client_id] = {false, {}};
  inner_.perform(request);
}

bool FaultyEnvironment::advance() {
  const Instant now = clock_.now();
  while (!later_.empty() && later_.begin()->first <= now) {
    EventBody event = std::move(later_.begin()->second);
    later_.erase(later_.begin());
    tell_watch(faults_.before_event);
    listener_->on_environment_event(std::move(event));
  }
  return inner_.advance();
}

std::optional<Instant> FaultyEnvironment::wake_at() const {
  const auto inner = inner_.wake_at();
  if (later_.empty()) return inner;
  return inner ? std::min(*inner, later_.begin()->first) : later_.begin()->first;
}

void FaultyEnvironment::tell(EventBody event, Nanos after) {
  if (deaf_) return;
  if (after > Nanos(0)) {
    later_.emplace(clock_.now() + after, std::move(event));
    return;
  }
  tell_watch(faults_.before_event);
  listener_->on_environment_event(std::move(event));
}

template <class Answer, class Key>
void FaultyEnvironment::tell_answer(Answer answer, std::map<Key, Awaited>& awaited, const Key& key) {
  const auto entry = awaited.find(key);
  const Awaited fate = entry == awaited.end() ? Awaited{} : entry->second;
  if (entry != awaited.end()) awaited.erase(entry);
  if (fate.told) tell(std::move(answer), fate.after);
}

void FaultyEnvironment::tell_answer(QueryAnswer answer) {
  if (faults_.history_lag > Nanos(0)) {
    const WallTime listed = answer.as_of - faults_.history_lag;
    std::erase_if(answer.trades, [listed](const Fill& trade) { return trade.time > listed; });
  }
  const std::uint64_t query = answer.query;
  tell_answer(std::move(answer), queries_, query);
}

void FaultyEnvironment::tell_push(EventBody push, const PushFate& fate) {
  for (int i = 0; i < fate.times; ++i) tell(push, fate.after);
}

void FaultyEnvironment::on_environment_event(EventBody event) {
  if (auto* order = std::get_if<OrderAnswer>(&event)) {
    const ClientId id = order->client_id;
    return tell_answer(std::move(*order), orders_, id);
  }
  if (auto* cancel = std::get_if<CancelAnswer>(&event)) {
    const ClientId id = cancel->client_id;
    return tell_answer(std::move(*cancel), cancels_, id);
  }
  if (auto* page = std::get_if<QueryAnswer>(&event)) return tell_answer(std::move(*page));
  if (const auto* push = std::get_if<OrderPush>(&event))
    return tell_push(event, fate_of(faults_.order_push, *push));
  if (const auto* push = std::get_if<FillPush>(&event))
    return tell_push(event, fate_of(faults_.fill_push, *push));
  const bool row = std::holds_alternative<MarketTrade>(event);
  if ((row && faults_.data_frozen) ||
      ((row || std::holds_alternative<DataHeartbeat>(event)) && faults_.line_down))
    return;
  tell(std::move(event), Nanos(0));
}

}  // namespace s1mple
