#include "supervisor/client/history.h"

#include <algorithm>

namespace s1mple::client {

namespace {
constexpr Nanos kSameEvent = 2s;  // one event seen twice: told by subscribe, listed in the status, noticed between two answers
}

void History::observe(const StatusModel& model, WallTime now) {
  note_changes(model, now);
  if (!model.orchestrator) return;
  const auto& view = *model.orchestrator;
  for (auto it = view.events.rbegin(); it != view.events.rend(); ++it)
    add(*it, now);
  if (view.equity.empty() && view.positions.empty() && last_known_ && view.phase != "running") return;
  last_known_ = view;
  last_known_at_ = view.as_of.value_or(now);
  sample(view, now);
}

void History::sample(const OrchestratorView& view, WallTime now) {
  const auto equity = Decimal::parse(view.equity);
  if (!equity || seen_++ % pace_ != 0) return;
  if (!since_) since_ = now;
  samples_.push_back(*equity);
  if (samples_.size() < kSamplesMax) return;
  for (std::size_t i = 0; i < samples_.size() / 2; ++i) samples_[i] = samples_[2 * i + 1];
  samples_.resize(samples_.size() / 2);
  pace_ *= 2;
}

void History::note_changes(const StatusModel& model, WallTime now) {
  const auto& supervisor = model.supervisor;
  const auto pid = model.orchestrator ? model.orchestrator->pid : std::nullopt;
  const std::string phase = model.orchestrator ? model.orchestrator->phase : std::string();
  if (observed_) {
    if (supervisor.state != state_)
      add({supervisor.since.value_or(now), "state", state_ + " → " + supervisor.state, {}}, now);
    if (pid != pid_ && pid) add({now, "start", "orchestrator " + std::to_string(*pid) + " started", {}}, now);
    if (pid != pid_ && pid_) add({now, "death", "orchestrator " + std::to_string(*pid_) + " ended", {}}, now);
    if (pid == pid_ && phase != phase_ && !phase.empty()) add({now, "phase", phase_ + " → " + phase, {}}, now);
  }
  observed_ = true;
  state_ = supervisor.state;
  pid_ = pid;
  phase_ = phase;
}

bool History::has(const EventView& event) const {
  return std::any_of(events_.begin(), events_.end(), [&event](const EventView& known) {
    return known.at == event.at && known.text == event.text;
  });
}

void History::add(EventView event, WallTime now) {
  if (!event.at) event.at = now;
  const bool repeats = event.kind == "fill" || event.kind == "order";  // equal ones are different events
  if (!repeats && has(event)) return;
  const auto close = [&event](const EventView& known) {
    const Nanos apart = *known.at > *event.at ? *known.at - *event.at : *event.at - *known.at;
    return known.kind == event.kind && apart < kSameEvent &&
           (known.text.starts_with(event.text) || event.text.starts_with(known.text));
  };
  const auto twin = repeats ? events_.end() : std::find_if(events_.begin(), events_.end(), close);
  if (twin != events_.end()) {
    if (event.text.size() > twin->text.size()) *twin = std::move(event);  // the fuller account stays
    return;
  }
  const auto place = std::find_if(events_.begin(), events_.end(),
                                  [&event](const EventView& known) { return *known.at <= *event.at; });
  events_.insert(place, std::move(event));
  if (events_.size() > kEventsMax) events_.pop_back();
}

}  // namespace s1mple::client
