// Facts: everything durable that the orchestrator ever learns or decides. One step of the engine (one event) makes
// one record of facts, so that a mark and its effect are on disk together or not at all.
//
// The books are nothing but these facts folded in order (books.h). `fields` declares each fact once: binary codec,
// JSON for people and FORMAT.md's table follow from it.
// On disk: the index of a fact in `Fact` plus one is its type number. Never reorder, never remove, never change the
// fields of one; a changed fact is a new one at the end.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "orchestrator/domain/event.h"

namespace s1mple {

// Where a fact about the venue's world comes from (SCENARIOS I8).
enum class Provenance : std::uint8_t {
  answered = 1,    // the venue's answer to our request
  pushed,          // its own message
  reconciled,      // found by asking
  inferred,        // concluded by us; replaced when the real evidence appears
  adopted,         // taken over from the venue without history of ours
  decided,         // our own decision: nothing ever left
};
inline constexpr EnumTexts<Provenance, 6> kProvenanceTexts{{{Provenance::answered, "answered"},
                                                            {Provenance::pushed, "pushed"},
                                                            {Provenance::reconciled, "reconciled"},
                                                            {Provenance::inferred, "inferred"},
                                                            {Provenance::adopted, "adopted"},
                                                            {Provenance::decided, "decided"}}};
constexpr const auto& enum_texts(Provenance) { return kProvenanceTexts; }

// What restricts trading (DESIGN section 5). operator and breaker reasons are durable; the others are re-made at start.
enum class ReasonSource : std::uint8_t { operator_halt = 1, gate, breaker, disk, data, safe };
inline constexpr EnumTexts<ReasonSource, 6> kReasonSourceTexts{{{ReasonSource::operator_halt, "operator"},
                                                                {ReasonSource::gate, "gate"},
                                                                {ReasonSource::breaker, "breaker"},
                                                                {ReasonSource::disk, "disk"},
                                                                {ReasonSource::data, "data"},
                                                                {ReasonSource::safe, "safe"}}};
constexpr const auto& enum_texts(ReasonSource) { return kReasonSourceTexts; }

enum class BreakerState : std::uint8_t { closed = 1, open, half_open };
inline constexpr EnumTexts<BreakerState, 3> kBreakerStateTexts{
    {{BreakerState::closed, "closed"}, {BreakerState::open, "open"}, {BreakerState::half_open, "half_open"}}};
constexpr const auto& enum_texts(BreakerState) { return kBreakerStateTexts; }

enum class ReportKind : std::uint8_t { accepted = 1, filled, closed };
inline constexpr EnumTexts<ReportKind, 3> kReportKindTexts{
    {{ReportKind::accepted, "accepted"}, {ReportKind::filled, "filled"}, {ReportKind::closed, "closed"}}};
constexpr const auto& enum_texts(ReportKind) { return kReportKindTexts; }

// ---- the facts

struct IdentitySet {          // the first fact of a store, and each new tag
  std::string environment, venue, account;
  std::string tag;            // 4 characters, base 36
  std::vector<std::string> earlier_tags;
  template <class V, class S> static void fields(V& v, S& s) {
    v("environment", s.environment); v("venue", s.venue); v("account", s.account); v("tag", s.tag); v("earlier_tags", s.earlier_tags);
  }
};
struct RunStarted {
  WallTime at;
  std::uint64_t epoch = 0;
  std::string mode, cause;
  template <class V, class S> static void fields(V& v, S& s) { v("at", s.at); v("epoch", s.epoch); v("mode", s.mode); v("cause", s.cause); }
};
struct RunEnded {
  WallTime at;
  std::string reason;
  template <class V, class S> static void fields(V& v, S& s) { v("at", s.at); v("reason", s.reason); }
};
struct OrderIntended {
  OrderIntent intent;
  template <class V, class S> static void fields(V& v, S& s) { v("intent", s.intent); }
};
struct OrderSent {
  ClientId client_id;
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) { v("client_id", s.client_id); v("at", s.at); }
};
struct OrderAccepted {
  ClientId client_id;
  VenueOrderId venue_id;
  WallTime at;
  Provenance provenance = Provenance::answered;
  template <class V, class S> static void fields(V& v, S& s) {
    v("client_id", s.client_id); v("venue_id", s.venue_id); v("at", s.at); v("provenance", s.provenance);
  }
};
struct OrderClosed {          // never with outcome filled: the last FillCounted does that
  ClientId client_id;
  Outcome outcome = Outcome::cancelled;
  std::string reason;
  WallTime at;
  Provenance provenance = Provenance::answered;
  template <class V, class S> static void fields(V& v, S& s) {
    v("client_id", s.client_id); v("outcome", s.outcome); v("reason", s.reason); v("at", s.at); v("provenance", s.provenance);
  }
};
struct RequestChanged {       // what was last asked of the venue about this order, and whether its result is known
  ClientId client_id;
  RequestKind request = RequestKind::none;
  bool certain = true;
  WallTime at;
  std::string reason;
  template <class V, class S> static void fields(V& v, S& s) {
    v("client_id", s.client_id); v("request", s.request); v("certain", s.certain); v("at", s.at); v("reason", s.reason);
  }
};
struct FillCounted {
  Fill fill;
  Provenance provenance = Provenance::pushed;
  template <class V, class S> static void fields(V& v, S& s) { v("fill", s.fill); v("provenance", s.provenance); }
};
struct BalanceSet {           // first sight of a balance, or a mismatch that was taken on
  Asset asset;
  Money total;
  WallTime at;
  Provenance provenance = Provenance::adopted;
  template <class V, class S> static void fields(V& v, S& s) {
    v("asset", s.asset); v("total", s.total); v("at", s.at); v("provenance", s.provenance);
  }
};
struct ProtectionSet {        // the protective rule of a position
  StrategyName strategy;
  Symbol symbol;
  Protection protection;
  template <class V, class S> static void fields(V& v, S& s) { v("strategy", s.strategy); v("symbol", s.symbol); v("protection", s.protection); }
};
struct ReasonRaised {
  ReasonSource source = ReasonSource::operator_halt;
  std::string code, text;
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) { v("source", s.source); v("code", s.code); v("text", s.text); v("at", s.at); }
};
struct ReasonCleared {
  ReasonSource source = ReasonSource::operator_halt;
  std::string code, text;     // text: who or what cleared it, and why
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) { v("source", s.source); v("code", s.code); v("text", s.text); v("at", s.at); }
};
struct BreakerMoved {
  BreakerState state = BreakerState::closed;
  std::uint32_t failed_probes = 0;
  WallTime at;
  std::string reason;
  template <class V, class S> static void fields(V& v, S& s) {
    v("state", s.state); v("failed_probes", s.failed_probes); v("at", s.at); v("reason", s.reason);
  }
};
struct AlertRaised {
  std::string id, level, code, text;
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) {
    v("id", s.id); v("level", s.level); v("code", s.code); v("text", s.text); v("at", s.at);
  }
};
struct AlertHandedOver {      // alert_ok: the supervisor keeps it from here on
  std::string id;
  template <class V, class S> static void fields(V& v, S& s) { v("id", s.id); }
};
struct StrategySaved {        // in the same record as everything the strategy decided in that step
  StrategyName strategy;
  std::string memory;         // JSON, the strategy's own
  std::optional<WallTime> wake_at;
  template <class V, class S> static void fields(V& v, S& s) { v("strategy", s.strategy); v("memory", s.memory); v("wake_at", s.wake_at); }
};
struct ReportQueued {         // an execution that a strategy has not been told yet
  StrategyName strategy;
  ReportKind kind = ReportKind::accepted;
  ClientId client_id;
  ExecutionId execution_id;   // of kind filled
  template <class V, class S> static void fields(V& v, S& s) {
    v("strategy", s.strategy); v("kind", s.kind); v("client_id", s.client_id); v("execution_id", s.execution_id);
  }
};
struct ReportDelivered {      // the oldest queued report of this strategy was told, in this very step
  StrategyName strategy;
  template <class V, class S> static void fields(V& v, S& s) { v("strategy", s.strategy); }
};
struct MarketSeen {           // how far the market was seen; written with the next step that has any other effect
  Symbol symbol;
  std::uint64_t row = 0;
  Price price;
  WallTime time;
  std::string position;       // of the source behind this row; empty where rows are never shown again
  template <class V, class S> static void fields(V& v, S& s) {
    v("symbol", s.symbol); v("row", s.row); v("price", s.price); v("time", s.time); v("position", s.position);
  }
};
struct DiscrepancyFound {     // the venue and the books differ: what, and what was done about it
  std::string id;             // stable: the same difference found again has the same id
  std::string kind;           // "external_order", "balance_mismatch", "missed_fill", ...
  std::string subject;        // which order, asset or position
  std::string ours, theirs, evidence, repair;
  bool open = false;          // true: needs a person (`accept`), restricts trading until then
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) {
    v("id", s.id); v("kind", s.kind); v("subject", s.subject); v("ours", s.ours); v("theirs", s.theirs);
    v("evidence", s.evidence); v("repair", s.repair); v("open", s.open); v("at", s.at);
  }
};
struct DiscrepancyAccepted {
  std::string id, reason;
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) { v("id", s.id); v("reason", s.reason); v("at", s.at); }
};
struct ReconciliationEnded {
  WallTime at;
  std::string trigger;        // "start", "reconnect", "operator", "periodic"
  std::uint32_t discrepancies = 0;
  template <class V, class S> static void fields(V& v, S& s) { v("at", s.at); v("trigger", s.trigger); v("discrepancies", s.discrepancies); }
};
struct CommandHandled {       // an operator's command that changed something: who repeats its key gets the same answer
  std::string id, method, result;   // id: the key, or one of ours where the operator gave none
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) { v("id", s.id); v("method", s.method); v("result", s.result); v("at", s.at); }
};
struct Refused {              // an order that limits or the gate refused: P9
  StrategyName strategy;
  Symbol symbol;
  std::string code, text;     // which limit, the value and the bound
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) {
    v("strategy", s.strategy); v("symbol", s.symbol); v("code", s.code); v("text", s.text); v("at", s.at);
  }
};

