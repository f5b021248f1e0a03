#include "orchestrator/environment/paper_environment.h"

#include <algorithm>
#include <utility>

#include "orchestrator/venue/paper/paper_codec.h"

namespace s1mple {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

// span / speed: how long a stretch of market time takes for a person who watches.
Nanos real_span(Nanos market, Decimal speed) {
  const auto quotient = Decimal::checked_divide(Decimal::from_int(market.count()), speed, Rounding::floor);
  const Int128 nanos = quotient ? quotient->units() / (Int128(kNanosPerSecond) * kNanosPerSecond) : 0;
  return Nanos(static_cast<std::int64_t>(std::min<Int128>(nanos, INT64_MAX / 4)));
}

}  // namespace

PaperEnvironment::PaperEnvironment(Parts parts) : parts_(std::move(parts)) {}

Result<void> PaperEnvironment::open(Random& random) {
  const MarketCursor exchange = parts_.exchange.cursor();
  const bool replay = parts_.pace.lock_step;
  const MarketCursor from = replay && parts_.seen.row < exchange.row ? parts_.seen : exchange;
  if (from.row > 0)
    if (auto restored = parts_.source.restore(from); !restored)
      return std::move(restored).error().during("find the place in the market data");

  const WallTime last = parts_.books.market().time;
  const WallTime wall = parts_.clock.wall();
  anchor_real_ = parts_.clock.now();
  anchor_market_ = std::max(wall, last);
  catch_up_until_ = from.row == 0 ? WallTime{} : std::min(anchor_market_, last + parts_.pace.max_catch_up);
  next_heartbeat_ = anchor_real_;
  next_write_ = anchor_real_ + kWriteCursor;
  if (replay) {
    auto row = parts_.source.peek();
    if (!row) return std::move(row).error().during("read the first row");
    const WallTime first = *row && from.row == 0 ? (*row)->time : last;
    time_ = std::max({first, parts_.books.latest(), parts_.seen_time});
  }
  take(parts_.exchange.open(random, replay ? time_ : anchor_market_), false);
  return {};
}

Result<bool> PaperEnvironment::catch_up() {
  for (int rows = 0; rows < kRowsPerTurn; ++rows) {
    auto row = parts_.source.peek();
    if (!row) return std::move(row).error().during("catch up with the market");
    const bool due = *row && (parts_.pace.lock_step ? (*row)->row <= parts_.seen.row : (*row)->time <= catch_up_until_);
    if (!due) {
      if (!parts_.pace.lock_step && catch_up_until_ < anchor_market_) parts_.pause_until(anchor_market_);
      return true;
    }
    play(false);
  }
  return false;
}

void PaperEnvironment::connect() {
  connected_ = true;
  connected_at_ = parts_.clock.now();
}

bool PaperEnvironment::is_silent() const {
  const Nanos up = parts_.clock.now() - connected_at_;
  return parts_.pace.silence_after > Nanos{} && up >= parts_.pace.silence_after &&
         up < parts_.pace.silence_after + parts_.pace.silence_for;
}

WallTime PaperEnvironment::now() const {
  if (parts_.pace.lock_step) return time_;
  return anchor_market_ + (parts_.clock.now() - anchor_real_);
}

void PaperEnvironment::perform(const SendOrder& request) { take(parts_.exchange.on_request(request, parts_.epoch, now())); }
void PaperEnvironment::perform(const SendCancel& request) { take(parts_.exchange.on_request(request, parts_.epoch, now())); }
void PaperEnvironment::perform(const AskVenue& request) { take(parts_.exchange.on_request(request, parts_.epoch, now())); }

// The line is up when asked for and needs no new subscription, except during a drill of its silence.
void PaperEnvironment::perform(const AskData& request) {
  if (is_silent()) {
    if (request.ask == DataAsk::connect) emit(DataLost{"the line is silent for a drill ([synthetic] silence_after)"});
    return;
  }
  if (request.ask == DataAsk::connect) emit(DataConnected{});
  emit(DataHeartbeat{});
}

void PaperEnvironment::take(PaperStep step, bool emit_events) {
  if (failed_) return;
  if (!step.facts.empty()) {
    encoded_.clear();
    encode(step.facts, encoded_);
    parts_.storage.submit(std::as_bytes(std::span(encoded_)));
  }
  if (!emit_events) return;
  for (EventBody& event : step.emissions) emit(std::move(event));
}

void PaperEnvironment::emit(EventBody event) { emissions_.push_back({parts_.storage.last_seq(), std::move(event)}); }

void PaperEnvironment::flush() {
  parts_.storage.flush();
  release();
}

