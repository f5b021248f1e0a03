// PaperExchange decides what happens at the simulated exchange. Rows and requests go in, steps come out.
// Pure: no clock, no disk.
//
// A step's facts are in the books already. In the same callback of the loop the environment submits them to
// the exchange's own store as one record (encode, paper_codec.h), and lets the emissions out only when
// everything submitted so far is durable, also where a step has no facts of its own ("commits before it
// emits").
// Rows that touch no order change only what is remembered here (cursor, last price, queue ahead),
// not the books; it is put in front of the next step that has facts, or given out by flush(). After a crash
// the same rows, from the books' cursor on, lead to the same place. A row at or before the cursor is ignored.
// Lock-step: would_trade(row) tells, before anything is changed, whether the row has effects of its own.
// Time:   market time, never backwards. Thread: loop. Errors: none; requests are refused.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "common/base/random.h"
#include "orchestrator/domain/action.h"
#include "orchestrator/domain/event.h"
#include "orchestrator/state/archive_entry.h"
#include "orchestrator/venue/paper/paper_books.h"
#include "orchestrator/venue/paper/paper_config.h"
#include "orchestrator/venue/paper/paper_taking.h"

namespace s1mple {

struct PaperStep {
  PaperRecord facts;                  // empty: nothing to submit
  std::vector<EventBody> emissions;
  [[nodiscard]] bool has_effect() const { return !facts.empty(); }
};

struct PaperRefusal {
  RefusalCode code = RefusalCode::other;
  std::string reason;
};

class PaperExchange {
 public:
  // A step must fit into one record of the store: a row makes at most so many trades with resting orders,
  // and executes no further stop once those that it triggered have made so many facts (the next row goes
  // on).
  static constexpr std::size_t kMaxFillsOfRow = 4'096;
  static constexpr std::size_t kMaxStopFactsOfRow = 4'096;
  static constexpr std::size_t kMaxClientIdBytes = 36;

  // Both outlive it; `config` has passed check(). The books are whole: made new, or recovered.
  PaperExchange(const PaperConfig& config, PaperBooks& books);

  // What the books have forgotten; asked about each new client id. Outlives the exchange.
  void look_up_in(ArchiveLookup& archive) { archive_ = &archive; }

  // Call it first. New books get a tag, the listed symbols and the initial balances; opened ones, symbols
  // that are new.
  [[nodiscard]] PaperStep open(Random& random, WallTime market_time);

  // The next row; `cursor` is where the source stands after it.
  [[nodiscard]] PaperStep on_market(const MarketTrade& trade, const MarketCursor& cursor);
  [[nodiscard]] bool would_trade(const MarketTrade& trade);
  // What only this object remembers, as facts (applied to the books). At a clean stop, and from time to
  // time.
  [[nodiscard]] PaperStep flush();

  // `epoch` is the sender's. An older one than ever seen is refused: what it sent late has no effect.
  [[nodiscard]] PaperStep on_request(const SendOrder& request, std::uint64_t epoch, WallTime market_time);
  [[nodiscard]] PaperStep on_request(const SendCancel& request, std::uint64_t epoch, WallTime market_time);
  // A listing of open orders is fixed by its first page (offset 0): orders that close in between are shown
  // as closed on a later page, and none is skipped.
  [[nodiscard]] PaperStep on_request(const AskVenue& request, std::uint64_t epoch, WallTime market_time);

  [[nodiscard]] const MarketCursor& cursor() const { return cursor_; }   // as far as played, written or not
  [[nodiscard]] std::optional<Price> last_price(const Symbol& symbol) const;
  [[nodiscard]] Quantity ahead_of(const PaperOrder& order) const;

 private:
  struct Live {                       // a symbol that may be traded now
    const Instrument* instrument = nullptr;
    const PaperBooks::Pair* pair = nullptr;
    std::optional<Price> last;        // newer than the books' while `moved`
    bool moved = false;
  };
  struct Touch {                      // what a row does to one resting limit order
    std::uint64_t order = 0;
    Quantity fill;
    Quantity ahead;
  };
  struct RowPlan {
    std::vector<Touch> touched;
    std::vector<std::uint64_t> triggered;   // stops, in the order in which they are executed
    std::size_t fills = 0;
  };
  struct Charge {
    Money fee;
    Money reserved;                   // what the order holds afterwards
  };

  void list_live();
  // The only way to the books: what is only remembered goes first.
  void add(PaperStep& step, PaperFact fact);
  void write(PaperStep& step, PaperFact fact);
  void write_remembered(PaperStep& step);
  [[nodiscard]] WallTime now(WallTime market_time) const;

  // paper_market.cc
  void plan_row(const MarketTrade& trade, const Live& live);
  void plan_touch(std::uint64_t number, bool through, const Instrument& instrument, Quantity& left);

  // paper_requests.cc. admit: false, the epoch is an old one.
  [[nodiscard]] bool admit(PaperStep& step, std::uint64_t epoch, WallTime market_time);
  [[nodiscard]] bool is_marketable(const OrderIntent& intent, const Live& live) const;
  [[nodiscard]] std::optional<PaperRefusal> judge(const OrderIntent& intent) const;
  [[nodiscard]] std::optional<PaperRefusal> judge_funds(const OrderIntent& intent, const Live& live) const;
  [[nodiscard]] std::optional<Money> reserve(const OrderIntent& intent, const Live& live) const;
  [[nodiscard]] Result<bool> known_before(const ClientId& id) const;
  void place(PaperStep& step, const OrderIntent& intent);
  [[nodiscard]] const PaperOrder* wanted(const SendCancel& request) const;
  void read_page(const AskVenue& request, QueryAnswer& answer);   // paper_queries.cc

  // paper_trading.cc
  [[nodiscard]] Charge charge(const PaperOrder& order, Price price, Quantity quantity, bool maker) const;
  [[nodiscard]] bool can_pay(const Live& live, Side side, Money funds, const TakingPlan& plan) const;
  void take(PaperStep& step, std::uint64_t number);
  void trade(PaperStep& step, std::uint64_t number, Price price, Quantity quantity, bool maker);
  void end(PaperStep& step, std::uint64_t number, std::string reason);

  const PaperConfig& config_;
  PaperBooks& books_;
  ArchiveLookup* archive_ = nullptr;
  std::map<Symbol, Live> live_;
  MarketCursor cursor_;
  WallTime row_time_{};                       // of the cursor's row
  WallTime market_time_{};                    // no row and no request was younger
  bool cursor_moved_ = false;
  std::map<std::uint64_t, Quantity> ahead_;   // queue ahead where it is newer than the books'
  std::vector<std::uint64_t> listing_;        // open orders at the first page of the last listing
  RowPlan plan_;                              // of the row in hand; kept for its memory
};

}  // namespace s1mple
