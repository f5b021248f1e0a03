#include "orchestrator/state/commit_stats.h"

#include <algorithm>

namespace s1mple {

void CommitStats::add(Nanos latency) {
  if (ring_.size() < kCommitWindow)
    ring_.push_back(latency);
  else
    ring_[static_cast<std::size_t>(commits_ % kCommitWindow)] = latency;
  ++commits_;
}

std::int64_t CommitStats::percentile_us(unsigned percent) const {
  if (ring_.empty()) return 0;
  std::vector<Nanos> sorted = ring_;
  const std::size_t index = std::min(sorted.size() - 1, sorted.size() * percent / 100);
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(sorted.begin(), at, sorted.end());
  return at->count() / 1000;
}

}  // namespace s1mple
