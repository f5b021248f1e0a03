#include "supervisor/core/liveness.h"

#include <algorithm>

namespace s1mple {

Liveness::Liveness(const LivenessSettings& settings, std::string instance, Random& random, Instant now)
    : settings_(settings),
      instance_(std::move(instance)),
      random_(random),
      next_beat_(now + settings.ping_interval),
      progress_at_(now) {}

void Liveness::lived(Instant now) {
  progress_at_ = now;
  own_lateness_ = {};
  missed_ = 0;
  answered_since_beat_ = true;
  suspected_ = false;
  condemned_ = false;
}

void Liveness::on_hello(Instant now) {
  asking_ = true;
  next_beat_ = now;
  lived(now);
}

void Liveness::on_progress(std::string_view phase, std::uint64_t done, Instant now) {
  if (ready_ || (phase == phase_ && done == done_)) return;
  phase_ = phase;
  done_ = done;
  lived(now);
}

void Liveness::on_ready(Instant now) {
  ready_ = true;
  lived(now);
}

void Liveness::pardon(Instant now) { lived(now); }

PongKind Liveness::on_pong(std::string_view instance, std::uint64_t number, std::uint64_t nonce, Instant now) {
  if (instance != instance_) return PongKind::other_instance;
  const auto asked = std::find_if(outstanding_.begin(), outstanding_.end(),
                                  [&](const Asked& a) { return a.number == number && a.nonce == nonce; });
  if (asked == outstanding_.end()) return PongKind::fault;
  outstanding_.erase(asked);
  if (ready_) lived(now);
  return PongKind::valid;
}

// A beat ends without an answer: it counts, unless we came late to it ourselves.
void Liveness::judge_beat(bool late, Beat& beat) {
  if (answered_since_beat_ || late || !judging_) return;
  ++missed_;
  if (!suspected_ && missed_ * 2 >= settings_.lost_pings) {
    suspected_ = true;
    beat.suspect = true;
  }
  if (condemned_ || missed_ < settings_.lost_pings) return;
  condemned_ = true;
  beat.hung = true;
  beat.why = "no answer to " + std::to_string(missed_) + " pings in a row";
}

void Liveness::judge_progress(Instant now, Beat& beat) {
  if (ready_ || !judging_) return;
  const Nanos silent = now - progress_at_ - own_lateness_;
  if (!suspected_ && silent >= settings_.startup_progress_timeout / 2) {
    suspected_ = true;
    beat.suspect = true;
  }
  if (condemned_ || silent < settings_.startup_progress_timeout) return;
  condemned_ = true;
  beat.hung = true;
  beat.why = "no progress for " + std::to_string(to_ms(silent)) + " ms before ready";
}

Beat Liveness::on_wake(Instant now) {
  Beat beat;
  if (now < next_beat_) return beat;
  const Nanos lateness = now - next_beat_;
  const bool late = lateness > late_after();
  if (late) own_lateness_ += lateness;
  judge_progress(now, beat);
  if (ready_) judge_beat(late, beat);
  if (asking_) {
    beat.ask = true;
    beat.number = ++number_;
    beat.nonce = random_.next();
    outstanding_.push_back({beat.number, beat.nonce});
    if (outstanding_.size() > kMaxOutstanding) outstanding_.pop_front();
    answered_since_beat_ = false;
  }
  // Beats stay in step, so that four of them are four intervals; after an own delay they start anew.
  next_beat_ = late ? now + settings_.ping_interval : next_beat_ + settings_.ping_interval;
  return beat;
}

void Liveness::take(const LivenessSettings& settings, Instant now) {
  settings_ = settings;
  next_beat_ = std::min(next_beat_, now + settings.ping_interval);
}

Instant Liveness::wake_at() const { return next_beat_; }

}  // namespace s1mple
