// How the exchange's books stand in a snapshot: one declaration writes and reads. Private to the room.
//
// The first members of orders and fills are an interface (DESIGN section 8); the rest is described in
// orchestrator/state/FORMAT.md. `strategy` is unknown to an exchange, and empty. Thread: plain values.
#pragma once

#include "orchestrator/domain/codec_visitor.h"
#include "orchestrator/venue/paper/paper_books.h"

namespace s1mple {

struct PaperSavedPair {
  Symbol symbol;
  Asset base, quote;
  std::optional<Price> last_price;
  template <class V, class S> static void fields(V& v, S& s) {
    v("symbol", s.symbol); v("base", s.base); v("quote", s.quote); v("last_price", s.last_price);
  }
};

struct PaperSavedMarket {
  std::uint64_t row = 0;
  std::string position;
  WallTime time;
  template <class V, class S> static void fields(V& v, S& s) {
    v("row", s.row); v("position", s.position); v("time", s.time);
  }
};

struct PaperSavedBalance {
  Money total, reserved, deposited;
  template <class V, class S> static void fields(V& v, S& s) {
    v("total", s.total); v("reserved", s.reserved); v("deposited", s.deposited);
  }
};

struct PaperSavedOrder {
  PaperOrder order;
  VenueOrderId order_id;
  StrategyName strategy;
  OrderStatus status = OrderStatus::open;
  std::optional<WallTime> closed_at;
  template <class V, class S> static void fields(V& v, S& s) {
    v("client_id", s.order.client_id); v("order_id", s.order_id); v("strategy", s.strategy);
    v("symbol", s.order.symbol); v("side", s.order.side); v("type", s.order.type); v("price", s.order.price);
    v("quantity", s.order.quantity); v("filled", s.order.filled); v("status", s.status);
    v("post_only", s.order.post_only); v("ahead", s.order.ahead); v("reserved", s.order.reserved);
    v("reason", s.order.reason); v("opened_at", s.order.opened_at); v("closed_at", s.closed_at);
  }
};

struct PaperSavedTrade {
  PaperTrade trade;
  ExecutionId exec_id;
  VenueOrderId order_id;
  ClientId client_id;
  StrategyName strategy;
  Symbol symbol;
  Side side = Side::buy;
  Asset fee_asset;
  template <class V, class S> static void fields(V& v, S& s) {
    v("exec_id", s.exec_id); v("order_id", s.order_id); v("client_id", s.client_id);
    v("strategy", s.strategy); v("symbol", s.symbol); v("side", s.side); v("price", s.trade.price);
    v("quantity", s.trade.quantity); v("fee", s.trade.fee); v("fee_asset", s.fee_asset);
    v("time", s.trade.time); v("maker", s.trade.maker); v("row", s.trade.row);
  }
};

// What left the books for the archive, as far as they must know it: numbers go on, and totals still add up.
struct PaperSavedNet {
  Asset asset;
  Money net;
  template <class V, class S> static void fields(V& v, S& s) {
    v("asset", s.asset); v("net", s.net);
  }
};
struct PaperSavedArchived {
  std::uint64_t orders_before = 1, trades_before = 1;  // the first number that did not leave, or could not
  std::vector<PaperSavedNet> balances;
  template <class V, class S> static void fields(V& v, S& s) {
    v("orders_before", s.orders_before); v("trades_before", s.trades_before); v("balances", s.balances);
  }
};

// Whole rows, so that they can be written without the books.
struct PaperBooks::Forgotten {
  std::vector<PaperSavedOrder> orders;
  std::vector<PaperSavedTrade> trades;
  [[nodiscard]] std::size_t size() const { return orders.size() + trades.size(); }
  bool more = false;  // the limit was reached: there may be more of them
};

[[nodiscard]] PaperSavedOrder saved_order(const PaperBooks& books, const PaperOrder& order);
[[nodiscard]] PaperSavedTrade saved_trade(const PaperBooks& books, const PaperTrade& trade);

}  // namespace s1mple
