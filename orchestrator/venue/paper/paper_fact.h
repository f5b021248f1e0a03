// Facts of the simulated exchange: everything durable that happens there, one record per step.
//
// PaperBooks are these facts folded in order. A fact carries what was decided and what it cost, never what
// depends on configuration: a book is read without one, and old facts keep their meaning when fees change.
// Numbers: orders and trades are numbered from 1 without gaps; the public ids are made from the numbers.
// On disk: the index of a fact in PaperFact plus one is its type number. Never reorder, never remove, never
// change the fields of one; a changed fact is a new one at the end. The bytes are those of
// orchestrator/domain/fact_codec.h. Times are market time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "orchestrator/domain/event.h"

namespace s1mple {

struct PaperOpened {            // the first fact
  std::string tag;              // 4 characters, base 36: makes the ids unlike those of any other books
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) { v("tag", s.tag); v("at", s.at); }
};
struct PaperListed {            // a symbol that may be traded here
  Symbol symbol;
  Asset base, quote;
  template <class V, class S> static void fields(V& v, S& s) {
    v("symbol", s.symbol); v("base", s.base); v("quote", s.quote);
  }
};
struct PaperDeposited {
  Asset asset;
  Money amount;
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) {
    v("asset", s.asset); v("amount", s.amount); v("at", s.at);
  }
};
struct PaperEpochSeen {         // requests of an older epoch are refused from here on
  std::uint64_t epoch = 0;
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) { v("epoch", s.epoch); v("at", s.at); }
};
struct PaperPriceSeen {         // the last trade price of a symbol
  Symbol symbol;
  Price price;
  template <class V, class S> static void fields(V& v, S& s) { v("symbol", s.symbol); v("price", s.price); }
};
struct PaperMarketSeen {        // how far the market was played
  std::uint64_t row = 0;
  std::string position;         // the source's own text
  WallTime time;
  template <class V, class S> static void fields(V& v, S& s) {
    v("row", s.row); v("position", s.position); v("time", s.time);
  }
};
struct PaperQueueMoved {        // what is still ahead of a resting limit order at its price
  std::uint64_t order = 0;
  Quantity ahead;
  template <class V, class S> static void fields(V& v, S& s) { v("order", s.order); v("ahead", s.ahead); }
};
struct PaperOrderPlaced {
  std::uint64_t order = 0;
  ClientId client_id;
  Symbol symbol;
  Side side = Side::buy;
  OrderType type = OrderType::limit;
  Quantity quantity;
  std::optional<Price> price;   // limit price, or trigger of a stop_loss
  bool post_only = false;
  Quantity ahead;               // assumed quantity ahead of it at its price
  Money reserved;               // of the quote (buy) or base (sell)
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) {
    v("order", s.order); v("client_id", s.client_id); v("symbol", s.symbol); v("side", s.side);
    v("type", s.type); v("quantity", s.quantity); v("price", s.price); v("post_only", s.post_only);
    v("ahead", s.ahead); v("reserved", s.reserved); v("at", s.at);
  }
};
struct PaperOrderRefused {      // kept as a closed order, so that who lost the answer finds it by asking
  std::uint64_t order = 0;
  ClientId client_id;
  Symbol symbol;
  Side side = Side::buy;
  OrderType type = OrderType::limit;
  Quantity quantity;
  std::optional<Price> price;
  std::string reason;           // the code first: "bad_price: ..."
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) {
    v("order", s.order); v("client_id", s.client_id); v("symbol", s.symbol); v("side", s.side);
    v("type", s.type); v("quantity", s.quantity); v("price", s.price); v("reason", s.reason); v("at", s.at);
  }
};
struct PaperTraded {            // the trade that completes an order closes it as filled
  std::uint64_t trade = 0;
  std::uint64_t order = 0;
  Price price;
  Quantity quantity;
  Money fee;                    // in quote
  bool maker = false;
  Money reserved;               // what the order still holds afterwards
  std::uint64_t row = 0;        // of the market, at the time of the trade
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) {
    v("trade", s.trade); v("order", s.order); v("price", s.price); v("quantity", s.quantity); v("fee", s.fee);
    v("maker", s.maker); v("reserved", s.reserved); v("row", s.row); v("at", s.at);
  }
};
struct PaperOrderEnded {        // without being filled: cancelled or expired
  std::uint64_t order = 0;
  VenueStatus status = VenueStatus::cancelled;
  std::string reason;
  WallTime at;
  template <class V, class S> static void fields(V& v, S& s) {
    v("order", s.order); v("status", s.status); v("reason", s.reason); v("at", s.at);
  }
};

using PaperFact =
    std::variant<PaperOpened, PaperListed, PaperDeposited, PaperEpochSeen, PaperPriceSeen, PaperMarketSeen,
                 PaperQueueMoved, PaperOrderPlaced, PaperOrderRefused, PaperTraded, PaperOrderEnded>;
using PaperRecord = std::vector<PaperFact>;

// Beside the variant, same order: names for `store log` and FORMAT.md.
inline constexpr std::array<std::string_view, std::variant_size_v<PaperFact>> kPaperFactNames{
    "opened",      "listed",       "deposited",     "epoch_seen", "price_seen", "market_seen",
    "queue_moved", "order_placed", "order_refused", "traded",     "order_ended"};

}  // namespace s1mple
