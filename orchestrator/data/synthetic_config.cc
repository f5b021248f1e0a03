#include "orchestrator/data/synthetic_config.h"

#include <algorithm>

#include "common/contract/config.h"

namespace s1mple {

using namespace literals;

namespace {

void declare_pair(ConfigFields& fields, SyntheticConfig& config) {
  SyntheticPair pair = default_synthetic_pair();
  std::string symbol = pair.symbol.text();
  fields.text("symbol", symbol, "a configured instrument");
  fields.amount("start_price", pair.start_price.value, "0.0000000001"_dec, "1000000000000"_dec,
                "price that the market moves around, in quote per base");
  fields.amount("typical_quantity", pair.typical_quantity.value, "0.0000000001"_dec, "1000000000000"_dec,
                "size of an ordinary row, in base");
  for (const char* key : {"symbol", "start_price", "typical_quantity"}) fields.require(key);
  pair.symbol = Symbol(symbol);
  const auto same = [&](const SyntheticPair& other) { return other.symbol == pair.symbol; };
  if (std::any_of(config.pairs.begin(), config.pairs.end(), same))
    fields.refuse("symbol", "there is a [[synthetic.pair]] of this symbol already");
  config.pairs.push_back(std::move(pair));
}

}  // namespace

SyntheticPair default_synthetic_pair() {
  return {Symbol("BTC/EUR"), Price("50000"_dec), Quantity("0.05"_dec)};
}

void declare(ConfigFile& file, SyntheticConfig& config) {
  file.table("synthetic", "The invented market of data kind `synthetic`: orchestrator/data/SYNTHETIC.md.",
             [&](ConfigFields& fields) {
               fields.whole("seed", config.seed, 0, 1'000'000'000, "the same seed is the same market");
               fields.whole("rows_per_s", config.rows_per_s, 1, SyntheticConfig::kMaxRowsPerSecond,
                            "trades of each pair in a second of market time, on average");
               fields.span("silence_after", config.silence_after, 0s, 24h,
                           "a drill: so long after each start the line to the market falls silent; 0s: never");
               fields.span("silence_for", config.silence_for, 100ms, 24h, "and so long it stays silent");
             });
  config.pairs.clear();
  file.each_table("synthetic.pair", "A pair of the invented market; without any, BTC/EUR around 50000.",
                  [&](ConfigFields& fields) { declare_pair(fields, config); });
  if (config.pairs.empty()) config.pairs.push_back(default_synthetic_pair());
}

}  // namespace s1mple
