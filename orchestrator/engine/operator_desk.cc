#include "orchestrator/engine/operator_desk.h"

#include <algorithm>

#include "orchestrator/engine/engine_parts.h"
#include "orchestrator/execution/order_ids.h"

namespace s1mple {
namespace {

std::string by(const Command& command) {
  return command.by.empty() ? std::string("an operator") : command.by;
}

Result<bool> flag_of(const Command& command, std::string_view name) {
  if (!command.params.find(name)) return false;
  return command.params.bool_at(name);
}

bool is_open(const Discrepancy& d) { return d.found.open && !d.accepted; }

}  // namespace

void OperatorDesk::handle(const Command& command) {
  const CommandHandled* before = command.key.empty() ? nullptr : parts_.books.find_command(command.key);
  const bool again = before != nullptr && before->method == command.method;
  // The first answer must still be true. A resume that was recorded, but whose process ended before it could
  // answer, or whose supervisor did, was undone by the supervisor's latch: it is done anew.
  const bool undone = (command.method == "halt" && !parts_.books.is_halted_by_operator()) ||
                      (command.method == "resume" && parts_.latched_by_supervisor);
  if (again && !undone) {
    parts_.recorder.act(Reply{command.id, true, 0, before->result, ""});
    return;
  }
  const Outcome outcome = perform(command);
  if (const auto* result = std::get_if<std::string>(&outcome)) {
    parts_.recorder.act(Reply{command.id, true, 0, *result, ""});
    return;
  }
  const Refused& refused = std::get<Refused>(outcome);
  JsonWriter data;
  data.begin_object().text("reason", refused.reason);
  if (!refused.help.empty()) data.text("help", refused.help);
  if (refused.code == RpcErrorCode::needs_confirmation) data.text("confirm", "confirm");
  data.end_object();
  parts_.recorder.act(Reply{command.id, false, static_cast<int>(refused.code), data.take(), refused.message});
}

OperatorDesk::Outcome OperatorDesk::perform(const Command& command) {
  if (command.method == "halt") return halt(command);
  if (command.method == "resume") return resume(command);
  if (command.method == "reconcile") return reconcile();
  if (command.method == "flatten") return flatten(command);
  if (command.method == "accept") return accept(command);
  if (command.method == "orders") return list_orders(command);
  if (command.method == "positions") return list_positions(command);
  if (command.method == "fills") return list_fills(command);
  if (command.method == "explain") return explain(command);
  return Refused{RpcErrorCode::method_not_found, "the orchestrator knows no method " + command.method,
                 "method", ""};
}

OperatorDesk::Outcome OperatorDesk::halt(const Command& command) {
  const auto reason = reason_of(command);
  if (!reason) return invalid(reason.error());
  std::string code(kHaltCode);
  if (command.params.find("scope")) {
    const auto scope = command.params.text_at("scope");
    if (!scope) return invalid(scope.error());
    const StrategyName name(*scope);
    const bool known = parts_.desk.knows(name) || parts_.books.strategies().contains(name);
    if (!known)
      return Refused{RpcErrorCode::invalid_params,
                     "scope: must be the name of a strategy, " + *scope + " is none", "scope", ""};
    code = std::string(kScopedHaltPrefix) + *scope;
  }
  parts_.recorder.record(
      ReasonRaised{ReasonSource::operator_halt, code, *reason + " (" + by(command) + ")", parts_.now});
  if (code == kHaltCode) parts_.latched_by_supervisor = command.by == kSupervisorsLatch;
  parts_.resting.sweep();
  const std::string result = R"({"halted":true,"durable":"orchestrator"})";
  remember(command, result);
  return result;
}

OperatorDesk::Outcome OperatorDesk::resume(const Command& command) {
  const auto reason = reason_of(command);
  if (!reason) return invalid(reason.error());
  if (parts_.phase == Phase::draining)
    return Refused{RpcErrorCode::refused, "the orchestrator is shutting down", "draining", ""};
  if (!parts_.reconciled)
    return Refused{RpcErrorCode::refused,
                   "the venue's books have not been compared with ours yet; try again when status shows a "
                   "reconciliation",
                   "gate", "reconcile"};
  const auto& found = parts_.books.discrepancies();
  const auto open = std::ranges::find_if(found, is_open);
  if (open != found.end())
    return Refused{RpcErrorCode::refused,
                   "discrepancy " + open->found.id + " is open: ours " + open->found.ours + ", the venue's " +
                       open->found.theirs,
                   "discrepancy", "accept " + open->found.kind + " " + open->found.id};
  const std::string why = "resume: " + *reason + " (" + by(command) + ")";
  parts_.latched_by_supervisor = false;
  bool identity = false;
  const std::vector<Reason> reasons = parts_.books.reasons();
  for (const Reason& r : reasons) {
    if (r.source != ReasonSource::operator_halt) continue;
    identity = identity || r.code == "identity";
    parts_.recorder.record(ReasonCleared{r.source, r.code, why, parts_.now});
  }
  if (identity) renew_identity(why);
  parts_.on_breaker(parts_.breaker.resume(why), why);
  const std::string result = R"({"halted":false})";
  remember(command, result);
  return result;
}

// The halt said that somebody else may be making ids with our tag: ours carry another one from here on.
void OperatorDesk::renew_identity(const std::string& why) {
  IdentitySet renewed = parts_.books.identity();
  renewed.earlier_tags.push_back(renewed.tag);
  do {
    for (char& c : renewed.tag) c = kTagDigits[parts_.random.below(kTagDigits.size())];
  } while (std::ranges::find(renewed.earlier_tags, renewed.tag) != renewed.earlier_tags.end());
  parts_.recorder.record(renewed);
  parts_.orders.restart(renewed.tag, parts_.info.epoch);
  parts_.notices.note("log", "new_tag", "order ids carry the new tag " + renewed.tag + ", " + why);
}

OperatorDesk::Outcome OperatorDesk::reconcile() {
  parts_.rounds.want(RoundTrigger::operator_asked);
  return std::string(R"({"started":true})");
}

OperatorDesk::Outcome OperatorDesk::flatten(const Command& command) {
  const auto confirmed = flag_of(command, "confirm");
  if (!confirmed) return invalid(confirmed.error());
  if (!*confirmed)
    return Refused{RpcErrorCode::needs_confirmation,
                   "flatten cancels all orders and sells what strategies hold: say confirm:true",
                   "confirmation", ""};
  FlattenWish wish;
  if (command.params.find("symbol")) {
    const auto symbol = command.params.text_at("symbol");
    if (!symbol) return invalid(symbol.error());
    wish.symbol = Symbol(*symbol);
    if (parts_.recorder.index().instrument(*wish.symbol) == nullptr)
      return Refused{RpcErrorCode::invalid_params, "symbol: " + *symbol + " is not configured", "symbol", ""};
  }
  if (command.params.find("limit_price")) {
    const auto price = command.params.decimal_at("limit_price");
    if (!price) return invalid(price.error());
    if (!price->is_positive() || !wish.symbol)
      return Refused{RpcErrorCode::invalid_params, "limit_price: must be positive and needs a symbol",
                     "limit_price", ""};
    wish.limit_price = Price(*price);
  }
  const auto stale = flag_of(command, "allow_stale");
  if (!stale) return invalid(stale.error());
  wish.allow_stale = *stale;
  if (!parts_.reconciled)
    return Refused{RpcErrorCode::refused, "reconciliation has not succeeded yet: what is held is not certain",
                   "gate", "reconcile"};
  if (!parts_.data_is_fresh() && !wish.limit_price && !wish.allow_stale)
    return Refused{RpcErrorCode::refused, "market data is not live: give limit_price, or say allow_stale",
                   "stale", "flatten with limit_price or allow_stale"};
  const std::string who = "flatten (" + by(command) + ")";
  if (!std::ranges::any_of(parts_.books.reasons(), [](const Reason& r) {
        return r.source == ReasonSource::operator_halt && r.code == kHaltCode;
      }))
    parts_.recorder.record(
        ReasonRaised{ReasonSource::operator_halt, std::string(kHaltCode), who, parts_.now});
  parts_.recorder.record(
      ReasonRaised{ReasonSource::operator_halt, wish.code(), wish.text() + ", " + who, parts_.now});
  const std::size_t orders_before = parts_.books.orders().size();
  parts_.flatten.advance(parts_.data_is_fresh());
  parts_.resting.sweep();
  JsonWriter out;
  out.begin_object().boolean("started", true).key("orders").begin_array();
  if (parts_.books.orders().size() != orders_before)
    for (const Order* order : parts_.recorder.index().all_working())
      if (order->intent.created_at == parts_.now && order->intent.side == Side::sell)
        out.text(order->intent.client_id.text());
  out.end_array().end_object();
  const std::string result = out.take();
  remember(command, result);
  return result;
}

OperatorDesk::Outcome OperatorDesk::accept(const Command& command) {
  const auto what = command.params.text_at("what");
  if (!what) return invalid(what.error());
  const auto id = command.params.text_at("id");
  if (!id) return invalid(id.error());
  const auto reason = reason_of(command);
  if (!reason) return invalid(reason.error());
  const auto& all = parts_.books.discrepancies();
  const auto found = std::ranges::find_if(
      all, [&](const Discrepancy& d) { return d.found.id == *id && d.found.kind == *what; });
  if (found == all.end())
    return Refused{RpcErrorCode::invalid_params, "id: there is no discrepancy " + *id + " of kind " + *what,
                   "id", ""};
  if (!is_open(*found)) return Refused{RpcErrorCode::refused, *id + " is not open", "not_open", ""};
  if (*what == "balance_mismatch") {  // what moved since it was found has moved on both sides
    const auto ours = Decimal::parse(found->found.ours);
    const auto theirs = Decimal::parse(found->found.theirs);
    const Asset asset(found->found.subject);
    const auto now_ours = parts_.books.balances().find(asset);
    if (ours && theirs && now_ours != parts_.books.balances().end())
      parts_.recorder.record(BalanceSet{asset, Money(now_ours->second.value + *theirs - *ours), parts_.now,
                                        Provenance::adopted});
  }
  parts_.recorder.record(DiscrepancyAccepted{*id, *reason + " (" + by(command) + ")", parts_.now});
  const std::string result = R"({"accepted":true})";
  remember(command, result);
  return result;
}

void OperatorDesk::remember(const Command& command, const std::string& result) {
  const std::string id = command.key.empty() ? to_base36(parts_.info.epoch) + "." + command.id : command.key;
  parts_.recorder.record(CommandHandled{id, command.method, result, parts_.now});
}

Result<std::string> OperatorDesk::reason_of(const Command& command) {
  auto reason = command.params.text_at("reason");
  if (!reason) return reason;
  if (reason->empty() || reason->size() > kMaxReason)
    return Error{Errc::invalid, "reason: must be a text of 1 to " + std::to_string(kMaxReason) + " bytes"};
  return reason;
}

Result<std::uint64_t> OperatorDesk::limit_of(const Command& command) {
  if (!command.params.find("limit")) return kDefaultLimit;
  auto limit = command.params.uint_at("limit");
  if (limit && (*limit < 1 || *limit > kMaxLimit))
    return Error{Errc::invalid, "limit: must be a whole number from 1 to " + std::to_string(kMaxLimit)};
  return limit;
}

Result<std::string> OperatorDesk::after_of(const Command& command) {
  const auto after = command.params.find("after");
  if (!after || after->is_null()) return std::string();
  return command.params.text_at("after");
}

OperatorDesk::Outcome OperatorDesk::invalid(const Error& error) {
  return Refused{RpcErrorCode::invalid_params, error.story, "params", ""};
}

}  // namespace s1mple
