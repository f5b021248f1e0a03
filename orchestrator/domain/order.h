// Order: what we want from the venue, and how far that is known to have come.
//
// An order is four fields that only evidence moves: stage (intended < sent < live < closed) and filled only grow;
// outcome is set together with closed; request says what was last asked and whether its result is certain. The
// public status is computed from them, never stored. No answer is never turned into an outcome (P4).
// Owner:  Books. Units: amounts of the instrument; times are venue or market time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/enum_text.h"
#include "common/base/time.h"
#include "orchestrator/domain/amounts.h"
#include "orchestrator/domain/names.h"

namespace s1mple {

// Numbers of all enums in this file are on disk: never renumber.
enum class Side : std::uint8_t { buy = 1, sell = 2 };
inline constexpr EnumTexts<Side, 2> kSideTexts{{{Side::buy, "buy"}, {Side::sell, "sell"}}};
constexpr const auto& enum_texts(Side) { return kSideTexts; }

enum class OrderType : std::uint8_t { market = 1, limit = 2, stop_loss = 3 };
inline constexpr EnumTexts<OrderType, 3> kOrderTypeTexts{
    {{OrderType::market, "market"}, {OrderType::limit, "limit"}, {OrderType::stop_loss, "stop_loss"}}};
constexpr const auto& enum_texts(OrderType) { return kOrderTypeTexts; }

enum class Stage : std::uint8_t { intended = 1, sent = 2, live = 3, closed = 4 };
inline constexpr EnumTexts<Stage, 4> kStageTexts{
    {{Stage::intended, "intended"}, {Stage::sent, "sent"}, {Stage::live, "live"}, {Stage::closed, "closed"}}};
constexpr const auto& enum_texts(Stage) { return kStageTexts; }

enum class Outcome : std::uint8_t { none = 0, filled = 1, cancelled = 2, expired = 3, rejected = 4, abandoned = 5 };
inline constexpr EnumTexts<Outcome, 6> kOutcomeTexts{{{Outcome::none, "none"},
                                                      {Outcome::filled, "filled"},
                                                      {Outcome::cancelled, "cancelled"},
                                                      {Outcome::expired, "expired"},
                                                      {Outcome::rejected, "rejected"},
                                                      {Outcome::abandoned, "abandoned"}}};
constexpr const auto& enum_texts(Outcome) { return kOutcomeTexts; }

enum class RequestKind : std::uint8_t { none = 0, adding = 1, amending = 2, cancelling = 3 };
inline constexpr EnumTexts<RequestKind, 4> kRequestKindTexts{{{RequestKind::none, "none"},
                                                              {RequestKind::adding, "adding"},
                                                              {RequestKind::amending, "amending"},
                                                              {RequestKind::cancelling, "cancelling"}}};
constexpr const auto& enum_texts(RequestKind) { return kRequestKindTexts; }

enum class OrderStatus : std::uint8_t {
  intended = 1, sent, in_doubt, open, partially_filled, pending_cancel, filled, cancelled, expired, rejected, abandoned,
};
inline constexpr EnumTexts<OrderStatus, 11> kOrderStatusTexts{{{OrderStatus::intended, "intended"},
                                                               {OrderStatus::sent, "sent"},
                                                               {OrderStatus::in_doubt, "in_doubt"},
                                                               {OrderStatus::open, "open"},
                                                               {OrderStatus::partially_filled, "partially_filled"},
                                                               {OrderStatus::pending_cancel, "pending_cancel"},
                                                               {OrderStatus::filled, "filled"},
                                                               {OrderStatus::cancelled, "cancelled"},
                                                               {OrderStatus::expired, "expired"},
                                                               {OrderStatus::rejected, "rejected"},
                                                               {OrderStatus::abandoned, "abandoned"}}};
constexpr const auto& enum_texts(OrderStatus) { return kOrderStatusTexts; }

// How the position that an order opens is protected: a stop at the venue, or knowingly nothing.
enum class ProtectionKind : std::uint8_t { none = 0, stop = 1 };
inline constexpr EnumTexts<ProtectionKind, 2> kProtectionKindTexts{
    {{ProtectionKind::none, "none"}, {ProtectionKind::stop, "stop"}}};
constexpr const auto& enum_texts(ProtectionKind) { return kProtectionKindTexts; }

struct Protection {
  ProtectionKind kind = ProtectionKind::none;
  Price stop_price;  // of kind stop
  friend bool operator==(const Protection&, const Protection&) = default;
};

// What is durable before anything leaves. Immutable.
struct OrderIntent {
  ClientId client_id;
  StrategyName strategy;       // whose position it changes; an operator's flatten and safe mode act in its name
  Symbol symbol;
  Side side = Side::buy;
  OrderType type = OrderType::limit;
  Quantity quantity;
  std::optional<Price> price;  // limit price, or trigger of a stop_loss; none for market
  bool post_only = false;      // a limit order that must not take
  bool protective = false;     // this order is the stop of a position
  Protection protection;       // rule of the position that this order opens
  std::string purpose;         // why, for people: "fast EMA crossed above slow"
  WallTime created_at;
  WallTime deadline;           // bounds the venue's acceptance of the request, not the order's life
  friend bool operator==(const OrderIntent&, const OrderIntent&) = default;
};

struct Order {
  OrderIntent intent;
  Stage stage = Stage::intended;
  Quantity filled;
  Outcome outcome = Outcome::none;
  RequestKind request = RequestKind::adding;
  bool certain = true;         // false: the request's result is unknown
  VenueOrderId venue_id;       // empty until the venue told it
  Money cost;                  // sum of price * quantity of the counted fills, in quote
  Money fees;                  // sum of the fees charged in quote
  std::string reason;          // of the outcome
  WallTime sent_at;
  WallTime closed_at;

  [[nodiscard]] bool is_closed() const { return stage == Stage::closed; }
  [[nodiscard]] bool in_doubt() const { return !is_closed() && !certain; }
  [[nodiscard]] Quantity remaining() const {
    return filled < intent.quantity ? intent.quantity - filled : Quantity{};
  }
};

[[nodiscard]] OrderStatus status_of(const Order& order);

}  // namespace s1mple
