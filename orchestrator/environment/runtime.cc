#include "orchestrator/environment/runtime.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace s1mple {

Runtime::Runtime(Parts parts) : parts_(std::move(parts)) {}

// Engine time never runs backwards, whatever the clock or the books say.
WallTime Runtime::now() {
  latest_ = std::max(latest_, parts_.environment.now());
  return latest_;
}

void Runtime::start(StartInfo info) {
  ENSURE(!started_, "the runtime is started once");
  started_ = true;
  epoch_ = info.epoch;
  latest_ = parts_.environment.is_lock_step() ? parts_.environment.now() : parts_.books.latest();
  info.at = now();
  pumping_ = true;
  take(parts_.engine.start(info));
  pumping_ = false;
  pump();
}

void Runtime::post(EventBody event) {
  if (stopped_) return;
  inbox_.push_back(std::move(event));
  pump();
}

void Runtime::poll() {
  if (!started_ || stopped_) return;
  ++turns_;
  watch_disk();
  more_rows_ = !parts_.environment.advance();
  if (!parts_.environment.is_lock_step()) tick_if_due(now());
  pump();
}

void Runtime::tick_if_due(WallTime until) {
  const auto due = parts_.engine.wake_at();
  if (due && *due <= until) inbox_.push_back(Tick{});
}

std::optional<Instant> Runtime::wake_at() {
  const Instant real = parts_.clock.now();
  Instant earliest = real + kDiskCheck;
  if (more_rows_) return real;
  if (const auto row = parts_.environment.wake_at()) earliest = std::min(earliest, *row);
  if (!parts_.environment.is_lock_step())
    if (const auto due = parts_.engine.wake_at()) earliest = std::min(earliest, real + std::max(*due - now(), Nanos(0)));
  return earliest;
}

// Everything that is ready happens here, in order; calls from inside only queue.
void Runtime::pump() {
  if (pumping_ || stopped_) return;
  pumping_ = true;
  int rows = 0;
  more_rows_ = false;
  for (bool more = true; more;) {
    while (!inbox_.empty()) {
      EventBody event = std::move(inbox_.front());
      inbox_.pop_front();
      handle(std::move(event));
    }
    more = release();
    parts_.storage.flush();
    parts_.environment.flush();
    more = more || !inbox_.empty() || (!waiting_.empty() && waiting_.front().barrier <= parts_.storage.durable_seq() && !failed_);
    if (!more && started_ && parts_.environment.is_lock_step()) {
      more_rows_ = rows >= kRowsPerTurn;
      more = !more_rows_ && play_row();
      ++rows;
    }
  }
  pumping_ = false;
}

void Runtime::handle(EventBody event) {
  take(parts_.engine.on(Event{now(), std::move(event)}));
}

void Runtime::take(Step step) {
  if (!step.facts.empty() && !failed_) {
    submit(std::move(step.facts));
    submitted_.push_back({parts_.storage.last_seq(), parts_.engine.counters().market});
  }
  for (Action& action : step.actions) {
    if (step.without_barrier || failed_) perform(action);
    else waiting_.push_back({parts_.storage.last_seq(), std::move(action)});
  }
}

// One step is one record. Only a step larger than a record may be (thousands of orders that close at once) becomes
// several, handed over together; what follows waits for the last.
void Runtime::submit(Record facts) {
  encoded_.clear();
  encode(facts, encoded_);
  if (encoded_.size() <= parts_.storage.max_record_bytes() || facts.size() == 1) {
    parts_.storage.submit(std::as_bytes(std::span(encoded_)));
    return;
  }
  const auto middle = facts.begin() + static_cast<std::ptrdiff_t>(facts.size() / 2);
  Record second(std::make_move_iterator(middle), std::make_move_iterator(facts.end()));
  facts.erase(middle, facts.end());
  submit(std::move(facts));
  submit(std::move(second));
}

bool Runtime::release() {
  bool any = false;
  while (!waiting_.empty() && waiting_.front().barrier <= parts_.storage.durable_seq() && !failed_) {
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    if (const auto* action = std::get_if<Action>(&next.outward)) perform(*action);
    else status_ = std::get<KeepStatus>(next.outward).json;
    any = true;
  }
  return any;
}

void Runtime::perform(const Action& action) {
  if (const auto* order = std::get_if<SendOrder>(&action)) return send(*order);
  if (const auto* cancel = std::get_if<SendCancel>(&action)) {
    inbox_.push_back(RequestSent{cancel->client_id, RequestKind::cancelling});
    return parts_.environment.perform(*cancel);
  }
  if (const auto* query = std::get_if<AskVenue>(&action)) return parts_.environment.perform(*query);
  if (const auto* data = std::get_if<AskData>(&action)) return parts_.environment.perform(*data);
  parts_.outlet.perform(action);
}

void Runtime::send(const SendOrder& request) {
  const OrderIntent& intent = request.intent;
  if (intent.deadline - now() < kLeastTimeToSend) {
    OrderAnswer late;
    late.client_id = intent.client_id;
    late.answer = AnswerKind::not_sent;
    late.reason = "not_sent: its intent was durable too late for the deadline";
    inbox_.push_back(std::move(late));
    return;
  }
  inbox_.push_back(RequestSent{intent.client_id, RequestKind::adding});
  parts_.environment.perform(request);
}

