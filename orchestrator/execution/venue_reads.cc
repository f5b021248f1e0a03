#include "orchestrator/execution/venue_reads.h"

#include <iterator>

namespace s1mple {
namespace {

bool same_row(const VenueOrder& a, const VenueOrder& b) { return a.venue_id == b.venue_id; }
bool same_row(const Fill& a, const Fill& b) { return a.execution_id == b.execution_id; }

std::optional<QueryKind> after(QueryKind kind) {
  switch (kind) {
    case QueryKind::open_orders: return QueryKind::closed_orders;
    case QueryKind::closed_orders: return QueryKind::trades;
    case QueryKind::trades: return QueryKind::balances;
    case QueryKind::balances: return std::nullopt;
  }
  ENSURE(false, "QueryKind out of range");
}

}  // namespace

AskVenue VenueReads::begin(WallTime now, WallTime since, Nanos timeout) {
  view_ = {};
  view_.began = now;
  view_.since = since;
  timeout_ = timeout;
  shifts_ = 0;
  ask(QueryKind::open_orders, 0, now);
  told_ = true;
  return *asked_;
}

void VenueReads::ask(QueryKind kind, std::uint64_t offset, WallTime now) {
  asked_ = AskVenue{next_query_++, kind, view_.since, offset};
  due_ = now + timeout_;
  told_ = false;
}

VenueReads::Progress VenueReads::on(QueryAnswer answer, WallTime now) {
  if (!asked_ || answer.query != asked_->query) return Progress::waiting;
  if (!answer.answered) return fail(std::string(to_text(asked_->kind)) + ": " + answer.reason);
  const QueryKind kind = asked_->kind;
  if (kind == QueryKind::open_orders && asked_->offset == 0) view_.as_of = answer.as_of;
  const bool more = answer.more && kind != QueryKind::balances;
  const std::size_t before = asked_->offset == 0 ? 0 : rows_of(kind);
  if (!take_page(answer) || (more && rows_of(kind) == before)) {
    if (++shifts_ > kMaxShifts)
      return fail(std::string(to_text(kind)) + ": the list keeps shifting while it is read");
    ask(kind, 0, now);
    return Progress::waiting;
  }
  if (rows() > kMaxRows) return fail(std::string(to_text(kind)) + ": more rows than can be held");
  if (more) {
    ask(kind, rows_of(kind) == 0 ? 0 : rows_of(kind) - 1, now);
    return Progress::waiting;
  }
  if (const auto next = after(kind)) {
    ask(*next, 0, now);
    return Progress::waiting;
  }
  asked_.reset();
  return Progress::complete;
}

bool VenueReads::take_page(QueryAnswer& answer) {
  switch (asked_->kind) {
    case QueryKind::open_orders: return append(view_.open, std::move(answer.orders));
    case QueryKind::closed_orders: return append(view_.closed, std::move(answer.orders));
    case QueryKind::trades: return append(view_.trades, std::move(answer.trades));
    case QueryKind::balances: view_.balances = std::move(answer.balances); return true;
  }
  ENSURE(false, "QueryKind out of range");
}

// False: the page does not begin with the row that the one before ended with, or it brings nothing new.
template <class Row>
bool VenueReads::append(std::vector<Row>& rows, std::vector<Row>&& page) {
  if (asked_->offset == 0) rows.clear();
  auto first = page.begin();
  if (!rows.empty()) {
    if (page.empty() || !same_row(rows.back(), page.front())) return false;
    ++first;
  }
  rows.insert(rows.end(), std::make_move_iterator(first), std::make_move_iterator(page.end()));
  return true;
}

std::size_t VenueReads::rows_of(QueryKind kind) const {
  switch (kind) {
    case QueryKind::open_orders: return view_.open.size();
    case QueryKind::closed_orders: return view_.closed.size();
    case QueryKind::trades: return view_.trades.size();
    case QueryKind::balances: return view_.balances.size();
  }
  ENSURE(false, "QueryKind out of range");
}

VenueReads::Progress VenueReads::tick(WallTime now) {
  if (!asked_ || now < due_) return Progress::waiting;
  return fail(std::string(to_text(asked_->kind)) + ": no answer in time");
}

VenueReads::Progress VenueReads::fail(std::string story) {
  failure_ = std::move(story);
  asked_.reset();
  return Progress::failed;
}

std::optional<AskVenue> VenueReads::take_question() {
  if (!asked_ || told_) return std::nullopt;
  told_ = true;
  return asked_;
}

VenueView VenueReads::take_view() { return std::move(view_); }

}  // namespace s1mple