using Fact = std::variant<IdentitySet, RunStarted, RunEnded, OrderIntended, OrderSent, OrderAccepted, OrderClosed, RequestChanged,
                          FillCounted, BalanceSet, ProtectionSet, ReasonRaised, ReasonCleared, BreakerMoved, AlertRaised,
                          AlertHandedOver, StrategySaved, ReportQueued, ReportDelivered, MarketSeen, DiscrepancyFound,
                          DiscrepancyAccepted, ReconciliationEnded, CommandHandled, Refused>;

// Beside the variant, same order: names for `store log` and FORMAT.md.
inline constexpr std::array<std::string_view, std::variant_size_v<Fact>> kFactNames{
    "identity_set", "run_started", "run_ended", "order_intended", "order_sent", "order_accepted", "order_closed", "request_changed",
    "fill_counted", "balance_set", "protection_set", "reason_raised", "reason_cleared", "breaker_moved", "alert_raised",
    "alert_handed_over", "strategy_saved", "report_queued", "report_delivered", "market_seen", "discrepancy_found",
    "discrepancy_accepted", "reconciliation_ended", "command_handled", "refused"};

// The shared parts of facts, declared the same way.
template <class V> void describe(V& v, auto& s) requires std::is_same_v<std::remove_cvref_t<decltype(s)>, Protection> {
  v("kind", s.kind); v("stop_price", s.stop_price);
}
template <class V> void describe(V& v, auto& s) requires std::is_same_v<std::remove_cvref_t<decltype(s)>, OrderIntent> {
  v("client_id", s.client_id); v("strategy", s.strategy); v("symbol", s.symbol); v("side", s.side); v("type", s.type);
  v("quantity", s.quantity); v("price", s.price); v("post_only", s.post_only); v("protective", s.protective);
  v("protection", s.protection); v("purpose", s.purpose); v("created_at", s.created_at); v("deadline", s.deadline);
}
template <class V> void describe(V& v, auto& s) requires std::is_same_v<std::remove_cvref_t<decltype(s)>, Fill> {
  v("exec_id", s.execution_id); v("order_id", s.venue_id); v("client_id", s.client_id); v("strategy", s.strategy);
  v("symbol", s.symbol); v("side", s.side); v("price", s.price); v("quantity", s.quantity); v("fee", s.fee);
  v("fee_asset", s.fee_asset); v("maker", s.maker); v("time", s.time);
}

}  // namespace s1mple
