// Events: everything that can happen to the engine, in the order in which it happened.
//
// They carry facts of the outside, never decisions. `at` is engine time: market time in a replay, otherwise wall
// time that never runs backwards within one process. The shell makes them; the engine never asks for more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/json.h"
#include "common/base/time.h"
#include "orchestrator/domain/fill.h"

namespace s1mple {

// ---- market data

// Where a source stands: enough to go on exactly there. `position` is the source's own text.
struct MarketCursor {
  std::uint64_t row = 0;   // rows delivered so far
  std::string position;
  friend bool operator==(const MarketCursor&, const MarketCursor&) = default;
};

struct MarketTrade {
  Symbol symbol;
  Price price;
  Quantity quantity;
  std::optional<Side> taker;  // Kraken's CSV does not tell
  WallTime time;              // when it happened at the market
  std::uint64_t row = 0;      // number of this row in its source, from 1; 0: not numbered
  std::string position;       // of the source behind this row, where a row may have to be shown again (replay)
};

enum class DataState : std::uint8_t { connecting = 1, live, stale, waiting, down };
inline constexpr EnumTexts<DataState, 5> kDataStateTexts{{{DataState::connecting, "connecting"},
                                                          {DataState::live, "live"},
                                                          {DataState::stale, "stale"},
                                                          {DataState::waiting, "waiting"},
                                                          {DataState::down, "down"}}};
constexpr const auto& enum_texts(DataState) { return kDataStateTexts; }

// What the engine asks of the line to the market (AskData). A paper world answers connect with DataConnected.
enum class DataAsk : std::uint8_t { none = 0, connect, close, resubscribe };
inline constexpr EnumTexts<DataAsk, 4> kDataAskTexts{{{DataAsk::none, "none"},
                                                      {DataAsk::connect, "connect"},
                                                      {DataAsk::close, "close"},
                                                      {DataAsk::resubscribe, "resubscribe"}}};
constexpr const auto& enum_texts(DataAsk) { return kDataAskTexts; }

// The source's own word about itself (connected, lost, ended); heartbeats prove the line between trades.
struct DataConnected {};
struct DataHeartbeat {};
struct DataLost { std::string reason; };
struct DataEnded {};                     // a replay reached the end of its file

// ---- the venue's answers and pushes

enum class AnswerKind : std::uint8_t {
  accepted = 1,  // the venue did it
  refused,       // the venue said no: nothing was done
  not_sent,      // proven that nothing left
  ambiguous,     // no answer, or one that proves nothing
};
inline constexpr EnumTexts<AnswerKind, 4> kAnswerKindTexts{{{AnswerKind::accepted, "accepted"},
                                                            {AnswerKind::refused, "refused"},
                                                            {AnswerKind::not_sent, "not_sent"},
                                                            {AnswerKind::ambiguous, "ambiguous"}}};
constexpr const auto& enum_texts(AnswerKind) { return kAnswerKindTexts; }

// Why a venue refused, as far as decisions depend on it; everything else is `other` with its text.
enum class RefusalCode : std::uint8_t {
  other = 1, duplicate_client_id, unknown_order, insufficient_funds, would_take, below_minimum, bad_price,
  deadline_passed, stale_epoch, unknown_symbol, rate_limited,
};
inline constexpr EnumTexts<RefusalCode, 11> kRefusalCodeTexts{{
    {RefusalCode::other, "other"},
    {RefusalCode::duplicate_client_id, "duplicate_client_id"},
    {RefusalCode::unknown_order, "unknown_order"},
    {RefusalCode::insufficient_funds, "insufficient_funds"},
    {RefusalCode::would_take, "would_take"},
    {RefusalCode::below_minimum, "below_minimum"},
    {RefusalCode::bad_price, "bad_price"},
    {RefusalCode::deadline_passed, "deadline_passed"},
    {RefusalCode::stale_epoch, "stale_epoch"},
    {RefusalCode::unknown_symbol, "unknown_symbol"},
    {RefusalCode::rate_limited, "rate_limited"},
}};
constexpr const auto& enum_texts(RefusalCode) { return kRefusalCodeTexts; }

struct OrderAnswer {   // to SendOrder
  ClientId client_id;
  AnswerKind answer = AnswerKind::ambiguous;
  VenueOrderId venue_id;                       // of accepted
  RefusalCode code = RefusalCode::other;       // of refused
  std::string reason;
};
struct CancelAnswer {  // to SendCancel; accepted means the request was taken, the closing comes as OrderPush
  ClientId client_id;
  AnswerKind answer = AnswerKind::ambiguous;
  RefusalCode code = RefusalCode::other;
  std::string reason;
};
struct RequestSent {   // the bytes of a SendOrder or SendCancel have left
  ClientId client_id;
  RequestKind kind = RequestKind::adding;
};

enum class VenueStatus : std::uint8_t { open = 1, filled, cancelled, expired, rejected };
inline constexpr EnumTexts<VenueStatus, 5> kVenueStatusTexts{{{VenueStatus::open, "open"},
                                                              {VenueStatus::filled, "filled"},
                                                              {VenueStatus::cancelled, "cancelled"},
                                                              {VenueStatus::expired, "expired"},
                                                              {VenueStatus::rejected, "rejected"}}};
constexpr const auto& enum_texts(VenueStatus) { return kVenueStatusTexts; }

// An order as the venue sees it: a row of a query, or of a push.
struct VenueOrder {
  VenueOrderId venue_id;
  ClientId client_id;      // empty: placed by somebody else
  Symbol symbol;
  Side side = Side::buy;
  OrderType type = OrderType::limit;
  Quantity quantity;
  std::optional<Price> price;
  Quantity filled;
  VenueStatus status = VenueStatus::open;
  std::string reason;      // of a closed one
  WallTime opened_at;
  WallTime closed_at;
};
struct OrderPush { VenueOrder order; };
struct FillPush { Fill fill; };          // strategy is empty; client_id as far as the venue tells it

struct VenueBalance {
  Asset asset;
  Money total;
  Money reserved;          // part of total, held for open orders
};

enum class QueryKind : std::uint8_t { open_orders = 1, closed_orders, trades, balances };
inline constexpr EnumTexts<QueryKind, 4> kQueryKindTexts{{{QueryKind::open_orders, "open_orders"},
                                                          {QueryKind::closed_orders, "closed_orders"},
                                                          {QueryKind::trades, "trades"},
                                                          {QueryKind::balances, "balances"}}};
constexpr const auto& enum_texts(QueryKind) { return kQueryKindTexts; }

// One page. "Could not ask" (answered false) is not "not found".
struct QueryAnswer {
  std::uint64_t query = 0;
  QueryKind kind = QueryKind::open_orders;
  bool answered = false;
  std::string reason;                    // when not answered
  std::vector<VenueOrder> orders;        // of open_orders and closed_orders
  std::vector<Fill> trades;              // of trades, oldest first
  std::vector<VenueBalance> balances;    // of balances, all of them
  bool more = false;                     // ask again with offset + what came
  WallTime as_of;                        // venue time of the answer
};

// The venue's link itself (sessions of issue E; paper is connected from the start).
struct VenueConnected {};
struct VenueLost { std::string reason; };

// ---- operators, supervisor, machine

struct Command {           // from control.sock, through the link
  std::string id;          // comes back in Reply
  std::string key;         // the operator's own; the same key is the same command: answered again, never done twice; empty: none
  std::string by;          // who asked, for the record
  std::string method;
  JsonValue params;
};
struct AlertDelivered { std::string id; };   // alert_ok of the supervisor
struct Tick {};                              // wake_at() has come; or simply time went on
struct ShutdownAsked { Nanos grace{}; };
struct SupervisorLost { std::string reason; };   // link silent: the gate closes
struct SupervisorBack {};
enum class DiskSpace : std::uint8_t { ok = 1, low, out };
struct DiskSpaceChanged { DiskSpace space = DiskSpace::ok; };
struct DiskSlow { Nanos waiting{}; };            // a sync has not returned for this long
struct StoreFailed { std::string story; };

using EventBody = std::variant<MarketTrade, DataConnected, DataHeartbeat, DataLost, DataEnded, OrderAnswer, CancelAnswer,
                               RequestSent, OrderPush, FillPush, QueryAnswer, VenueConnected, VenueLost, Command,
                               AlertDelivered, Tick, ShutdownAsked, SupervisorLost, SupervisorBack, DiskSpaceChanged,
                               DiskSlow, StoreFailed>;

struct Event {
  WallTime at;
  EventBody body;
};

}  // namespace s1mple
