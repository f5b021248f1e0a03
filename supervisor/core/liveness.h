// Decides whether the orchestrator lives: asks, counts what is not answered, and says when it is hung.
// Pure: no clock, no process, no log. DESIGN section 6, Liveness.
//
// Before ready the verdict is by progress: none for startup_progress_timeout, less our own lateness. After it: lost
//            is lost_pings unanswered in a row, counted as beats; a beat in which we ourselves came late is not
//            counted, so that an overloaded or suspended machine is no hang.
// Answers:   only the number and nonce that were asked count, once each; another instance's is ignored, a repeated
//            or unasked one is a fault that proves nothing.
// Units:     Nanos. Owner: ServiceMachine, one per run. Loop thread only. Failure: none.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "common/base/enum_text.h"
#include "common/base/random.h"
#include "common/base/time.h"
#include "common/contract/health.h"
#include "supervisor/core/settings.h"

namespace s1mple {

enum class PongKind : std::uint8_t { valid, other_instance, fault };

// What has come due.
struct Beat {
  bool ask = false;      // send a ping with `number` and `nonce`
  std::uint64_t number = 0;
  std::uint64_t nonce = 0;
  bool suspect = false;  // half of the deadline has passed: collect evidence, once for each suspicion
  bool hung = false;     // once for each suspicion
  std::string why;       // with hung
};

class Liveness {
 public:
  static constexpr std::size_t kMaxOutstanding = 64;

  Liveness(const LivenessSettings& settings, std::string instance, Random& random, Instant now);

  void on_hello(Instant now);                          // from here on it is asked
  // Progress is a change: the same phase and count again prove nothing.
  void on_progress(std::string_view phase, std::uint64_t done, Instant now);
  void on_ready(Instant now);
  [[nodiscard]] PongKind on_pong(std::string_view instance, std::uint64_t number, std::uint64_t nonce, Instant now);
  // While it is being ended, it is asked but not judged.
  void stop_judging() { judging_ = false; }
  // The verdict was put off (a debugger): suspicion starts again.
  void pardon(Instant now);

  // A reload: what was missed so far stays missed, the next question comes no later than the new interval says.
  void take(const LivenessSettings& settings, Instant now);

  [[nodiscard]] Beat on_wake(Instant now);
  [[nodiscard]] Instant wake_at() const;
  [[nodiscard]] std::int64_t missed() const { return missed_; }

 private:
  struct Asked {
    std::uint64_t number;
    std::uint64_t nonce;
  };
  void lived(Instant now);
  void judge_progress(Instant now, Beat& beat);
  void judge_beat(bool late, Beat& beat);
  [[nodiscard]] Nanos late_after() const { return settings_.ping_interval / 2; }

  LivenessSettings settings_;
  std::string instance_;
  Random& random_;
  bool asking_ = false;
  bool ready_ = false;
  bool judging_ = true;
  bool suspected_ = false;
  bool condemned_ = false;
  Instant next_beat_;
  Instant progress_at_;
  Nanos own_lateness_{};  // since progress_at_
  std::string phase_;
  std::uint64_t done_ = 0;
  std::uint64_t number_ = 0;
  std::int64_t missed_ = 0;
  bool answered_since_beat_ = true;
  std::deque<Asked> outstanding_;
};

}  // namespace s1mple
