#include "orchestrator/data/synthetic_market.h"

#include <algorithm>

#include "common/base/json.h"

namespace s1mple {
namespace {

constexpr std::string_view kSyntheticKind = "synthetic";

void write_state(const Symbol& symbol, const SyntheticState& state, JsonWriter& out) {
  out.begin_object()
      .text("symbol", symbol.text())
      .number("time", to_unix_nanos(state.last))
      .number("offset", state.offset_ppb)
      .text("regime", to_text(state.regime))
      .number("rows_left", state.rows_left)
      .text("random", state.random.save())
      .end_object();
}

Result<SyntheticState> read_state(const JsonValue& json) {
  const auto time = json.int_at("time");
  if (!time) return time.error();
  const auto offset = json.int_at("offset");
  if (!offset) return offset.error();
  const auto regime_text = json.text_at("regime");
  if (!regime_text) return regime_text.error();
  const auto rows_left = json.int_at("rows_left");
  if (!rows_left) return rows_left.error();
  const auto random_text = json.text_at("random");
  if (!random_text) return random_text.error();
  const auto regime = parse_enum<Regime>(*regime_text);
  if (!regime)
    return Error{Errc::invalid, "regime '" + *regime_text + "' is none of " + allowed_texts<Regime>()};
  auto random = Random::restore(*random_text);
  if (!random) return std::move(random).error();
  if (*rows_left < 0 || *offset < -SyntheticProcess::kBound || *offset > SyntheticProcess::kBound)
    return Error{Errc::invalid, "offset or rows_left out of range"};
  return SyntheticState{from_unix_nanos(*time), *offset, *regime, *rows_left, *random};
}

Result<JsonValue> read_synthetic_position(const MarketCursor& cursor, std::size_t pairs) {
  auto json = JsonValue::parse(cursor.position);
  if (!json) return std::move(json).error();
  const auto kind = json->text_at("kind");
  if (!kind) return kind.error();
  if (*kind != kSyntheticKind)
    return Error{Errc::invalid, "it is of a market of kind '" + *kind + "', not synthetic"};
  const auto version = json->int_at("version");
  if (!version) return version.error();
  if (*version != SyntheticProcess::kVersion)
    return Error{Errc::unsupported, "it is of version " + std::to_string(*version) +
                                        " of the synthetic process; this is " +
                                        std::to_string(SyntheticProcess::kVersion)};
  auto list = json->at("pairs");
  if (!list) return list;
  if (!list->is_array() || list->size() != pairs)
    return Error{Errc::invalid, "it has another number of pairs than the configuration"};
  return list;
}

}  // namespace

Result<SyntheticMarket> SyntheticMarket::create(const SyntheticConfig& config,
                                                std::span<const Instrument> instruments, WallTime start) {
  const Nanos interval = Nanos(1s) / config.rows_per_s;
  std::vector<Pair> pairs;
  for (const auto& wanted : config.pairs) {
    const auto instrument =
        std::find_if(instruments.begin(), instruments.end(),
                     [&](const Instrument& known) { return known.symbol == wanted.symbol; });
    if (instrument == instruments.end())
      return Error{Errc::invalid,
                   "synthetic market: pair " + wanted.symbol.text() + " is no configured instrument"};
    SyntheticProcess process(*instrument, wanted.start_price, wanted.typical_quantity, interval);
    const SyntheticState state = process.begin(static_cast<std::uint64_t>(config.seed), start);
    pairs.push_back({process, wanted.symbol, state, state, {}});
    draw(pairs.back());
  }
  if (pairs.empty()) return Error{Errc::invalid, "synthetic market: no pair is configured"};
  return SyntheticMarket(std::move(pairs));
}

Result<const MarketTrade*> SyntheticMarket::peek() {
  Pair& pair = first();
  pair.next.row = row_ + 1;
  return &pair.next;
}

MarketTrade SyntheticMarket::take() {
  Pair& pair = first();
  MarketTrade trade = pair.next;
  trade.row = ++row_;
  pair.taken = pair.shown;
  draw(pair);
  return trade;
}

MarketCursor SyntheticMarket::cursor() const {
  JsonWriter out;
  out.begin_object()
      .text("kind", kSyntheticKind)
      .number("version", SyntheticProcess::kVersion)
      .key("pairs")
      .begin_array();
  for (const auto& pair : pairs_) write_state(pair.symbol, pair.taken, out);
  out.end_array().end_object();
  return {row_, out.take()};
}

Result<void> SyntheticMarket::restore(const MarketCursor& cursor) {
  const auto list = read_synthetic_position(cursor, pairs_.size());
  if (!list) return Error(list.error()).during("restore synthetic market");
  std::vector<Pair> pairs = pairs_;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const JsonValue saved = list->item(i);
    const auto symbol = saved.text_at("symbol");
    if (!symbol || *symbol != pairs[i].symbol.text())
      return Error{Errc::invalid, "restore synthetic market: pair " + std::to_string(i + 1) + " was '" +
                                      (symbol ? *symbol : "") + "', the configuration has " +
                                      pairs[i].symbol.text()};
    auto state = read_state(saved);
    if (!state) return std::move(state).error().during("restore synthetic market");
    pairs[i].taken = *state;
    draw(pairs[i]);
  }
  pairs_ = std::move(pairs);
  row_ = cursor.row;
  return {};
}

void SyntheticMarket::pause_until(WallTime time) {
  for (auto& pair : pairs_) {
    if (pair.taken.last >= time) continue;
    pair.taken.last = time;
    draw(pair);
  }
}

void SyntheticMarket::draw(Pair& pair) {
  pair.shown = pair.taken;
  pair.next = pair.process.step(pair.shown);
}

SyntheticMarket::Pair& SyntheticMarket::first() {
  return *std::min_element(pairs_.begin(), pairs_.end(),
                           [](const Pair& a, const Pair& b) { return a.next.time < b.next.time; });
}

}  // namespace s1mple
