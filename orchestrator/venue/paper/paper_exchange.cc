#include "orchestrator/venue/paper/paper_exchange.h"

#include <algorithm>

namespace s1mple {
namespace {

constexpr std::string_view kTagLetters = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr int kTagLength = 4;

std::string draw_tag(Random& random) {
  std::string tag;
  for (int i = 0; i < kTagLength; ++i) tag += kTagLetters[random.below(kTagLetters.size())];
  return tag;
}

}  // namespace

PaperExchange::PaperExchange(const PaperConfig& config, PaperBooks& books)
    : config_(config),
      books_(books),
      cursor_(books.market().cursor),
      row_time_(books.market().time),
      market_time_(books.latest()) {
  list_live();
}

void PaperExchange::list_live() {
  for (const Instrument& instrument : config_.instruments) {
    const auto pair = books_.pairs().find(instrument.symbol);
    if (pair != books_.pairs().end())
      live_.try_emplace(instrument.symbol, Live{&instrument, &pair->second, pair->second.last_price, false});
  }
}

PaperStep PaperExchange::open(Random& random, WallTime market_time) {
  PaperStep step;
  const WallTime at = now(market_time);
  const bool first = !books_.is_opened();
  if (first) add(step, PaperOpened{draw_tag(random), at});
  for (const Instrument& instrument : config_.instruments)
    if (!books_.pairs().contains(instrument.symbol))
      add(step, PaperListed{instrument.symbol, instrument.base, instrument.quote});
  if (first)
    for (const auto& [asset, amount] : config_.balances)
      add(step, PaperDeposited{Asset(asset), Money(amount), at});
  list_live();
  return step;
}

PaperStep PaperExchange::flush() {
  PaperStep step;
  write_remembered(step);
  return step;
}

std::optional<Price> PaperExchange::last_price(const Symbol& symbol) const {
  const auto live = live_.find(symbol);
  return live == live_.end() ? std::nullopt : live->second.last;
}

Quantity PaperExchange::ahead_of(const PaperOrder& order) const {
  const auto newer = ahead_.find(order.number);
  return newer == ahead_.end() ? order.ahead : newer->second;
}

WallTime PaperExchange::now(WallTime market_time) const { return std::max(market_time_, market_time); }

void PaperExchange::add(PaperStep& step, PaperFact fact) {
  if (step.facts.empty() && books_.is_opened()) write_remembered(step);
  write(step, std::move(fact));
}

void PaperExchange::write(PaperStep& step, PaperFact fact) {
  const auto applied = books_.apply(fact);
  ENSURE(applied, applied.ok() ? "" : applied.error().story);
  step.facts.push_back(std::move(fact));
}

void PaperExchange::write_remembered(PaperStep& step) {
  for (auto& [symbol, live] : live_) {
    if (!live.moved) continue;
    write(step, PaperPriceSeen{symbol, *live.last});
    live.moved = false;
  }
  for (const auto& [order, ahead] : ahead_) write(step, PaperQueueMoved{order, ahead});
  ahead_.clear();
  if (!cursor_moved_) return;
  write(step, PaperMarketSeen{cursor_.row, cursor_.position, row_time_});
  cursor_moved_ = false;
}

}  // namespace s1mple
