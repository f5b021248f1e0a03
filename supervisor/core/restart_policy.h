// Decides what follows the end of an orchestrator: start at once, later, in another mode, wait, or park.
// Pure: no clock, no process, no log. DESIGN section 6, Restart and Ladder.
//
// Counting:  a death counts if it came before ready, or within stable_after of it without progress. Counted deaths
//            make the starts wait (full jitter) and lead to safe, then to parked. What an operator asked for,
//            a failed store (66) and a held lock (68) count nothing.
// Reserving: from a start until the run is stable one more death is remembered as if it had happened, so that
//            what is on disk is never too hopeful and no spawn waits for it.
// Invariant: never remembers more than kMaxDeaths deaths; safe and parked are left by clear() alone.
// Owner:     ServiceMachine. Loop thread only. Failure: none.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/enum_text.h"
#include "common/base/random.h"
#include "common/base/time.h"
#include "common/contract/exit_code.h"
#include "common/contract/link.h"
#include "supervisor/core/settings.h"

namespace s1mple {

// How a process ended; neither code nor signal: not known.
struct ExitStatus {
  std::optional<int> code;
  int signal = 0;
  bool dumped_core = false;
  friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};

struct Death {
  ExitStatus status;
  StartCause cause = StartCause::unknown;
  bool was_ready = false;
  Nanos ready_for{};
  bool progressed = false;  // a market event whose effects are durable
};

enum class LadderStep : std::uint8_t { normal, recovery, safe, parked };
inline constexpr EnumTexts<LadderStep, 4> kLadderStepTexts{{{LadderStep::normal, "normal"},
                                                           {LadderStep::recovery, "recovery"},
                                                           {LadderStep::safe, "safe"},
                                                           {LadderStep::parked, "parked"}}};
constexpr const auto& enum_texts(LadderStep) { return kLadderStepTexts; }

struct StartAt {
  Instant at;
};
struct WaitForLock {};
struct Park {
  std::string reason;
};
using NextStep = std::variant<StartAt, WaitForLock, Park>;

struct Verdict {
  NextStep next;
  bool counted = false;
  bool entered = false;  // safe or parked was entered by this death
};

// What is kept in supervisor.json.
struct RestartTally {
  std::string key;                // program and configuration; another key starts afresh
  LadderStep step = LadderStep::normal;
  std::string parked_reason;
  std::vector<Nanos> death_ages;  // counted deaths, oldest first, as of saving
  std::uint32_t safe_deaths = 0;
  bool reserved = false;
  bool after_store_failed = false;
  bool clean = false;             // nothing runs, and the last run ended as it was asked to
};

class RestartPolicy {
 public:
  static constexpr std::size_t kMaxDeaths = 256;

  RestartPolicy(const RestartSettings& settings, Random& random);

  void restore(const RestartTally& tally, Nanos age, Instant now);
  [[nodiscard]] RestartTally tally(Instant now) const;

  [[nodiscard]] LadderStep step() const { return step_; }
  [[nodiscard]] const std::string& parked_reason() const { return parked_reason_; }
  [[nodiscard]] bool after_store_failed() const { return after_store_failed_; }
  [[nodiscard]] std::size_t counted(Instant now) const;
  // How the next start runs; only for a step that starts.
  [[nodiscard]] StartMode mode() const;

  void on_start(Instant now);                       // reserves
  void on_adopt(bool reserved, Instant now);        // a start of an earlier supervisor; reserved: not yet stable
  void on_ready(Instant now);
  void on_stable();                                 // gives the reservation back
  [[nodiscard]] Verdict on_death(const Death& death, Instant now);
  void on_asked_end(const ExitStatus& status, Instant now);  // an end that an operator asked for; clean: it exited 0
  void park(std::string reason) { enter_parked(std::move(reason)); }
  void enter_safe();
  void take(const RestartSettings& settings) { settings_ = settings; }
  // One step up: parked -> safe -> recovery. False: nothing was latched.
  [[nodiscard]] bool clear();

 private:
  [[nodiscard]] bool counts(const Death& death) const;
  [[nodiscard]] Verdict after_store_failure(Instant now);
  [[nodiscard]] Verdict after_counted(Instant now);
  [[nodiscard]] Nanos backoff();
  void forget_old(Instant now);
  void end_of_run(Instant now);
  void enter_parked(std::string reason);

  RestartSettings settings_;
  Random& random_;
  LadderStep step_ = LadderStep::normal;
  std::string parked_reason_;
  std::deque<Instant> deaths_;
  std::uint32_t safe_deaths_ = 0;
  bool reserved_ = false;
  bool after_store_failed_ = false;
  bool store_retried_ = false;
  bool clean_ = false;
  std::optional<Instant> ready_mark_;  // being ready is paid out in forget_after from here on
  Instant last_start_{};
};

}  // namespace s1mple
