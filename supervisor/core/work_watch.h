// Alive is not working: tells from the counters of each answer whether the orchestrator gets anything done.
//
// queue:   events wait, and none is taken in, nothing is committed, no risk round is made.
// disk:    records wait to be durable, and no commit is seen.
// data:    the market is said to be live, and no market event comes.
// Time:    only that between two answers counts, and of it two ping intervals at most: neither our own lateness nor a
//          suspended machine makes anything stand still.
// Rule:    degraded first (told once, and when it is over), and only a queue or a disk that stands still for much
//          longer is a hang; no restart mends a market. Pure. Owner: ServiceMachine, one per run. Failure: none.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "common/base/enum_text.h"
#include "common/base/time.h"
#include "common/contract/health.h"
#include "supervisor/core/settings.h"

namespace s1mple {

enum class Standstill : std::uint8_t { queue, disk, data };
inline constexpr EnumTexts<Standstill, 3> kStandstillTexts{
    {{Standstill::queue, "queue"}, {Standstill::disk, "disk"}, {Standstill::data, "data"}}};
constexpr const auto& enum_texts(Standstill) { return kStandstillTexts; }

struct WorkSeen {
  std::vector<Standstill> begun;  // degraded from here on
  std::vector<Standstill> over;
  std::optional<Standstill> hung;  // once
};

class WorkWatch {
 public:
  explicit WorkWatch(const LivenessSettings& settings) : settings_(settings) {}

  [[nodiscard]] WorkSeen on_answer(const HealthCounters& counters, bool data_live, Instant now);
  [[nodiscard]] bool is_degraded(Standstill what) const { return of(what).told; }
  void take(const LivenessSettings& settings) { settings_ = settings; }

 private:
  struct Watched {
    Nanos still{};
    bool told = false;
    bool condemned = false;
  };
  [[nodiscard]] const Watched& of(Standstill what) const { return watched_[static_cast<std::size_t>(what)]; }
  void judge(Standstill what, bool still, Nanos span, WorkSeen& seen);

  LivenessSettings settings_;
  std::optional<Instant> last_;
  HealthCounters before_;
  std::array<Watched, 3> watched_;
};

// What a person is told about it.
[[nodiscard]] std::string story_of(Standstill what);

}  // namespace s1mple
