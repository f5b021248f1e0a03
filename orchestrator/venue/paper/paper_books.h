// PaperBooks: all durable state of the simulated exchange, and nothing else: PaperFacts folded in order.
//
// apply() is the only way in, at run time and in recovery. It checks every relation that it can: an order
// that exists and is open, filled <= quantity, ids without gaps, total >= reserved >= 0. A fact that cannot
// be true is an error: damage in recovery, a bug at run time; the books are then thrown away. Balances:
// total = deposits + sum of the trades, reserved = sum over the open orders. Closed orders, refused ones and
// trades stay until forget() takes out what is old, when a snapshot is written; the store's archive holds them
// from then on, and with them every client id. Needs no configuration, so `store inspect` reads it.
// Prices are indexed, so that the best order is found at once.
// Owner:    the environment; PaperExchange borrows it. Thread: loop. References hold until
//           the next apply().
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/base/json.h"
#include "orchestrator/venue/paper/paper_fact.h"

namespace s1mple {

// An order is known by its number, from 1 on.
struct PaperOrder {
  std::uint64_t number = 0;
  ClientId client_id;
  Symbol symbol;
  Side side = Side::buy;
  OrderType type = OrderType::limit;
  Quantity quantity;
  std::optional<Price> price;
  bool post_only = false;
  Quantity filled;
  Quantity ahead;             // of an open limit order
  Money reserved;             // quote of a buy, base of a sell; zero once closed
  VenueStatus status = VenueStatus::open;
  std::string reason;         // of a closed one
  WallTime opened_at;
  WallTime closed_at;

  [[nodiscard]] bool is_open() const { return status == VenueStatus::open; }
  [[nodiscard]] Quantity remaining() const { return quantity - filled; }
};

struct PaperTrade {
  std::uint64_t number = 0;
  std::uint64_t order = 0;
  Price price;
  Quantity quantity;
  Money fee;                  // in quote
  bool maker = false;
  std::uint64_t row = 0;
  WallTime time;
};

struct PaperBalance {
  Money deposited;
  Money total;
  Money reserved;
  Money archived;             // part of total: what the trades that left brought
  [[nodiscard]] Money available() const { return total - reserved; }
};

// Open orders of one symbol, each list in the order in which the market reaches them: best price, then time.
struct PaperResting {
  using Entry = std::pair<Price, std::uint64_t>;  // the order's number
  using Ascending = std::set<Entry>;
  struct BestIsHighest {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    }
  };
  using Descending = std::set<Entry, BestIsHighest>;
  Descending buys;        // limit orders
  Ascending sells;
  Ascending buy_stops;    // by trigger
  Descending sell_stops;
};

struct PaperMarket {
  MarketCursor cursor;
  WallTime time;          // of the last row
};

class PaperBooks {
 public:
  struct Pair {
    Asset base, quote;
    std::optional<Price> last_price;
    PaperResting resting;
  };

  [[nodiscard]] Result<void> apply(const PaperFact& fact);

  // Orders that closed before `before`, and trades from before it; nothing of what may still be asked for.
  struct Forgotten;  // paper_saved.h
  [[nodiscard]] Forgotten forget(WallTime before, std::size_t limit = SIZE_MAX);  // at most so many rows at once
  // A client asked for what is younger than this: it knows what is older. Not durable: after a start nothing is
  // forgotten before somebody has asked.
  void asked_from(WallTime since) { asked_from_ = since; }
  [[nodiscard]] std::optional<WallTime> asked_from() const { return asked_from_; }

  void write_json(JsonWriter& out) const;  // one object; also the "state" of `store inspect`
  [[nodiscard]] Result<void> read_json(const JsonValue& json);  // into empty books
  // The same of a text: several times as fast where it is spelled as write_json() spells it.
  [[nodiscard]] Result<void> read_text(std::string_view text);

