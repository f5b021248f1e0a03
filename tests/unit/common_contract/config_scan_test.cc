#include "common/contract/config_scan.h"

#include "common/contract/config.h"
#include "tests/support/catch.h"

namespace s1mple {

TEST_CASE("config scan: the line of the first character outside of quotes and comments that is not ASCII") {
  using Line = std::optional<std::size_t>;
  const auto [text, line] = GENERATE(table<std::string, Line>({
      {"", std::nullopt},
      {"a = 1\n[b]\n", std::nullopt},
      {"\xef\xbb\xbf" "a = 1\n", std::nullopt},
      {"a = 1\n\xef\xbb\xbf" "b = 2\n", 2},
      {"# caf\u00e9\na = \"caf\u00e9\" # caf\u00e9\n", std::nullopt},
      {"caf\u00e9 = 1\n", 1},
      {"a = 1\n\n[ \u3042 ]\n", 3},
      {"a = 'caf\u00e9'\n\u00a0b = 2", 2},
      {"a = \"\\\"caf\u00e9\"\u00e9", 1},
      {"a = '\\'\u00e9", 1},
      {"a = \"\"\"caf\u00e9\n\"caf\u00e9\" \\\"\"\" caf\u00e9\"\"\"\n\u00e9", 3},
      {"a = '''caf\u00e9\n''caf\u00e9'''''\n\u00e9", 3},
      {"a = \"\"\"\"\"\u00e9", std::nullopt},
      {"a = \"open\nb = \u00e9", 2},
      {"a = \"\\", std::nullopt},
      {"\xff", 1},
  }));
  INFO(text);
  CHECK(line_of_stray_character(text) == line);
}

TEST_CASE("config scan: such a character never reaches the parser, which would be undone by it") {
  const auto refused = ConfigFile::parse("[a]\n\xef\xbb\xbb = 1\n", "x.toml");
  REQUIRE_FALSE(refused.ok());
  CHECK_THAT(refused.error().story, Catch::Contains("x.toml:2: no valid TOML: a character outside of quotes"));
  CHECK(ConfigFile::parse("[a]\nb = \"\xef\xbb\xbb\" # \xef\xbb\xbb\n", "x.toml").ok());
}

}  // namespace s1mple
