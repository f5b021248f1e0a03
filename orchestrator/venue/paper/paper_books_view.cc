// What the books show: orders and trades by their ids, and as the outside sees them.
#include <array>
#include <charconv>

#include "orchestrator/venue/paper/paper_books.h"

namespace s1mple {
namespace {

constexpr char kOrderLetter = 'O';
constexpr char kTradeLetter = 'P';

// "O" + tag + "-" + number in base 36, capital letters.
std::string public_id(char letter, const std::string& tag, std::uint64_t number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 36).ptr;
  std::string id = letter + tag + "-";
  for (const char* digit = digits.data(); digit != end; ++digit)
    id += *digit >= 'a' ? static_cast<char>(*digit - 'a' + 'A') : *digit;
  return id;
}

// The number that public_id was made from; 0 where the text is none of these books.
std::uint64_t read_number(char letter, const std::string& tag, const std::string& id) {
  const std::string prefix = letter + tag + "-";
  if (!id.starts_with(prefix)) return 0;
  std::uint64_t number = 0;
  const char* const end = id.data() + id.size();
  const auto [last, status] = std::from_chars(id.data() + prefix.size(), end, number, 36);
  if (status != std::errc{} || last != end) return 0;
  return public_id(letter, tag, number) == id ? number : 0;
}

}  // namespace

const PaperBalance& PaperBooks::balance(const Asset& asset) const {
  static const PaperBalance kNone;
  const auto found = balances_.find(asset);
  return found == balances_.end() ? kNone : found->second;
}

const PaperOrder& PaperBooks::order(std::uint64_t number) const {
  const PaperOrder* const found = find_number(number);
  ENSURE(found != nullptr, "an order number that was given out, and is not gone");
  return *found;
}

PaperOrder* PaperBooks::row(std::uint64_t number) {
  if (number >= first_order_) return number < next_order() ? &orders_[number - first_order_] : nullptr;
  const auto early = early_.find(number);
  return early == early_.end() ? nullptr : &early->second;
}

const PaperOrder* PaperBooks::find_number(std::uint64_t number) const {
  if (number >= first_order_) return number < next_order() ? &orders_[number - first_order_] : nullptr;
  const auto early = early_.find(number);
  return early == early_.end() ? nullptr : &early->second;
}

std::uint64_t PaperBooks::number_of(const VenueOrderId& id) const {
  return read_number(kOrderLetter, tag_, id.text());
}

const PaperOrder* PaperBooks::find_order(const ClientId& id) const {
  const auto found = by_client_id_.find(id.text());
  return found == by_client_id_.end() ? nullptr : &order(found->second);
}

const PaperOrder* PaperBooks::find_order(const VenueOrderId& id) const {
  return find_number(number_of(id));
}

VenueOrderId PaperBooks::venue_id(const PaperOrder& order) const {
  return VenueOrderId(public_id(kOrderLetter, tag_, order.number));
}

ExecutionId PaperBooks::execution_id(std::uint64_t trade) const {
  return ExecutionId(public_id(kTradeLetter, tag_, trade));
}

VenueOrder PaperBooks::venue_order(const PaperOrder& order) const {
  VenueOrder row;
  row.venue_id = venue_id(order);
  row.client_id = order.client_id;
  row.symbol = order.symbol;
  row.side = order.side;
  row.type = order.type;
  row.quantity = order.quantity;
  row.price = order.price;
  row.filled = order.filled;
  row.status = order.status;
  row.reason = order.reason;
  row.opened_at = order.opened_at;
  row.closed_at = order.closed_at;
  return row;
}

Fill PaperBooks::fill(const PaperTrade& trade) const {
  const PaperOrder& traded = order(trade.order);
  Fill fill;
  fill.execution_id = execution_id(trade.number);
  fill.venue_id = venue_id(traded);
  fill.client_id = traded.client_id;
  fill.symbol = traded.symbol;
  fill.side = traded.side;
  fill.price = trade.price;
  fill.quantity = trade.quantity;
  fill.fee = trade.fee;
  fill.fee_asset = pairs_.at(traded.symbol).quote;
  fill.maker = trade.maker;
  fill.time = trade.time;
  return fill;
}

}  // namespace s1mple
