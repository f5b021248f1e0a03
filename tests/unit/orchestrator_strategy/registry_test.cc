#include "orchestrator/strategy/registry.h"

#include "common/contract/config.h"
#include "tests/support/catch.h"
#include "tests/support/fake_strategy_context.h"

using namespace s1mple;

namespace {

struct Read {
  std::vector<StrategySetup> setups;
  std::string refusal;
};

Read read(const std::string& text) {
  auto file = ConfigFile::parse(text, "f.toml");
  REQUIRE(file.ok());
  Read result;
  const std::vector instruments{btc_eur()};
  read_strategies(*file, instruments, result.setups);
  const auto finished = file->finish(ConfigOwner::orchestrator);
  if (!finished) result.refusal = finished.error().story;
  return result;
}

std::string table(const std::string& kind, const std::string& keys = "", const std::string& name = "first") {
  return "[[strategy]]\nname = \"" + name + "\"\nkind = \"" + kind + "\"\nsymbol = \"BTC/EUR\"\n" + keys;
}

}  // namespace

TEST_CASE("registry: every kind is made from its defaults, saves itself and is restored") {
  REQUIRE_FALSE(strategy_kinds().empty());
  for (const auto& kind : strategy_kinds()) {
    CAPTURE(kind.kind);
    CHECK_FALSE(kind.summary.empty());
    const Read result = read(table(std::string(kind.kind)));
    CHECK(result.refusal == "");
    REQUIRE(result.setups.size() == 1);
    CHECK(result.setups[0].name.text() == "first");
    CHECK(result.setups[0].kind == kind.kind);
    const auto strategy = result.setups[0].make();
    JsonWriter out;
    strategy->save(out);
    CHECK(result.setups[0].make()->restore(JsonValue::parse(out.str()).value()).ok());
  }
}

TEST_CASE("registry: what a kind prints about itself is read as its defaults") {
  for (const auto& kind : strategy_kinds()) {
    const std::string printed = describe_kind(kind.kind);
    CAPTURE(printed);
    CHECK_THAT(printed, contains(std::string(kind.summary)));
    const Read result = read(printed);
    CHECK(result.refusal == "");
    CHECK(result.setups.size() == 1);
  }
  CHECK(describe_kind("nothing") == "");
}

TEST_CASE("registry: strategies stand in the order of the file") {
  const Read result = read(table("grid", "levels = 2\n", "b") + table("ema_cross", "fast = 3\n", "a"));
  CHECK(result.refusal == "");
  REQUIRE(result.setups.size() == 2);
  CHECK(result.setups[0].name.text() == "b");
  CHECK(result.setups[1].kind == "ema_cross");
}

TEST_CASE("registry: what makes no sense is refused with its line and what would be right") {
  struct Row {
    std::string text;
    const char* story;
  };
  const auto row = GENERATE(values<Row>({
      {table("martingale"), "f.toml:3: strategy.kind: must be one of ema_cross, grid, not 'martingale'"},
      {"[[strategy]]\nkind = \"grid\"\nsymbol = \"BTC/EUR\"\n", "f.toml:1: [strategy] needs the key 'name'"},
      {"[[strategy]]\nname = \"a\"\nsymbol = \"BTC/EUR\"\n", "f.toml:1: [strategy] needs the key 'kind'"},
      {"[[strategy]]\nname = \"a\"\nkind = \"grid\"\n", "f.toml:1: [strategy] needs the key 'symbol'"},
      {"[[strategy]]\nname = \"A b\"\nkind = \"grid\"\nsymbol = \"BTC/EUR\"\n",
       "f.toml:2: strategy.name: must be 1 to 32 of"},
      {"[[strategy]]\nname = \"a\"\nkind = \"grid\"\nsymbol = \"DOGE/EUR\"\n",
       "f.toml:4: strategy.symbol: 'DOGE/EUR' is no configured"},
      {table("grid") + table("grid"), "f.toml:6: strategy.name: there is a strategy of this name already"},
      {table("grid", "fast = 3\n"),
       "f.toml:5: unknown key 'fast' in [strategy]; allowed: kind, levels, name, quantity"},
      {table("ema_cross", "levels = 3\n") + table("grid", "", "b"), "f.toml:5: unknown key 'levels'"},
      {table("ema_cross", "fast = 20\nslow = 20\n"), "f.toml:5: strategy.fast: must be below `slow` (20)"},
      {table("ema_cross", "fast = \"3\"\n"),
       "f.toml:5: strategy.fast: must be a whole number from 1 to 1000"},
      {table("ema_cross", "quantity = 0.01\n"),
       "f.toml:5: strategy.quantity: amounts are quoted text: write \"0.01\""},
      {table("ema_cross", "quantity = \"-1\"\n"), "f.toml:5: strategy.quantity: must be from"},
      {table("ema_cross", "quantity = \"0.00001\"\n"),
       "f.toml:5: strategy.quantity: must be at least BTC/EUR's smallest order \"0.0001\""},
      {table("grid", "quantity = \"0.123456789\"\n"),
       "f.toml:5: strategy.quantity: must be a multiple of BTC/EUR's quantity step"},
      {table("ema_cross", "stop_distance = \"0.6\"\n"),
       "f.toml:5: strategy.stop_distance: must be from \"0.0001\" to \"0.5\""},
      {table("ema_cross", "entry = \"twap\"\n"), "must be one of market, limit"},
      {table("ema_cross", "bar = 60\n"), "f.toml:5: strategy.bar: must be a quoted span"},
      {table("grid", "levels = 21\n"), "f.toml:5: strategy.levels: must be from 1 to 20"},
      {table("grid", "levels = 2\nstart_levels = 3\n"),
       "f.toml:6: strategy.start_levels: must be at most `levels` (2)"},
      {table("grid", "levels = 10\nspacing = \"0.1\"\n"), "f.toml:6: strategy.spacing: levels times spacing"},
  }));
  CAPTURE(row.text);
  CHECK_THAT(read(row.text).refusal, contains(row.story));
}