  [[nodiscard]] bool is_opened() const { return !tag_.empty(); }
  [[nodiscard]] const std::string& tag() const { return tag_; }
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] const PaperMarket& market() const { return market_; }
  [[nodiscard]] WallTime latest() const { return latest_; }     // no fact is younger
  [[nodiscard]] const std::map<Symbol, Pair>& pairs() const { return pairs_; }
  [[nodiscard]] const std::map<Asset, PaperBalance>& balances() const { return balances_; }
  [[nodiscard]] const PaperBalance& balance(const Asset& asset) const;  // zero where there is none

  [[nodiscard]] const std::deque<PaperOrder>& orders() const { return orders_; }  // by number, no gaps
  // Those in front of orders() that are not old yet, or open: between them others have left.
  [[nodiscard]] const std::map<std::uint64_t, PaperOrder>& early_orders() const { return early_; }
  [[nodiscard]] std::uint64_t first_order() const { return first_order_; }  // number of orders()[0]
  [[nodiscard]] std::uint64_t next_order() const { return first_order_ + orders_.size(); }
  [[nodiscard]] std::uint64_t next_trade() const { return first_trade_ + trades_.size(); }
  [[nodiscard]] const std::set<std::uint64_t>& open_orders() const { return open_; }
  [[nodiscard]] const std::deque<std::uint64_t>& closed_orders() const { return closed_; }  // in that order
  [[nodiscard]] const std::deque<PaperTrade>& trades() const { return trades_; }  // oldest first
  [[nodiscard]] const PaperOrder& order(std::uint64_t number) const;  // aborts on an unknown one
  [[nodiscard]] const PaperOrder* find_order(const ClientId& id) const;  // null: never seen
  [[nodiscard]] const PaperOrder* find_order(const VenueOrderId& id) const;

  // As the outside sees them.
  [[nodiscard]] VenueOrderId venue_id(const PaperOrder& order) const;
  [[nodiscard]] ExecutionId execution_id(std::uint64_t trade) const;
  [[nodiscard]] VenueOrder venue_order(const PaperOrder& order) const;
  [[nodiscard]] Fill fill(const PaperTrade& trade) const;  // strategy is empty

 private:
  Result<void> fold(const PaperOpened& fact);
  Result<void> fold(const PaperListed& fact);
  Result<void> fold(const PaperDeposited& fact);
  Result<void> fold(const PaperEpochSeen& fact);
  Result<void> fold(const PaperPriceSeen& fact);
  Result<void> fold(const PaperMarketSeen& fact);
  Result<void> fold(const PaperQueueMoved& fact);
  Result<void> fold(const PaperOrderPlaced& fact);
  Result<void> fold(const PaperOrderRefused& fact);
  Result<void> fold(const PaperTraded& fact);
  Result<void> fold(const PaperOrderEnded& fact);

  Result<PaperOrder*> open_order(std::uint64_t number);
  [[nodiscard]] PaperOrder* row(std::uint64_t number);  // null: never given out, or gone
  [[nodiscard]] const PaperOrder* find_number(std::uint64_t number) const;
  [[nodiscard]] std::uint64_t number_of(const VenueOrderId& id) const;  // 0: none of these books
  void forget_order(const PaperOrder& order, Forgotten& forgotten);
  Result<void> add_order(PaperOrder order);
  Result<void> hold(const PaperOrder& order, Money before, Money after);
  Result<void> settle(const PaperOrder& order, const PaperTrade& trade);
  void index(const PaperOrder& order, bool insert);
  Result<void> close(PaperOrder& order, VenueStatus status, std::string reason, WallTime at);
  void note_time(WallTime at);
  bool read_as_written(std::string_view text);
  Result<void> read_head(const JsonValue& json);
  Result<void> read_archived(const JsonValue& json);
  Result<void> take_order(struct PaperSavedOrder saved);
  Result<void> take_trade(struct PaperSavedTrade saved);
  Result<void> read_closed(const JsonValue& json);
  Result<void> read_balances(const JsonValue& json);
  [[nodiscard]] Result<void> check_totals() const;

  std::string tag_;
  std::uint64_t epoch_ = 0;
  PaperMarket market_;
  WallTime latest_{};
  std::map<Symbol, Pair> pairs_;
  std::map<Asset, PaperBalance> balances_;
  std::deque<PaperOrder> orders_;
  std::map<std::uint64_t, PaperOrder> early_;
  std::uint64_t first_order_ = 1, first_trade_ = 1;
  std::unordered_map<std::string, std::uint64_t> by_client_id_;
  std::set<std::uint64_t> open_;
  std::deque<std::uint64_t> closed_;
  std::deque<PaperTrade> trades_;
  std::optional<WallTime> asked_from_;
};

}  // namespace s1mple
