// [synthetic]: the keys of the invented market. What they do is described in SYNTHETIC.md.
//
// Units: Price in quote per base, Quantity in base. Thread: plain values.
// Errors: values out of range are refused by the config reader, with file and line.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/time.h"
#include "orchestrator/domain/amounts.h"
#include "orchestrator/domain/names.h"

namespace s1mple {

class ConfigFile;

struct SyntheticPair {
  Symbol symbol;
  Price start_price;          // the price moves around it and comes back to it
  Quantity typical_quantity;  // of one row
};

struct SyntheticConfig {
  static constexpr std::int64_t kMaxRowsPerSecond = 100'000;
  std::int64_t seed = 1;
  std::int64_t rows_per_s = 5;       // of each pair, on average, in market time
  // A drill of the breaker: so long after each start the line says nothing for so long. 0: never.
  Nanos silence_after{};
  Nanos silence_for = 1min;
  std::vector<SyntheticPair> pairs;  // never empty once declared: without a table, the default pair
};

[[nodiscard]] SyntheticPair default_synthetic_pair();  // BTC/EUR around 50000

// [synthetic] and every [[synthetic.pair]].
void declare(ConfigFile& file, SyntheticConfig& config);

}  // namespace s1mple
