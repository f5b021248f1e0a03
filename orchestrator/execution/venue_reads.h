// VenueReads: one complete look at the venue: open orders, closed orders, trades, balances, page by page.
//
// In this order, so that an order that closes meanwhile is seen at least once. Each page overlaps the one
// before by one row: if that row is another one, the list has shifted under the reading and this list is read
// anew. A page that is not answered in time, or answered with a refusal, fails the whole look: "could not
// ask" is not "not found" (P4).
// Limits: kMaxRows rows of a kind, kMaxShifts new beginnings. Owner: Rounds. Thread: loop.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/domain/action.h"

namespace s1mple {

struct VenueView {
  WallTime began;  // engine time at which the first question was asked
  WallTime as_of;  // venue time of the first answer
  WallTime since;  // closed orders and trades are not older
  std::vector<VenueOrder> open, closed;
  std::vector<Fill> trades;  // oldest first
  std::vector<VenueBalance> balances;
};

class VenueReads {
 public:
  static constexpr std::size_t kMaxRows = 1'000'000;
  static constexpr int kMaxShifts = 20;
  enum class Progress : std::uint8_t { waiting, complete, failed };

  [[nodiscard]] AskVenue begin(WallTime now, WallTime since, Nanos timeout);
  [[nodiscard]] Progress on(QueryAnswer answer, WallTime now);  // others than the one awaited are ignored
  [[nodiscard]] Progress tick(WallTime now);
  void abort() { asked_.reset(); }

  [[nodiscard]] bool is_reading() const { return asked_.has_value(); }
  [[nodiscard]] std::optional<WallTime> wake_at() const {
    return asked_ ? std::optional(due_) : std::nullopt;
  }
  [[nodiscard]] std::optional<AskVenue> take_question();                 // the next page, after `waiting`
  [[nodiscard]] VenueView take_view();                                   // after `complete`
  [[nodiscard]] const std::string& failure() const { return failure_; }  // after `failed`
  [[nodiscard]] std::size_t rows() const {
    return view_.open.size() + view_.closed.size() + view_.trades.size();
  }
  [[nodiscard]] const VenueView& view() const { return view_; }

 private:
  [[nodiscard]] Progress fail(std::string story);
  void ask(QueryKind kind, std::uint64_t offset, WallTime now);
  template <class Row>
  [[nodiscard]] bool append(std::vector<Row>& rows, std::vector<Row>&& page);
  [[nodiscard]] bool take_page(QueryAnswer& answer);
  [[nodiscard]] std::size_t rows_of(QueryKind kind) const;

  VenueView view_;
  std::optional<AskVenue> asked_;
  bool told_ = true;  // asked_ was handed out
  WallTime due_{};
  Nanos timeout_{};
  std::uint64_t next_query_ = 1;
  int shifts_ = 0;
  std::string failure_;
};

}  // namespace s1mple
