// CommitStats: how long the last commits took, for status and for `store drill`.
//
// A ring of kCommitWindow latencies; percentiles are found when asked for. Units: Nanos in, microseconds out.
// Thread: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/base/time.h"

namespace s1mple {

inline constexpr std::size_t kCommitWindow = 4096;

class CommitStats {
 public:
  void add(Nanos latency);
  [[nodiscard]] std::uint64_t commits() const { return commits_; }
  // 0 before the first commit; percent from 0 to 100.
  [[nodiscard]] std::int64_t percentile_us(unsigned percent) const;

 private:
  std::vector<Nanos> ring_;
  std::uint64_t commits_ = 0;
};

}  // namespace s1mple
