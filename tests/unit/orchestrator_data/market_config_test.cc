#include "common/contract/config.h"
#include "orchestrator/data/replay_config.h"
#include "orchestrator/data/synthetic_config.h"
#include "tests/support/catch.h"

using namespace s1mple;
using namespace s1mple::literals;

namespace {

template <class Config>
Result<Config> read(std::string_view text) {
  auto file = ConfigFile::parse(text, "f.toml");
  if (!file) return std::move(file).error();
  Config config;
  declare(*file, config);
  auto checked = file->finish(ConfigOwner::orchestrator);
  if (!checked) return std::move(checked).error();
  return config;
}

template <class Config>
std::string refusal(std::string_view text) {
  const auto read_config = read<Config>(text);
  return read_config ? "accepted" : read_config.error().story;
}

}  // namespace

TEST_CASE("synthetic config: without keys it is BTC/EUR at five rows a second") {
  const auto config = read<SyntheticConfig>("");
  REQUIRE(config.ok());
  CHECK(config->seed == 1);
  CHECK(config->rows_per_s == 5);
  REQUIRE(config->pairs.size() == 1);
  CHECK(config->pairs[0].symbol == Symbol("BTC/EUR"));
  CHECK(config->pairs[0].start_price.text() == "50000");
}

TEST_CASE("synthetic config: pairs are read in the order of the file") {
  const auto config = read<SyntheticConfig>(R"(
[synthetic]
seed = 7
rows_per_s = 2000
[[synthetic.pair]]
symbol = "ETH/EUR"
start_price = "3000"
typical_quantity = "0.5"
[[synthetic.pair]]
symbol = "BCH/EUR"
start_price = "90.5"
typical_quantity = "1"
)");
  if (!config) FAIL(config.error().story);
  REQUIRE(config->pairs.size() == 2);
  CHECK(config->pairs[0].symbol == Symbol("ETH/EUR"));
  CHECK(config->pairs[1].start_price.text() == "90.5");
  CHECK(config->rows_per_s == 2000);
}

TEST_CASE("synthetic config: what makes no sense is refused at its line") {
  struct Row {
    const char *text, *story;
  };
  const auto row = GENERATE(values<Row>({
      {"[synthetic]\nrows_per_s = 0\n", "f.toml:2: synthetic.rows_per_s: must be from 1 to 100000"},
      {"[synthetic]\nrows_per_s = 100001\n", "f.toml:2: synthetic.rows_per_s"},
      {"[synthetic]\nrate = 1\n",
       "f.toml:2: unknown key 'rate' in [synthetic]; allowed: pair, rows_per_s, seed, silence_after, silence_for"},
      {"[[synthetic.pair]]\nsymbol = \"A/B\"\nstart_price = 7\ntypical_quantity = \"1\"\n",
       "f.toml:3: synthetic.pair.start_price"},
      {"[[synthetic.pair]]\nsymbol = \"A/B\"\nstart_price = \"0\"\ntypical_quantity = \"1\"\n", "f.toml:3"},
      {"[[synthetic.pair]]\nsymbol = \"A/B\"\nstart_price = \"1\"\n",
       "f.toml:1: [synthetic.pair] needs the key 'typical_quantity'"},
      {"[[synthetic.pair]]\nsymbol = \"A/B\"\nstart_price = \"1\"\ntypical_quantity = \"1\"\n"
       "[[synthetic.pair]]\nsymbol = \"A/B\"\nstart_price = \"1\"\ntypical_quantity = \"1\"\n",
       "f.toml:6: synthetic.pair.symbol"},
  }));
  CAPTURE(row.text);
  CHECK_THAT(refusal<SyntheticConfig>(row.text), contains(row.story));
}

TEST_CASE("replay config: speed, bad lines and files are read") {
  const auto config = read<ReplayConfig>(R"(
[replay]
speed = "60"
on_bad_line = "skip"
[[replay.file]]
symbol = "BCH/EUR"
path = "BCHEUR.csv"
)");
  if (!config) FAIL(config.error().story);
  CHECK(config->speed == "60"_dec);
  CHECK(config->on_bad_line == OnBadLine::skip);
  REQUIRE(config->files.size() == 1);
  CHECK(config->files[0].path == "BCHEUR.csv");
}

TEST_CASE("replay config: without keys it is as fast as possible and stops at a bad line") {
  const auto config = read<ReplayConfig>("[replay]\nspeed = \"max\"\n");
  REQUIRE(config.ok());
  CHECK_FALSE(config->speed);
  CHECK(config->on_bad_line == OnBadLine::stop);
  CHECK(config->files.empty());
}

TEST_CASE("replay config: what makes no sense is refused at its line") {
  struct Row {
    const char *text, *story;
  };
  const auto row = GENERATE(values<Row>({
      {"[replay]\nspeed = \"fast\"\n", "f.toml:2: replay.speed: must be \"max\" or a factor"},
      {"[replay]\nspeed = \"0\"\n", "f.toml:2: replay.speed"},
      {"[replay]\nspeed = 60\n", "f.toml:2: replay.speed"},
      {"[replay]\non_bad_line = \"ignore\"\n", "must be one of stop, skip"},
      {"[[replay.file]]\nsymbol = \"A/B\"\n", "f.toml:1: [replay.file] needs the key 'path'"},
      {"[[replay.file]]\nsymbol = \"A/B\"\npath = \"a\"\n[[replay.file]]\nsymbol = \"A/B\"\npath = \"b\"\n",
       "f.toml:5"},
  }));
  CAPTURE(row.text);
  CHECK_THAT(refusal<ReplayConfig>(row.text), contains(row.story));
}

TEST_CASE("market config: every key is printed with its help") {
  auto printer = ConfigFile::printer();
  SyntheticConfig synthetic;
  ReplayConfig replay;
  declare(printer, synthetic);
  declare(printer, replay);
  for (const char* key : {"seed = 1", "rows_per_s = 5", "start_price = \"50000\"", "speed = \"max\"",
                          "on_bad_line = \"stop\"", "[[replay.file]]", "[[synthetic.pair]]"})
    CHECK_THAT(printer.printed(), contains(key));
}
