#include "orchestrator/strategy/registry.h"

#include <algorithm>
#include <array>

#include "common/contract/config.h"
#include "orchestrator/strategy/ema_cross.h"
#include "orchestrator/strategy/grid.h"

namespace s1mple {
namespace {

template <class Kind>
StrategyMaker read(ConfigFields& fields, const Symbol& symbol, const Instrument* instrument) {
  typename Kind::Config config;
  config.declare(fields, instrument);
  return [symbol, config] { return std::make_unique<Kind>(symbol, config); };
}

constexpr auto kKinds = std::to_array<StrategyKind>({
    {"ema_cross",
     "follows a trend: in when a fast average crosses above a slow one, with a stop at the exchange",
     read<EmaCross>},
    {"grid", "resting limit orders on both sides of a price: buys low, sells one step higher", read<Grid>},
});

std::string kind_names() {
  std::string all;
  for (const auto& kind : kKinds) all += (all.empty() ? "" : ", ") + std::string(kind.kind);
  return all;
}

const StrategyKind* find_kind(std::string_view name) {
  const auto found =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& kind) { return kind.kind == name; });
  return found == kKinds.end() ? nullptr : found;
}

const Instrument* find_instrument(std::span<const Instrument> instruments, const Symbol& symbol) {
  const auto found = std::find_if(instruments.begin(), instruments.end(),
                                  [&](const Instrument& instrument) { return instrument.symbol == symbol; });
  return found == instruments.end() ? nullptr : &*found;
}

// An instrument whose own symbol was refused may be the one that is meant.
bool all_named(std::span<const Instrument> instruments) {
  return std::none_of(instruments.begin(), instruments.end(), [](const Instrument& one) { return one.quote.empty(); });
}

std::string names_of(std::span<const Instrument> instruments) {
  std::string all;
  for (const Instrument& one : instruments) all += (all.empty() ? "" : ", ") + one.symbol.text();
  return all.empty() ? "none ([[instrument]])" : all;
}

// Names stand in order ids' records, in logs and in JSON; a plain word is never misread.
bool is_plain_name(std::string_view name) {
  constexpr std::size_t kMaxName = 32;
  return !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

void read_common(ConfigFields& fields, StrategySetup& setup) {
  fields.text("name", setup.name.value,
              "unique; owner of its orders and positions, so never renamed while it has any");
  fields.text("kind", setup.kind, kind_names());
  fields.text("symbol", setup.symbol.value, "a configured instrument");
  for (const char* key : {"name", "kind", "symbol"}) fields.require(key);
}

void read_one(ConfigFields& fields, std::span<const Instrument> instruments,
              std::vector<StrategySetup>& out) {
  StrategySetup setup;
  read_common(fields, setup);
  if (fields.has("name") && !is_plain_name(setup.name.text()))
    fields.refuse("name", "must be 1 to 32 of a-z, 0-9, '_' and '-'");
  if (std::any_of(out.begin(), out.end(), [&](const auto& other) { return other.name == setup.name; }))
    fields.refuse("name", "there is a strategy of this name already");
  const Instrument* instrument = find_instrument(instruments, setup.symbol);
  if (fields.has("symbol") && instrument == nullptr && all_named(instruments))
    fields.refuse("symbol", "'" + setup.symbol.text() + "' is no configured instrument; configured: " + names_of(instruments));
  const StrategyKind* kind = find_kind(setup.kind);
  if (kind == nullptr) {
    if (fields.has("kind"))
      fields.refuse("kind", "must be one of " + kind_names() + ", not '" + setup.kind + "'");
    return fields.pass_all();
  }
  setup.make = kind->read(fields, setup.symbol, instrument);
  out.push_back(std::move(setup));
}

}  // namespace

std::span<const StrategyKind> strategy_kinds() { return kKinds; }

void read_strategies(ConfigFile& file, std::span<const Instrument> instruments,
                     std::vector<StrategySetup>& out) {
  file.each_table("strategy", "What trades; any number of these.",
                  [&](ConfigFields& fields) { read_one(fields, instruments, out); });
}

std::string describe_kind(std::string_view name) {
  const StrategyKind* kind = find_kind(name);
  if (kind == nullptr) return "";
  auto printer = ConfigFile::printer();
  printer.each_table(
      "strategy", std::string(kind->kind) + ": " + std::string(kind->summary), [&](ConfigFields& fields) {
        StrategySetup setup{StrategyName(kind->kind), std::string(kind->kind), Symbol("BTC/EUR"), {}};
        read_common(fields, setup);
        (void)kind->read(fields, setup.symbol, nullptr);
      });
  return printer.printed();
}

}  // namespace s1mple
