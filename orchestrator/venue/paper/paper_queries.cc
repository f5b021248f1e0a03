// Questions: pages of open and closed orders, trades and balances. They change nothing but the epoch.
#include <algorithm>

#include "orchestrator/venue/paper/paper_exchange.h"

namespace s1mple {
namespace {

// Calls `show` for the items of one page; true: there are more.
template <class Items, class Show>
bool page(const Items& items, std::size_t begin, std::uint64_t offset, std::size_t page_size, Show&& show) {
  const std::size_t count = items.size() - begin;
  if (offset >= count) return false;
  const std::size_t first = begin + static_cast<std::size_t>(offset);
  const std::size_t last = std::min(items.size(), first + page_size);
  for (std::size_t i = first; i < last; ++i) show(items[i]);
  return last < items.size();
}

}  // namespace

PaperStep PaperExchange::on_request(const AskVenue& request, std::uint64_t epoch, WallTime market_time) {
  PaperStep step;
  QueryAnswer answer;
  answer.query = request.query;
  answer.kind = request.kind;
  answer.answered = admit(step, epoch, market_time);
  answer.as_of = market_time_;
  if (answer.answered)
    read_page(request, answer);
  else
    answer.reason = "epoch " + std::to_string(epoch) + " is over: requests of epoch " +
                    std::to_string(books_.epoch()) + " have been seen";
  step.emissions.push_back(std::move(answer));
  return step;
}

void PaperExchange::read_page(const AskVenue& request, QueryAnswer& answer) {
  const auto page_size = static_cast<std::size_t>(config_.page_size);
  const auto show_order = [&](std::uint64_t number) {
    answer.orders.push_back(books_.venue_order(books_.order(number)));
  };
  switch (request.kind) {
    case QueryKind::open_orders: {
      if (request.offset == 0) listing_.assign(books_.open_orders().begin(), books_.open_orders().end());
      answer.more = page(listing_, 0, request.offset, page_size, show_order);
      return;
    }
    case QueryKind::closed_orders: {
      books_.asked_from(request.since);
      const auto& closed = books_.closed_orders();  // closing times never go backwards
      const auto first = std::partition_point(closed.begin(), closed.end(), [&](std::uint64_t number) {
        return books_.order(number).closed_at < request.since;
      });
      answer.more = page(closed, static_cast<std::size_t>(first - closed.begin()), request.offset, page_size,
                         show_order);
      return;
    }
    case QueryKind::trades: {
      const auto& trades = books_.trades();
      const auto first = std::partition_point(
          trades.begin(), trades.end(), [&](const PaperTrade& trade) { return trade.time < request.since; });
      answer.more = page(trades, static_cast<std::size_t>(first - trades.begin()), request.offset, page_size,
                         [&](const PaperTrade& trade) { answer.trades.push_back(books_.fill(trade)); });
      return;
    }
    case QueryKind::balances: {
      for (const auto& [asset, balance] : books_.balances())
        answer.balances.push_back({asset, balance.total, balance.reserved});
      return;
    }
  }
  ENSURE(false, "QueryKind out of range");
}

}  // namespace s1mple
