#include "supervisor/core/work_watch.h"

#include <algorithm>

#include "common/base/ensure.h"

namespace s1mple {

std::string story_of(Standstill what) {
  switch (what) {
    case Standstill::queue: return "events wait in the orchestrator and none is taken in";
    case Standstill::disk: return "records wait for the disk and none becomes durable";
    case Standstill::data: return "the market is said to be live and no market event comes";
  }
  ENSURE(false, "standstill out of range");
}

WorkSeen WorkWatch::on_answer(const HealthCounters& counters, bool data_live, Instant now) {
  WorkSeen seen;
  const Nanos most = 2 * settings_.ping_interval;
  const Nanos span = last_ ? std::clamp(Nanos(now - *last_), Nanos{}, most) : Nanos{};
  const bool first = !last_;
  const bool no_commit = counters.commits == before_.commits;
  const bool no_market = counters.market == before_.market;
  const bool no_round = counters.risk_ticks == before_.risk_ticks;
  judge(Standstill::queue, !first && counters.queued > 0 && no_commit && no_market && no_round, span, seen);
  judge(Standstill::disk, !first && counters.unsynced > 0 && no_commit, span, seen);
  judge(Standstill::data, !first && data_live && no_market, span, seen);
  last_ = now;
  before_ = counters;
  return seen;
}

void WorkWatch::judge(Standstill what, bool still, Nanos span, WorkSeen& seen) {
  Watched& one = watched_[static_cast<std::size_t>(what)];
  if (!still) {
    if (one.told) seen.over.push_back(what);
    one = {};
    return;
  }
  one.still += span;
  const Nanos patience = what == Standstill::data ? settings_.frozen_after : settings_.stuck_after;
  if (!one.told && one.still >= patience) {
    one.told = true;
    seen.begun.push_back(what);
  }
  if (what == Standstill::data || one.condemned || one.still < patience + settings_.stuck_grace) return;
  one.condemned = true;
  seen.hung = what;
}

}  // namespace s1mple
