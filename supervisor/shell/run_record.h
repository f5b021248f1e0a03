// What is remembered of one run of the orchestrator, to tell people and the next run about it.
//
// Health for status, the last beats and the evidence for the crash report. Bounded: kBeats beats, kEvidence looks.
// Thread: plain value. Units: in the names.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "common/base/json.h"
#include "common/base/time.h"
#include "common/contract/link.h"
#include "common/os/child.h"
#include "supervisor/core/service_events.h"

namespace s1mple {

struct RunRecord {
  static constexpr std::size_t kBeats = 16;
  static constexpr std::size_t kEvidence = 4;

  struct BeatSeen {
    WallTime at;
    std::uint64_t number;
    HealthCounters counters;
  };

  std::int64_t pid = 0;
  StartMode mode = StartMode::normal;
  std::uint32_t attempt = 0;
  Instant started{};
  std::string version;                 // from hello
  std::optional<std::uint64_t> epoch;
  link::Progress progress;
  std::string environment;             // from the first answer; before it, that of the run before
  std::string health_json;  // unchecked, see link::Pong
  std::optional<WallTime> health_at;
  std::deque<BeatSeen> beats;
  std::deque<std::string> evidence;    // JSON objects
  std::string bye;

  void saw_pong(const link::Pong& pong, WallTime at);
  [[nodiscard]] std::string checked_health() const;  // an object; empty: none, or it is no JSON
  void saw_process(pid_t process, WallTime at, std::int64_t missed);
};

// The item of `crashes`, and the whole report.
struct DeathRecord {
  std::uint64_t id = 0;
  WallTime at{};
  ChildExit exit;
  action::Report report;
  std::size_t counted_in_window = 0;
  LadderStep step = LadderStep::normal;
  Nanos uptime{};
};
[[nodiscard]] std::string death_summary(const DeathRecord& death, const RunRecord& run);
[[nodiscard]] std::string death_report(const DeathRecord& death, const RunRecord& run, const std::string& program,
                                       const std::string& config, const std::string& output_tail);

}  // namespace s1mple