bool Runtime::is_settled() {
  return started_ && inbox_.empty() && waiting_.empty() && parts_.engine.is_settled() && parts_.environment.is_quiet();
}

// One move of a lock-step world: a timer that comes first, or the next row. False: nothing may happen yet.
bool Runtime::play_row() {
  if (!is_settled()) {
    // The engine may ask for a turn of its own (the next report of several) at the time it is.
    const auto due = parts_.engine.wake_at();
    if (!due || *due > now() || !waiting_.empty() || !parts_.environment.is_quiet()) return false;
    inbox_.push_back(Tick{});
    return true;
  }
  const auto row = parts_.environment.next_at();
  if (!row) {
    parts_.environment.flush();   // it may have told the end
    return !inbox_.empty();
  }
  if (const auto due = parts_.engine.wake_at(); due && *due <= *row) {
    parts_.environment.move_time(std::max(*due, now()));
    inbox_.push_back(Tick{});
    return true;
  }
  if (parts_.environment.next_has_effects()) {
    take(parts_.engine.flush(now()));
    if (parts_.storage.durable_seq() < parts_.storage.last_seq()) {
      parts_.storage.flush();
      if (parts_.storage.durable_seq() < parts_.storage.last_seq()) return false;   // on_durable goes on here
    }
  }
  parts_.environment.play_next();
  return true;
}

void Runtime::on_durable(std::uint64_t seq) {
  while (!submitted_.empty() && submitted_.front().seq <= seq) {
    market_durable_ = submitted_.front().market;
    submitted_.pop_front();
  }
  pump();
}

void Runtime::on_store_failed(const Error& error) {
  if (failed_) return;
  failed_ = true;
  waiting_.clear();
  post(StoreFailed{error.story});
}

void Runtime::on_space(Space space) {
  switch (space) {
    case Space::ok: return post(DiskSpaceChanged{DiskSpace::ok});
    case Space::low: return post(DiskSpaceChanged{DiskSpace::low});
    case Space::out: return post(DiskSpaceChanged{DiskSpace::out});
  }
  ENSURE(false, "Space out of range");
}

void Runtime::on_environment_event(EventBody event) {
  inbox_.push_back(std::move(event));
  pump();
}

void Runtime::on_environment_warning(const std::string& text) {
  parts_.outlet.perform(WriteLog{LogLine(LogLevel::warning, "environment").with("text", text)});
}

// The world behind the environment is gone: nothing that waits may leave any more.
void Runtime::on_environment_failed(ExitCode code, const Error& error) {
  if (failed_) return;
  failed_ = true;
  waiting_.clear();
  parts_.outlet.perform(WriteLog{LogLine(LogLevel::critical, "environment_failed").with("story", error.story)});
  parts_.outlet.perform(Stop{code, error.story});
}

// Only time that we were there to see counts, so that a machine that was suspended in the middle of a sync is no disk
// that does not answer.
void Runtime::watch_disk() {
  const auto since = parts_.storage.status().oldest_unacknowledged_since;
  const Instant now = parts_.clock.now();
  const Nanos step = std::min(kDiskStep, now - std::exchange(looked_at_disk_, now));
  const bool same = since == sync_since_;
  sync_since_ = since;
  if (!since || failed_) {
    slow_told_ = false;
    return;
  }
  sync_waited_ = same ? sync_waited_ + step : std::min(kDiskStep, now - *since);
  const Nanos waiting = sync_waited_;
  if (waiting >= parts_.patience.deadline && parts_.abandon_store)
    return parts_.abandon_store(Error{Errc::timeout, "a sync has not returned for " + std::to_string(to_ms(waiting)) + " ms"});
  if (waiting >= parts_.patience.slow && !std::exchange(slow_told_, true)) post(DiskSlow{waiting});
}

HealthCounters Runtime::counters() const {
  HealthCounters counters = parts_.engine.counters();
  counters.market_durable = market_durable_;
  counters.commits = parts_.storage.status().commits;
  counters.loops = turns_;
  counters.queued = inbox_.size();
  counters.unsynced = parts_.storage.last_seq() - parts_.storage.durable_seq();
  return counters;
}

std::string Runtime::write_status() const {
  const StorageStatus store = parts_.storage.status();
  JsonWriter out;
  out.begin_object();
  out.number("epoch", epoch_);
  parts_.engine.write_status(out);
  out.key("store").begin_object();
  out.number("seq", store.seq).number("durable_seq", store.durable_seq).number("snapshot_seq", store.snapshot_seq);
  out.number("commit_p50_us", store.commit_p50_us).number("commit_p99_us", store.commit_p99_us);
  out.text("space", to_text(store.space));
  out.end_object();
  out.key("loop_lag_ms").decimal_number(Decimal::from_scaled(loop_lag_.count() / 1000, 3));
  out.end_object();
  return out.take();
}

const std::string& Runtime::durable_status() {
  if (!started_) return status_;
  const std::uint64_t barrier = parts_.storage.last_seq();
  if (parts_.storage.durable_seq() >= barrier) status_ = write_status();
  else if (!failed_) waiting_.push_back({barrier, KeepStatus{write_status()}});
  return status_;
}

}  // namespace s1mple
