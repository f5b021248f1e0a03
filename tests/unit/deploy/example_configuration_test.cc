// deploy/paper.toml is where people learn what can be configured: every key that either program declares stands in it,
// with its default, set or as #key = value.
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "orchestrator/environment/configuration.h"
#include "supervisor/core/settings.h"
#include "tests/support/catch.h"

using namespace s1mple;

namespace {

using Keys = std::map<std::string, std::string>;   // "supervisor.restart.window" -> "\"10m\""

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The keys of a text in the form that the printers write: one key a line, the first value of each counts.
Keys keys_of(const std::string& text, std::string table = "") {
  Keys keys;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.size() > 1 && line[0] == '#' && line[1] != ' ') line.erase(0, 1);
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '[') {
      const auto begin = line.find_first_not_of('[');
      table = line.substr(begin, line.find(']') - begin);
      continue;
    }
    const auto equals = line.find(" = ");
    REQUIRE(equals != std::string::npos);
    keys.emplace(table + "." + line.substr(0, equals), line.substr(equals + 3));
  }
  return keys;
}

Keys declared_keys() {
  Keys keys = keys_of(printed_settings());
  keys.merge(keys_of(print_configuration()));
  for (const StrategyKind& kind : strategy_kinds()) keys.merge(keys_of(describe_kind(kind.kind), "strategy"));
  return keys;
}

// Examples, not defaults: what trades has to be said.
const std::set<std::string> kExamples{"instrument.symbol", "strategy.name",       "strategy.kind",
                                      "strategy.symbol",   "replay.file.symbol", "replay.file.path"};

}  // namespace

TEST_CASE("deploy: the example configuration has every key of both programs, with its default") {
  const Keys shown = keys_of(read_text(S1MPLE_DEPLOY "/paper.toml"));
  const Keys declared = declared_keys();
  REQUIRE(declared.size() > 80);
  for (const auto& [key, value] : declared) {
    INFO(key);
    REQUIRE(shown.contains(key));
    if (!kExamples.contains(key)) CHECK(shown.at(key) == value);
  }
  for (const auto& [key, value] : shown) {
    INFO(key << " is declared by neither program");
    CHECK(declared.contains(key));
  }
}

TEST_CASE("deploy: the example configurations are accepted by both programs") {
  for (const char* name : {"paper.toml", "replay.toml"}) {
    const std::string text = read_text(std::string(S1MPLE_DEPLOY "/") + name);
    const auto settings = read_settings(text, name);
    INFO((settings ? "" : settings.error().story));
    CHECK(settings);
    const auto configuration = read_configuration(text, name);
    INFO((configuration ? "" : configuration.error().story));
    CHECK(configuration);
  }
}
