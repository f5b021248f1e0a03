// Rounds: when the venue is read, one round of reads at a time, and what a failed one means.
//
// A round is wanted by a start, a reconnect, an operator, a probe of the breaker, missing evidence, or the
// clock. A failed one is repeated with full jitter, U(0, min(cap, base * 2^n)); missing evidence is looked up
// with growing pauses.
// Owner: the engine; borrows recorder and random. Thread: loop. Errors: a failed round is an outcome, never
// an absence.
#pragma once

#include <optional>
#include <string>

#include "common/base/random.h"
#include "orchestrator/execution/execution_config.h"
#include "orchestrator/execution/recorder.h"
#include "orchestrator/execution/venue_reads.h"

namespace s1mple {

// By importance.
enum class RoundTrigger : std::uint8_t { start = 1, reconnect, operator_asked, probe, lookup, periodic };
inline constexpr EnumTexts<RoundTrigger, 6> kRoundTriggerTexts{{{RoundTrigger::start, "start"},
                                                                {RoundTrigger::reconnect, "reconnect"},
                                                                {RoundTrigger::operator_asked, "operator"},
                                                                {RoundTrigger::probe, "probe"},
                                                                {RoundTrigger::lookup, "lookup"},
                                                                {RoundTrigger::periodic, "periodic"}}};
constexpr const auto& enum_texts(RoundTrigger) { return kRoundTriggerTexts; }

enum class RoundOutcome : std::uint8_t { none, view_ready, failed };

class Rounds {
 public:
  Rounds(Recorder& recorder, const ReconciliationConfig& config, Random& random)
      : recorder_(recorder), config_(config), random_(random) {}

  void want(RoundTrigger trigger, Nanos delay = {});
  // Evidence is still missing: growing pauses.
  void want_again(RoundTrigger trigger, std::optional<WallTime> not_before);
  void forget_pauses() { pauses_ = 0; }
  void restart(RoundTrigger trigger);  // what is being read is worth nothing any more
  // Begins what is due; wide: reach back to the oldest working order.
  [[nodiscard]] RoundOutcome tick(bool wide);
  [[nodiscard]] RoundOutcome on(const QueryAnswer& answer);

  [[nodiscard]] bool is_reading() const { return reads_.is_reading(); }
  [[nodiscard]] bool is_wanted() const { return wanted_.has_value(); }
  [[nodiscard]] RoundTrigger trigger() const { return trigger_; }  // of the round that runs or ended last
  [[nodiscard]] const std::string& failure() const { return reads_.failure(); }
  [[nodiscard]] std::uint32_t failures() const { return failures_; }  // in a row
  [[nodiscard]] const VenueReads& reads() const { return reads_; }
  [[nodiscard]] VenueView take_view() { return reads_.take_view(); }
  [[nodiscard]] std::optional<WallTime> wake_at() const;

 private:
  struct Wanted {
    RoundTrigger trigger = RoundTrigger::periodic;
    WallTime at;
  };
  [[nodiscard]] RoundOutcome judge(VenueReads::Progress progress);
  [[nodiscard]] WallTime reach_back(bool wide) const;
  [[nodiscard]] Nanos jitter(Nanos base, std::uint32_t exponent);
  void begin(bool wide);

  Recorder& recorder_;
  const ReconciliationConfig& config_;
  Random& random_;
  VenueReads reads_;
  RoundTrigger trigger_ = RoundTrigger::start;
  std::optional<Wanted> wanted_;
  std::optional<WallTime> periodic_at_;
  std::uint32_t failures_ = 0;
  std::uint32_t pauses_ = 0;
};

}  // namespace s1mple
