#include "orchestrator/data/data_source.h"

#include <algorithm>
#include <utility>

namespace s1mple {
namespace {

constexpr std::uint32_t kMaxDoublings = 30;

std::string list_of(const std::vector<Symbol>& channels) {
  std::string all;
  for (const auto& channel : channels) all += (all.empty() ? "" : ", ") + channel.text();
  return all;
}

std::string span_in_ms(Nanos span) { return std::to_string(to_ms(span)) + " ms"; }

}  // namespace

DataSource::DataSource(DataSourceLimits limits, std::vector<Symbol> channels, Random random)
    : limits_(limits), random_(random) {
  ENSURE(limits.backoff_base > 0ns && limits.backoff_cap >= limits.backoff_base,
         "backoff needs 0 < base <= cap");
  for (auto& channel : channels) channels_.emplace(std::move(channel), Channel{});
}

DataStep DataSource::start(WallTime at) {
  DataStep step;
  if (state_ == DataState::down) attempt("started", at, step);
  return step;
}

DataStep DataSource::connected(WallTime at) {
  DataStep step;
  last_frame_ = at;
  if (is_up()) return step;
  if (connections_++ > 0) ++reconnects_;
  up_since_ = at;
  for (auto& [symbol, channel] : channels_) {
    channel.fresh_at = at;
    channel.resubscribed = false;
  }
  // A connection is no row: what was stale before it stays so.
  const auto stale = stale_channels();
  if (stale.empty())
    move_to(DataState::live, "connected", at, step);
  else
    move_to(DataState::stale, "connected, still no row on " + list_of(stale), at, step);
  return step;
}

DataStep DataSource::heartbeat(WallTime at) {
  if (is_up()) last_frame_ = at;
  return {};
}

DataStep DataSource::trade(const Symbol& symbol, WallTime at) {
  DataStep step;
  if (!is_up()) return step;  // a frame of a line already given up
  last_frame_ = at;
  const auto found = channels_.find(symbol);
  if (found == channels_.end()) return step;
  Channel& channel = found->second;
  channel.last_trade = channel.fresh_at = at;
  channel.stale = channel.resubscribed = false;
  if (state_ == DataState::stale && stale_channels().empty())
    move_to(DataState::live, "rows come again on " + symbol.text(), at, step);
  return step;
}

DataStep DataSource::lost(std::string_view reason, WallTime at) {
  DataStep step;
  if (is_up() || state_ == DataState::connecting) fail(reason, at, step);
  return step;
}

DataStep DataSource::ended(WallTime at) {
  DataStep step;
  if (state_ != DataState::down) move_to(DataState::down, "the source has ended", at, step);
  return step;
}

DataStep DataSource::stop(WallTime at) {
  DataStep step;
  if (is_up() || state_ == DataState::connecting) step.ask = DataAsk::close;
  if (state_ != DataState::down) move_to(DataState::down, "stopped", at, step);
  return step;
}

DataStep DataSource::tick(WallTime at) {
  DataStep step;
  if (state_ == DataState::down) return step;
  if (state_ == DataState::waiting) {
    if (at >= *retry_at_) attempt("attempt " + std::to_string(failures_ + 1), at, step);
    return step;
  }
  const auto due = deadline();
  if (!due || at < *due) {
    second_look_at_.reset();
    return step;
  }
  if (!second_look_at_) second_look_at_ = at + kSecondLook;
  if (at < *second_look_at_) return step;
  second_look_at_.reset();
  if (state_ == DataState::connecting) {
    step.ask = DataAsk::close;
    fail("no connection within " + span_in_ms(limits_.connect_timeout), at, step);
  } else if (limits_.heartbeat_timeout && at >= *last_frame_ + *limits_.heartbeat_timeout) {
    step.ask = DataAsk::close;
    fail("no frame for " + span_in_ms(at - *last_frame_), at, step);
  } else {
    judge_channels(at, step);
  }
  return step;
}

std::optional<WallTime> DataSource::wake_at() const {
  if (state_ == DataState::waiting) return retry_at_;
  return second_look_at_ ? second_look_at_ : deadline();
}

std::optional<WallTime> DataSource::last_trade(const Symbol& symbol) const {
  const auto found = channels_.find(symbol);
  return found == channels_.end() ? std::nullopt : found->second.last_trade;
}

std::vector<Symbol> DataSource::stale_channels() const {
  std::vector<Symbol> stale;
  for (const auto& [symbol, channel] : channels_)
    if (channel.stale) stale.push_back(symbol);
  return stale;
}

std::optional<WallTime> DataSource::deadline() const {
  if (state_ == DataState::connecting) return since_ + limits_.connect_timeout;
  if (!is_up()) return std::nullopt;
  std::optional<WallTime> first;
  const auto consider = [&first](WallTime at) { first = first ? std::min(*first, at) : at; };
  if (limits_.heartbeat_timeout) consider(*last_frame_ + *limits_.heartbeat_timeout);
  if (limits_.stale_after)
    for (const auto& [symbol, channel] : channels_) consider(channel.fresh_at + *limits_.stale_after);
  return first;
}

void DataSource::move_to(DataState to, std::string_view why, WallTime at, DataStep& step) {
  ENSURE(to != state_, "a change of state that changes nothing");
  step.changed = true;
  step.from = state_;
  step.to = to;
  step.why = why;
  state_ = to;
  since_ = at;
  retry_at_.reset();
  second_look_at_.reset();
}

void DataSource::fail(std::string_view why, WallTime at, DataStep& step) {
  if (is_up() && at - up_since_ >= limits_.stable_after) failures_ = 0;
  const Nanos backoff = next_backoff();
  ++failures_;
  move_to(DataState::waiting, why, at, step);
  retry_at_ = at + backoff;
}

// The first silence of a channel asks for its subscription again; the second, for a new connection.
void DataSource::judge_channels(WallTime at, DataStep& step) {
  for (auto& [symbol, channel] : channels_) {
    if (at < channel.fresh_at + *limits_.stale_after) continue;
    if (channel.resubscribed) {
      step.ask = DataAsk::close;
      fail("channel " + symbol.text() + " stayed silent after it was subscribed again", at, step);
      return;
    }
    channel.stale = channel.resubscribed = true;
    channel.fresh_at = at;
    step.channels.push_back(symbol);
  }
  if (step.channels.empty()) return;
  step.ask = DataAsk::resubscribe;
  step.why = "no row for " + span_in_ms(*limits_.stale_after) + " on " + list_of(step.channels);
  if (state_ == DataState::live) move_to(DataState::stale, std::string(step.why), at, step);
}

void DataSource::attempt(std::string_view why, WallTime at, DataStep& step) {
  move_to(DataState::connecting, why, at, step);
  step.ask = DataAsk::connect;
}

Nanos DataSource::next_backoff() {
  Nanos ceiling = limits_.backoff_base;
  for (std::uint32_t i = 0; i < std::min(failures_, kMaxDoublings) && ceiling < limits_.backoff_cap; ++i)
    ceiling *= 2;
  return Nanos(random_.between(0, std::min(ceiling, limits_.backoff_cap).count()));
}

}  // namespace s1mple
