// What the live screen remembers between two answers: the equity curve, recent events, the last known books.
//
// The curve covers the whole time the screen is open: when it is full, neighbours are merged and the pace halves.
// Events come from `subscribe`, from the status (where it lists them) and from changes seen between two answers.
// All bounded. Owner: the screen's loop. Time is passed in. Thread: one owner.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "common/base/decimal.h"
#include "supervisor/client/status_model.h"

namespace s1mple::client {

class History {
 public:
  static constexpr std::size_t kSamplesMax = 1024;
  static constexpr std::size_t kEventsMax = 100;

  void observe(const StatusModel& model, WallTime now);
  void add(EventView event, WallTime now);

  // Oldest first.
  [[nodiscard]] const std::vector<Decimal>& equity() const { return samples_; }
  [[nodiscard]] std::optional<WallTime> equity_since() const { return since_; }
  // Newest first.
  [[nodiscard]] const std::deque<EventView>& events() const { return events_; }
  // The last answer that had an orchestrator, and when that was; what stays readable while none runs.
  [[nodiscard]] const std::optional<OrchestratorView>& last_known() const { return last_known_; }
  [[nodiscard]] std::optional<WallTime> last_known_at() const { return last_known_at_; }

 private:
  void sample(const OrchestratorView& view, WallTime now);
  void note_changes(const StatusModel& model, WallTime now);
  [[nodiscard]] bool has(const EventView& event) const;

  std::vector<Decimal> samples_;
  std::optional<WallTime> since_;
  std::uint64_t pace_ = 1;  // answers per sample
  std::uint64_t seen_ = 0;
  std::deque<EventView> events_;
  std::optional<OrchestratorView> last_known_;
  std::optional<WallTime> last_known_at_;
  std::string state_, phase_;
  std::optional<std::int64_t> pid_;
  bool observed_ = false;
};

}  // namespace s1mple::client
