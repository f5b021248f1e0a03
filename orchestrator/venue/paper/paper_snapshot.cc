#include "orchestrator/venue/paper/paper_snapshot.h"

#include "orchestrator/venue/paper/paper_saved.h"

namespace s1mple {
namespace {

// The names that the orchestrator's own books use.
OrderStatus public_status(const PaperOrder& order) {
  switch (order.status) {
    case VenueStatus::open: return order.filled.is_zero() ? OrderStatus::open : OrderStatus::partially_filled;
    case VenueStatus::filled: return OrderStatus::filled;
    case VenueStatus::cancelled: return OrderStatus::cancelled;
    case VenueStatus::expired: return OrderStatus::expired;
    case VenueStatus::rejected: return OrderStatus::rejected;
  }
  ENSURE(false, "VenueStatus out of range");
}

std::string head_of(const PaperBooks& books) {
  JsonWriter out;
  out.begin_object().text("tag", books.tag()).number("epoch", books.epoch());
  out.text("latest", to_exact_rfc3339(books.latest())).key("market");
  const PaperMarket& market = books.market();
  write_object(PaperSavedMarket{market.cursor.row, market.cursor.position, market.time}, out);
  out.key("pairs").begin_array();
  for (const auto& [symbol, pair] : books.pairs())
    write_object(PaperSavedPair{symbol, pair.base, pair.quote, pair.last_price}, out);
  out.end_array();
  out.key("balances").begin_object();
  for (const auto& [asset, balance] : books.balances()) {
    out.key(asset.text());
    write_object(PaperSavedBalance{balance.total, balance.reserved, balance.deposited}, out);
  }
  out.end_object().key("archived");
  PaperSavedArchived archived{books.first_order(), books.next_trade() - books.trades().size(), {}};
  for (const auto& [asset, balance] : books.balances())
    if (!balance.archived.is_zero()) archived.balances.push_back({asset, balance.archived});
  write_object(archived, out);
  out.end_object();
  std::string head = out.take();
  head.pop_back();  // the object goes on
  return head;
}

template <class Saved>
void append_object(const Saved& saved, std::string& out) {
  JsonWriter writer;
  write_object(saved, writer);
  out += writer.str();
}

}  // namespace

PaperSavedOrder saved_order(const PaperBooks& books, const PaperOrder& order) {
  const auto closed_at = order.is_open() ? std::nullopt : std::optional(order.closed_at);
  return {order, books.venue_id(order), {}, public_status(order), closed_at};
}

PaperSavedTrade saved_trade(const PaperBooks& books, const PaperTrade& trade) {
  const Fill fill = books.fill(trade);
  return {trade, fill.execution_id, fill.venue_id, fill.client_id, {}, fill.symbol, fill.side, fill.fee_asset};
}

PaperSnapshot::PaperSnapshot(const PaperBooks& books)
    : books_(books),
      head_(head_of(books)),
      first_(books.first_order()),
      orders_(books.early_orders().size() + books.orders().size()),
      closed_(books.closed_orders().size()),
      trades_(books.trades().size()) {
  early_.reserve(books.early_orders().size());
  for (const auto& [number, order] : books.early_orders()) early_.push_back(number);
  open_.reserve(books.open_orders().size());
  for (const std::uint64_t number : books.open_orders()) open_.push_back(books.order(number));
}

bool PaperSnapshot::append_slice(std::string& out) {
  for (std::size_t rows = 0; rows < kRowsPerSlice; ++rows) {
    switch (part_) {
      case Part::head:
        out += head_ + R"(,"orders":[)";
        part_ = Part::orders;
        break;
      case Part::orders:
        if (next_ < orders_)
          append_order(out);
        else
          go_on(Part::closed, R"(],"closed":[)", out);
        break;
      case Part::closed:
        if (next_ < closed_)
          append_closed(out);
        else
          go_on(Part::trades, R"(],"fills":[)", out);
        break;
      case Part::trades:
        if (next_ < trades_) {
          append_trade(out);
          break;
        }
        out += "]}";
        return false;
    }
  }
  return true;
}

void PaperSnapshot::go_on(Part part, std::string_view between, std::string& out) {
  out += between;
  part_ = part;
  next_ = 0;
}

void PaperSnapshot::append_order(std::string& out) {
  if (next_ != 0) out += ',';
  const std::uint64_t number = next_ < early_.size() ? early_[next_] : first_ + (next_ - early_.size());
  ++next_;
  const bool was_open = next_open_ < open_.size() && open_[next_open_].number == number;
  append_object(saved_order(books_, was_open ? open_[next_open_++] : books_.order(number)), out);
}

void PaperSnapshot::append_closed(std::string& out) {
  if (next_ != 0) out += ',';
  out += std::to_string(books_.closed_orders()[next_++]);
}

void PaperSnapshot::append_trade(std::string& out) {
  if (next_ != 0) out += ',';
  append_object(saved_trade(books_, books_.trades()[next_++]), out);
}

void PaperBooks::write_json(JsonWriter& out) const {
  PaperSnapshot snapshot(*this);
  std::string text;
  while (snapshot.append_slice(text)) {
  }
  out.raw(text);
}

}  // namespace s1mple
