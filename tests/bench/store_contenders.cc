#include "tests/bench/store_contenders.h"

#include <cstdio>
#include <cstdlib>

#include "common/os/clock.h"

namespace s1mple {

void give_up(const std::string& story) {
  std::fprintf(stderr, "bench_store: %s\n", story.c_str());
  std::exit(1);
}

DrillFigures BlockingContender::round(std::uint64_t group, Nanos time) {
  std::vector<Nanos> latencies;
  const Instant begun = clock_.now();
  Instant last = begun;
  while (last - begun < time) {
    commit(group);
    const Instant now = clock_.now();
    latencies.push_back(now - last);
    last = now;
  }
  return figures_of(std::move(latencies), last - begun);
}

std::string BlockingContender::next_key() {
  std::string key(8, '\0');
  std::uint64_t rest = ++key_;
  for (auto byte = key.rbegin(); byte != key.rend(); ++byte, rest >>= 8U) *byte = static_cast<char>(rest & 0xffU);
  return key;
}

const std::string& BlockingContender::record() {
  static const std::string bytes(kBenchRecordBytes, 'Z');
  return bytes;
}

}  // namespace s1mple