void PaperEnvironment::release() {
  while (!emissions_.empty() && emissions_.front().barrier <= parts_.storage.durable_seq() && !failed_) {
    EventBody event = std::move(emissions_.front().event);
    emissions_.pop_front();
    parts_.listener->on_environment_event(std::move(event));
  }
}

// Null: the source has ended, or failed (which was told).
const MarketTrade* PaperEnvironment::peek() {
  if (failed_) return nullptr;
  auto row = parts_.source.peek();
  if (row) return *row;
  failed_ = true;
  parts_.listener->on_environment_failed(ExitCode::usage, row.error());
  return nullptr;
}

// Takes the row that was seen: fills first, then the row itself, each side only what it has not recorded.
void PaperEnvironment::play(bool emit_events) {
  MarketTrade trade = parts_.source.take();
  const MarketCursor cursor = parts_.source.cursor();
  if (parts_.on_row) parts_.on_row(trade);
  if (parts_.pace.lock_step) {
    trade.position = cursor.position;
    time_ = std::max(time_, trade.time);
  }
  const std::size_t told = emissions_.size();
  if (cursor.row > parts_.exchange.cursor().row) take(parts_.exchange.on_market(trade, cursor), emit_events);
  if (!emit_events || (parts_.pace.lock_step && trade.row <= parts_.seen.row)) return;
  if (parts_.pace.lock_step && emissions_.size() > told) held_ = std::move(trade);
  else if (!is_silent()) emit(std::move(trade));
}

bool PaperEnvironment::advance() {
  if (!connected_ || failed_) return true;
  for (const std::string& warning : parts_.source.take_warnings())
    parts_.listener->on_environment_warning(warning);
  if (parts_.pace.lock_step) return true;

  int rows = 0;
  const MarketTrade* row = peek();
  for (; row && row->time <= now() && rows < kRowsPerTurn; row = peek(), ++rows) play(true);
  const Instant real = parts_.clock.now();
  if (real >= next_heartbeat_) {
    next_heartbeat_ = real + parts_.pace.heartbeat;
    if (!is_silent()) emit(DataHeartbeat{});
  }
  if (real >= next_write_) {
    next_write_ = real + kWriteCursor;
    take(parts_.exchange.flush());
  }
  return rows < kRowsPerTurn;
}

std::optional<Instant> PaperEnvironment::wake_at() const {
  if (!connected_ || failed_ || ended_) return std::nullopt;
  if (parts_.pace.lock_step) return row_due_;
  auto row = parts_.source.peek();
  const Instant other = std::min(next_heartbeat_, next_write_);
  return row && *row ? std::min(other, due_at((*row)->time)) : other;
}

Instant PaperEnvironment::due_at(WallTime row) const {
  const Nanos ahead = row - anchor_market_;
  return anchor_real_ + (parts_.pace.lock_step ? real_span(ahead, parts_.pace.speed) : ahead);
}

std::optional<WallTime> PaperEnvironment::next_at() {
  if (held_) return time_;
  const MarketTrade* row = peek();
  if (!row) {
    if (!failed_ && !std::exchange(ended_, true)) emit(DataEnded{});
    return std::nullopt;
  }
  if (parts_.pace.speed.is_positive()) {
    if (!std::exchange(is_anchored_, true)) {
      anchor_market_ = row->time;
      anchor_real_ = parts_.clock.now();
    }
    row_due_ = due_at(row->time);
    if (*row_due_ > parts_.clock.now()) return std::nullopt;
    row_due_.reset();
  }
  return std::max(row->time, time_);
}

bool PaperEnvironment::next_has_effects() {
  if (held_) return false;
  const MarketTrade* row = peek();
  if (!row || row->row <= parts_.exchange.cursor().row) return false;
  return parts_.exchange.would_trade(*row);
}

void PaperEnvironment::play_next() {
  if (held_) emit(*std::exchange(held_, std::nullopt));
  else if (peek()) play(true);
}

void PaperEnvironment::move_time(WallTime time) { time_ = std::max(time_, time); }

void PaperEnvironment::close(std::function<void(Result<void>)> done) {
  connected_ = false;
  take(parts_.exchange.flush(), false);
  parts_.storage.flush();
  if (close_) close_(std::move(done));
  else done({});
}

void PaperEnvironment::on_durable(std::uint64_t) { release(); }

void PaperEnvironment::on_store_failed(const Error& error) {
  if (std::exchange(failed_, true)) return;
  emissions_.clear();
  parts_.listener->on_environment_failed(ExitCode::store_failed, error);
}

// The exchange shares the disk with the orchestrator's books, whose own watch speaks for both.
void PaperEnvironment::on_space(Space) {}

}  // namespace s1mple
