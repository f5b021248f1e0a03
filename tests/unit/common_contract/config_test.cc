#include "common/contract/config.h"

#include "tests/support/catch.h"

namespace s1mple {

namespace {

using namespace literals;

enum class Colour : std::uint8_t { red, green };
inline constexpr EnumTexts<Colour, 2> kColourTexts{{{Colour::red, "red"}, {Colour::green, "green"}}};
constexpr const auto& enum_texts(Colour) { return kColourTexts; }

struct Settings {
  bool on = true;
  std::int64_t lost_pings = 4;
  Nanos interval = 250ms;
  Decimal fee = "0.0025"_dec;
  std::string home = "/var/lib";
  std::vector<std::string> command{"/bin/cat", "-"};
  std::map<std::string, Decimal> balances{{"EUR", "10000"_dec}};
  Colour colour = Colour::red;
  std::vector<std::string> names;
};

void fields(ConfigFile& file, Settings& s) {
  file.table("supervisor", "The supervisor.", [&](ConfigFields& in) { in.text("home", s.home, "where"); });
  file.table("supervisor.restart", "Restarts.", [&](ConfigFields& in) {
    in.flag("on", s.on, "switch");
    in.whole("lost_pings", s.lost_pings, 2, 100, "beats");
    in.span("interval", s.interval, 10ms, 1h, "between pings");
    in.amount("fee", s.fee, "0"_dec, "1"_dec, "taker fee");
    in.amounts("balances", s.balances, "0"_dec, "1000000"_dec, "at the start");
    in.choice("colour", s.colour, "of the bike shed");
  });
  file.table("alerts", "Alerts.", [&](ConfigFields& in) { in.texts("command", s.command, "argv"); });
}

Result<Settings> read(std::string_view text) {
  auto file = ConfigFile::parse(text, "f.toml");
  if (!file) return std::move(file).error();
  Settings settings;
  fields(*file, settings);
  auto checked = file->finish(ConfigOwner::supervisor);
  if (!checked) return std::move(checked).error();
  return settings;
}

}  // namespace

TEST_CASE("config: an empty file gives the defaults") {
  const auto settings = read("");
  REQUIRE(settings.ok());
  CHECK(settings->lost_pings == 4);
  CHECK(settings->interval == 250ms);
}

TEST_CASE("config: every kind of key is read") {
  const auto settings = read(R"(
[supervisor]
home = "/srv"
restart = { on = false, lost_pings = 7, interval = "2s", fee = "0.0010", colour = "green", balances = { EUR = "1.50", "BTC" = "0.00000001" } }
[alerts]
command = ["/bin/mail"]
)");
  if (!settings) FAIL(settings.error().story);
  CHECK(settings->home == "/srv");
  CHECK_FALSE(settings->on);
  CHECK(settings->lost_pings == 7);
  CHECK(settings->interval == 2s);
  CHECK(settings->fee == "0.001"_dec);
  CHECK(settings->colour == Colour::green);
  CHECK(settings->balances == std::map<std::string, Decimal>{{"BTC", "0.00000001"_dec}, {"EUR", "1.5"_dec}});
  CHECK(settings->command == std::vector<std::string>{"/bin/mail"});
}

TEST_CASE("config: the other program's tables are left alone") {
  CHECK(read("[paper]\nwhatever = 1\n[[strategy]]\nname = 7\n").ok());
}

TEST_CASE("config: what is wrong is refused with its line and what would be right") {
  struct Row {
    const char* name;
    const char* text;
    const char* story;
  };
  const auto row = GENERATE(values<Row>({
      {"no TOML", "[supervisor\n", "f.toml:1: no valid TOML: "},
      {"an open bracket", "[supervisor\n", "is a closing bracket missing on this line?"},
      {"an open quote", "[supervisor]\nhome = \"/x\n", "f.toml:2: no valid TOML: "},
      {"an open quote, for a person", "[supervisor]\nhome = \"/x\n", "is a closing quote missing on this line?"},
      {"a key without a value", "[supervisor]\nhome =\n", "is the value behind '=' missing?"},
      {"a key twice", "[supervisor]\nhome = \"a\"\nhome = \"b\"\n", "f.toml:3: no valid TOML: "},
      {"a key twice, for a person", "[supervisor]\nhome = \"a\"\nhome = \"b\"\n", "it stands twice"},
      {"a table whose name cannot begin so", "\n[=]\n", "f.toml:2: "},
      {"unknown key", "[supervisor.restart]\n\nonn = true", "f.toml:3: unknown key 'onn' in [supervisor.restart]; "
                                                            "allowed: balances, colour, fee, interval, lost_pings, on"},
      {"unknown inner table", "[supervisor.restrat]\non = true",
       "f.toml:1: unknown key 'restrat' in [supervisor]; allowed: home, restart"},
      {"unknown table", "[supervisr]", "f.toml:1: unknown table or key 'supervisr'; allowed: supervisor, alerts,"},
      {"key outside of tables", "home = \"/\"", "f.toml:1: unknown table or key 'home'"},
      {"value where a table belongs", "supervisor = 3", "f.toml:1: supervisor: must be a table"},
      {"number for a switch", "[supervisor.restart]\non = 1",
       "f.toml:2: supervisor.restart.on: must be true or false, not a whole number"},
      {"text for a number", "[supervisor.restart]\nlost_pings = \"4\"",
       "f.toml:2: supervisor.restart.lost_pings: must be a whole number from 2 to 100, not text"},
      {"below the range", "[supervisor.restart]\nlost_pings = 1", "must be from 2 to 100, not 1"},
      {"above the range", "[supervisor.restart]\nlost_pings = 101", "must be from 2 to 100, not 101"},
      {"bare span", "[supervisor.restart]\ninterval = 250",
       "f.toml:2: supervisor.restart.interval: must be a quoted span from 10ms to 1h, such as \"250ms\""},
      {"span without unit", "[supervisor.restart]\ninterval = \"250\"", "a whole number and a unit"},
      {"span out of range", "[supervisor.restart]\ninterval = \"2h\"", "must be from 10ms to 1h, not 2h"},
      {"amount as a fraction", "[supervisor.restart]\nfee = 0.0025",
       "f.toml:2: supervisor.restart.fee: amounts are quoted text: write \"0.0025\""},
      {"amount as a fraction in an inline table", "[supervisor]\nrestart = { fee = 1e-3, on = true }",
       "write \"1e-3\""},
      {"amount as a whole number", "[supervisor.restart]\nbalances = { EUR = 10_000 }",
       "supervisor.restart.balances.EUR: amounts are quoted text: write \"10000\""},
      {"negative amount", "[supervisor.restart]\nfee = \"-0.1\"", "must be from \"0\" to \"1\", not \"-0.1\""},
      {"amount that is none", "[supervisor.restart]\nfee = \"ten\"", "must be a decimal number"},
      {"unknown choice", "[supervisor.restart]\ncolour = \"blue\"", "must be one of red, green, not \"blue\""},
      {"number in a list of texts", "[alerts]\ncommand = [\"a\", 3]", "f.toml:2: alerts.command: must hold quoted"},
      {"text for a list", "[alerts]\ncommand = \"mail\"", "must be a list of quoted texts, not text"},
  }));
  CAPTURE(row.name);
  const auto settings = read(row.text);
  REQUIRE_FALSE(settings.ok());
  CHECK_THAT(settings.error().story, Catch::Contains(row.story));
}

TEST_CASE("config: all refusals come at once, in the order of lines, up to a limit") {
  const auto settings = read("[supervisor.restart]\nzz = 1\nlost_pings = 0\naa = 2\n");
  REQUIRE_FALSE(settings.ok());
  const auto& story = settings.error().story;
  CHECK(story.find(":2:") < story.find(":3:"));
  CHECK(story.find(":3:") < story.find(":4:"));

  std::string many = "[supervisor]\n";
  for (int i = 0; i < 25; ++i) many += "key" + std::to_string(i) + " = 1\n";
  CHECK_THAT(read(many).error().story, Catch::Contains("and 5 more"));
}

TEST_CASE("config: lists of tables are read in the order of the file") {
  auto file = ConfigFile::parse("[[strategy]]\nname = \"a\"\n[[strategy]]\nname = \"b\"\nnam = 1\n", "f.toml");
  REQUIRE(file.ok());
  std::vector<std::string> names;
  file->each_table("strategy", "Strategies.", [&](ConfigFields& in) {
    std::string name;
    in.text("name", name, "of the strategy");
    in.require("symbol");
    names.push_back(name);
  });
  CHECK(names == std::vector<std::string>{"a", "b"});
  const auto checked = file->finish(ConfigOwner::orchestrator);
  REQUIRE_FALSE(checked.ok());
  CHECK_THAT(checked.error().story, Catch::Contains("f.toml:5: unknown key 'nam' in [strategy]; allowed: name"));
  CHECK_THAT(checked.error().story, Catch::Contains("f.toml:1: [strategy] needs the key 'symbol'"));
  CHECK_THAT(checked.error().story, Catch::Contains("f.toml:3: [strategy] needs the key 'symbol'"));
}

TEST_CASE("config: each table of a list may have keys of its own kind, and no others") {
  const auto read_kinds = [](std::string_view text) {
    auto file = ConfigFile::parse(text, "f.toml");
    REQUIRE(file.ok());
    file->each_table("strategy", "Strategies.", [](ConfigFields& in) {
      std::string kind;
      std::int64_t size = 1;
      in.text("kind", kind, "which");
      in.whole(kind == "grid" ? "levels" : "fast", size, 1, 9, "size");
    });
    const auto checked = file->finish(ConfigOwner::orchestrator);
    return checked ? std::string() : checked.error().story;
  };
  CHECK(read_kinds("[[strategy]]\nkind = \"grid\"\nlevels = 2\n[[strategy]]\nkind = \"ema\"\nfast = 2\n") == "");
  CHECK(read_kinds("[[strategy]]\nkind = \"grid\"\nlevels = 2\n[[strategy]]\nkind = \"ema\"\nlevels = 2\n") ==
        "f.toml:6: unknown key 'levels' in [strategy]; allowed: fast, kind");
}

TEST_CASE("config: what is printed is read again as the same values") {
  Settings settings;
  settings.home = "/a \"b\" \\c";
  settings.interval = 90s;
  auto printer = ConfigFile::printer();
  fields(printer, settings);
  const std::string text = printer.printed();
  CAPTURE(text);
  const auto again = read(text);
  REQUIRE(again.ok());
  CHECK(again->home == settings.home);
  CHECK(again->interval == 90s);
  CHECK(again->balances == settings.balances);
  CHECK_THAT(text, Catch::Contains("# beats (2 to 100)\nlost_pings = 4\n"));
}

TEST_CASE("config: spans are read and written with one unit") {
  struct Row {
    const char* text;
    Nanos span;
  };
  const auto row = GENERATE(values<Row>({{"0s", 0s}, {"250ms", 250ms}, {"10s", 10s}, {"5m", 5min}, {"24h", 24h},
                                         {"100us", 100us}, {"1d", 24h}}));
  CHECK(parse_span(row.text).value() == row.span);
  CHECK(parse_span(span_text(row.span)).value() == row.span);
  for (const char* bad : {"", "s", "10", "1.5s", "-1s", "10 s", "10S", "+1s", "99999999999999999999s", "9999999d"})
    CHECK_FALSE(parse_span(bad).ok());
}

TEST_CASE("config: a file longer than the limit is refused") {
  const std::string fits(ConfigFile::kMaxBytes, '\n');
  CHECK(ConfigFile::parse(fits, "f").ok());
  CHECK_FALSE(ConfigFile::parse(fits + "\n", "f").ok());
}

TEST_CASE("config: what is not ASCII stands in quotes and comments, and nowhere else reaches the parser") {
  const auto parse = [](const std::string& text) { return ConfigFile::parse(text, "x.toml"); };
  for (const std::string text : {"\xef\xbb\xbf" "a = 1\n", "# caf\u00e9\na = \"caf\u00e9\" # \u3042\n",
                                 "a = '''\ufec3\n\ufec3'''\n", "a = \"\"\"x\\\n y\u00e9\\n\u00e9\"\"\"\n"}) {
    INFO(text);
    CHECK(parse(text).ok());
  }
  const auto [text, said] = GENERATE(table<std::string, std::string>({
      {"[a]\n\ufefb = 1\n", "x.toml:2: no valid TOML"},
      {"a = 1\n\ufefb", "belongs into quotes and comments"},
      {"a = 4m\"/t\ufef7\n", "x.toml:1: no valid TOML"},
      {"a = \"x\\\n\u00e9\"", "x.toml:1: no valid TOML"},
      {"a = \"\"\"x\\ \n  \n \u00e9\"\"\"", "x.toml:3: the first character after a line that ends in a backslash"},
      {"a = 1\n\xef\xbb\xbf" "b = 2\n", "x.toml:2: no valid TOML"},
      {"a = \"\xff\"", "x.toml:1: no valid TOML"},
  }));
  INFO(text);
  const auto refused = parse(text);
  REQUIRE_FALSE(refused.ok());
  CHECK_THAT(refused.error().story, Catch::Contains(said));
}

}  // namespace s1mple
