#include "orchestrator/execution/execution_handler.h"

namespace s1mple {
namespace {

// A post-only order that would take, or a cancel that came too late, is everyday life, no failure.
bool counts_as_failure(RefusalCode code) {
  switch (code) {
    case RefusalCode::would_take:
    case RefusalCode::unknown_order:
    case RefusalCode::duplicate_client_id: return false;
    case RefusalCode::other:
    case RefusalCode::insufficient_funds:
    case RefusalCode::below_minimum:
    case RefusalCode::bad_price:
    case RefusalCode::deadline_passed:
    case RefusalCode::stale_epoch:
    case RefusalCode::unknown_symbol:
    case RefusalCode::rate_limited: return true;
  }
  ENSURE(false, "RefusalCode out of range");
}

std::string with_code(RefusalCode code, const std::string& reason) {
  return reason.empty() ? std::string(to_text(code)) : std::string(to_text(code)) + ": " + reason;
}

}  // namespace

void ExecutionHandler::doubt_everything_unanswered() {
  for (const Order* order : recorder_.index().all_working())
    if (order->stage < Stage::live || order->request == RequestKind::adding)
      doubt(*order, "the process ended before an answer");
}

void ExecutionHandler::place(OrderIntent intent) {
  await(intent.client_id, RequestKind::adding);
  recorder_.record(OrderIntended{intent});
  recorder_.act(SendOrder{std::move(intent)});
}

void ExecutionHandler::send_again(const Order& order) {
  await(order.intent.client_id, RequestKind::adding);
  recorder_.record(RequestChanged{order.intent.client_id, RequestKind::adding, true, recorder_.now(),
                                  "sent again: the venue does not know it and market time has not moved"});
  recorder_.act(SendOrder{order.intent});
}

void ExecutionHandler::cancel(const Order& order, const std::string& why) {
  const ClientId& id = order.intent.client_id;
  if (order.is_closed()) return;
  if (const auto found = in_flight_.find(id); found != in_flight_.end() && found->second.cancel_due) return;
  if (order.request != RequestKind::cancelling)
    recorder_.record(RequestChanged{id, RequestKind::cancelling, order.certain, recorder_.now(), why});
  await(id, RequestKind::cancelling);
  recorder_.act(SendCancel{id, order.venue_id, order.intent.symbol});
}

void ExecutionHandler::abandon(const Order& order, const std::string& proof) {
  recorder_.record(
      OrderClosed{order.intent.client_id, Outcome::abandoned, proof, recorder_.now(), Provenance::inferred});
  report(order, ReportKind::closed);
  settle(order);
}

void ExecutionHandler::on(const OrderAnswer& answer) {
  const Order* order = recorder_.books().find_order(answer.client_id);
  if (order == nullptr)
    return trouble(TroubleKind::warning, "answer_unknown",
                   "answer about unknown order " + answer.client_id.text());
  touched_.insert(answer.client_id);
  answered(answer.client_id, RequestKind::adding);
  switch (answer.answer) {
    case AnswerKind::accepted:
      findings_.success = true;
      accept(*order, answer.venue_id, Provenance::answered);
      return;
    case AnswerKind::refused: return refused(*order, answer);
    case AnswerKind::not_sent:
      if (order->stage >= Stage::live) return;
      recorder_.record(OrderClosed{answer.client_id, Outcome::abandoned, "not_sent: " + answer.reason,
                                   recorder_.now(), Provenance::decided});
      report(*order, ReportKind::closed);
      return settle(*order);
    case AnswerKind::ambiguous:
      findings_.failures.push_back("no clear answer about order " + answer.client_id.text() + ": " +
                                   answer.reason);
      if (order->stage < Stage::live) doubt(*order, "ambiguous answer: " + answer.reason);
      return;
  }
}

void ExecutionHandler::refused(const Order& order, const OrderAnswer& answer) {
  if (counts_as_failure(answer.code))
    findings_.failures.push_back("order refused, " + with_code(answer.code, answer.reason));
  if (order.stage >= Stage::live) return;  // other evidence has proven that it exists
  if (answer.code == RefusalCode::duplicate_client_id) return doubt(order, "the venue knows this id already");
  recorder_.record(OrderClosed{answer.client_id, Outcome::rejected, with_code(answer.code, answer.reason),
                               recorder_.now(), Provenance::answered});
  report(order, ReportKind::closed);
  tell_if_unguarded(order);
  settle(order);
}

void ExecutionHandler::on(const CancelAnswer& answer) {
  const Order* order = recorder_.books().find_order(answer.client_id);
  if (order == nullptr) {
    const auto old = recorder_.old_order(answer.client_id, {});
    if (old.ok() && *old) return;  // cancelled when it turned up; the next reads tell what became of it
    return trouble(TroubleKind::warning, "answer_unknown",
                   "answer about unknown order " + answer.client_id.text());
  }
  touched_.insert(answer.client_id);
  switch (answer.answer) {
    case AnswerKind::accepted:
      findings_.success = true;  // the closing itself comes as a push; until then the request stays awaited
      return;
    case AnswerKind::refused:
      if (counts_as_failure(answer.code))
        findings_.failures.push_back("cancel refused, " + with_code(answer.code, answer.reason));
      break;
    case AnswerKind::not_sent: break;
    case AnswerKind::ambiguous:
      findings_.failures.push_back("no clear answer about the cancel of " + answer.client_id.text() + ": " +
                                   answer.reason);
      break;
  }
  answered(answer.client_id, RequestKind::cancelling);
  if (!order->is_closed()) findings_.lookup = Lookup::now;  // stays pending_cancel until the venue tells
}

const Order* ExecutionHandler::on(const RequestSent& sent) {
  const Order* order = recorder_.books().find_order(sent.client_id);
  if (order == nullptr || sent.kind != RequestKind::adding || order->stage != Stage::intended) return nullptr;
  recorder_.record(OrderSent{sent.client_id, recorder_.now()});
  return order;
}

void ExecutionHandler::expire() {
  while (!due_.empty() && due_.begin()->first <= recorder_.now()) {
    const auto [due, id] = *due_.begin();
    const InFlight& waiting = in_flight_.at(id);
    const RequestKind kind = waiting.add_due == due ? RequestKind::adding : RequestKind::cancelling;
    answered(id, kind);
    const Order& order = *recorder_.books().find_order(id);
    findings_.failures.push_back("no answer about order " + id.text() + " in time");
    if (kind == RequestKind::adding && order.stage < Stage::live)
      doubt(order, "no answer in time");
    else if (!order.is_closed())
      findings_.lookup = Lookup::now;
  }
}

std::optional<WallTime> ExecutionHandler::wake_at() const {
  return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
}

void ExecutionHandler::doubt(const Order& order, const std::string& why) {
  findings_.lookup = Lookup::now;
  if (order.is_closed() || !order.certain) return;
  recorder_.record(RequestChanged{order.intent.client_id, order.request, false, recorder_.now(), why});
}

void ExecutionHandler::await(const ClientId& id, RequestKind kind) {
  const WallTime due = recorder_.now() + config_.request_timeout;
  InFlight& waiting = in_flight_[id];
  (kind == RequestKind::adding ? waiting.add_due : waiting.cancel_due) = due;
  due_.emplace(due, id);
}

void ExecutionHandler::answered(const ClientId& id, RequestKind kind) {
  const auto found = in_flight_.find(id);
  if (found == in_flight_.end()) return;
  InFlight& waiting = found->second;
  auto& mine = kind == RequestKind::adding ? waiting.add_due : waiting.cancel_due;
  const auto& other = kind == RequestKind::adding ? waiting.cancel_due : waiting.add_due;
  if (mine && mine != other) due_.erase({*mine, id});
  mine.reset();
  if (!other) in_flight_.erase(found);
}

void ExecutionHandler::settle(const Order& order) {
  const ClientId& id = order.intent.client_id;
  if (order.stage >= Stage::live) answered(id, RequestKind::adding);
  if (!order.is_closed()) return;
  answered(id, RequestKind::cancelling);
  held_.erase(id);
}

Findings ExecutionHandler::take_findings() {
  Findings findings = std::move(findings_);
  findings_ = {};
  return findings;
}

void ExecutionHandler::trouble(TroubleKind kind, std::string code, std::string text) {
  findings_.troubles.push_back({kind, std::move(code), std::move(text)});
}

}  // namespace s1mple
