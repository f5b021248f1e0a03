#include "orchestrator/data/replay_market.h"

#include <map>

#include "common/base/random.h"
#include "tests/support/catch.h"
#include "tests/support/kraken_vectors.h"
#include "tests/support/memory_text.h"

using namespace s1mple;
using namespace s1mple::literals;

namespace {

const Symbol kBch("BCH/EUR");

ReplayMarket market(const std::string& text, OnBadLine on_bad_line = OnBadLine::stop,
                    std::size_t most = 1U << 20U) {
  std::vector<ReplayInput> inputs;
  inputs.push_back({kBch, "BCHEUR.csv", std::make_unique<MemoryText>(text, most)});
  return {std::move(inputs), on_bad_line};
}

ReplayMarket two_markets(const std::string& first, const std::string& second) {
  std::vector<ReplayInput> inputs;
  inputs.push_back({kBch, "BCHEUR.csv", std::make_unique<MemoryText>(first)});
  inputs.push_back({Symbol("BTC/EUR"), "XBTEUR.csv", std::make_unique<MemoryText>(second)});
  return {std::move(inputs), OnBadLine::stop};
}

std::string replay_row(const MarketTrade& trade) {
  return std::to_string(trade.row) + " " + trade.symbol.text() + " " +
         std::to_string(to_unix_nanos(trade.time)) + " " + trade.price.text() + " " + trade.quantity.text() +
         (trade.taker ? " taker" : "");
}

// Everything from here to the end, or to the first error, which becomes the last line.
std::vector<std::string> drain(MarketSource& source) {
  std::vector<std::string> rows;
  for (;;) {
    const auto next = source.peek();
    if (!next) {
      rows.push_back("error: " + next.error().story);
      return rows;
    }
    if (*next == nullptr) return rows;
    CHECK(replay_row(**next) == replay_row(**source.peek()));
    rows.push_back(replay_row(source.take()));
  }
}

const std::string kThree = "100,90.5,1\n100,90.6,2\n105,90.1,0.5\n";

}  // namespace

TEST_CASE("replay: rows come in the file's order, numbered from one") {
  auto source = market(kThree);
  CHECK(drain(source) == std::vector<std::string>{"1 BCH/EUR 100000000000 90.5 1",
                                                  "2 BCH/EUR 100000000000 90.6 2",
                                                  "3 BCH/EUR 105000000000 90.1 0.5"});
  CHECK(source.cursor().row == 3);
  CHECK(source.peek().value() == nullptr);
  CHECK(source.take_warnings().empty());
}

TEST_CASE("replay: line ends and the end of the file may be written either way") {
  const auto expected = [] {
    auto source = market(kThree);
    return drain(source);
  }();
  const char* const text =
      GENERATE("100,90.5,1\r\n100,90.6,2\r\n105,90.1,0.5\r\n", "100,90.5,1\n100,90.6,2\n105,90.1,0.5",
               "100,90.5,1\n100,90.6,2\n105,90.1,0.5\r", "100,90.5,1\n100,90.6,2\n105,90.1,0.5\n\n",
               "100,90.5,1\n100,90.6,2\n105,90.1,0.5\n\r\n\r\n");
  const std::size_t most = GENERATE(1U, 2U, 7U, 4096U);
  auto source = market(text, OnBadLine::stop, most);
  CHECK(drain(source) == expected);
}

TEST_CASE("replay: an empty file is a market without rows") {
  const char* const text = GENERATE("", "\n", "\r\n\n");
  auto source = market(text);
  CHECK(drain(source).empty());
}

TEST_CASE("replay: a bad line stops with file and line, and stays") {
  struct Row {
    const char *name, *text, *story;
  };
  const auto row = GENERATE(values<Row>({
      {"a header", "time,price,volume\n1,2,3\n", "replay: BCHEUR.csv:1: the first field"},
      {"a half line", "1,2,3\n2,3\n", "BCHEUR.csv:2: must have three fields"},
      {"a half last line", "1,2,3\n2,3", "BCHEUR.csv:2: must have three fields"},
      {"time backwards", "5,2,3\n4,2,3\n", "BCHEUR.csv:2: its time lies before"},
      {"an empty line within", "5,2,3\n\n\n6,2,3\n", "BCHEUR.csv:2: is empty, and lines follow it"},
      {"an empty first line", "\n6,2,3\n", "BCHEUR.csv:1: is empty"},
      {"zero bytes", "1,2,3\n1,2,3x\n", "BCHEUR.csv:2: the third field"},
  }));
  CAPTURE(row.name);
  auto source = market(row.text);
  const auto rows = drain(source);
  REQUIRE_FALSE(rows.empty());
  CHECK_THAT(rows.back(), contains(row.story));
  CHECK(drain(source) == std::vector{rows.back()});
}

TEST_CASE("replay: bad lines are left out with a warning each where that is configured") {
  auto source = market("time,price,volume\n5,2,3\n4,2,3\n\n6,2\n7,2,3\n", OnBadLine::skip);
  CHECK(drain(source) == std::vector<std::string>{"1 BCH/EUR 5000000000 2 3", "2 BCH/EUR 7000000000 2 3"});
  const auto warnings = source.take_warnings();
  REQUIRE(warnings.size() == 4);
  CHECK_THAT(warnings[0], contains("BCHEUR.csv:1: the first field"));
  CHECK_THAT(warnings[1], contains("BCHEUR.csv:3: its time"));
  CHECK_THAT(warnings[2], contains("BCHEUR.csv:4: is empty"));
  CHECK_THAT(warnings[3], contains("BCHEUR.csv:5: must have three fields"));
  CHECK(source.take_warnings().empty());
}

TEST_CASE("replay: warnings are bounded, the rest is counted") {
  const std::size_t bad_lines = GENERATE(20U, 21U, 300U);
  std::string text;
  for (std::size_t i = 0; i < bad_lines; ++i) text += "bad\n";
  auto source = market(text + "1,2,3\n", OnBadLine::skip);
  CHECK(drain(source).size() == 1);
  const auto warnings = source.take_warnings();
  CHECK(warnings.size() == std::min<std::size_t>(bad_lines, 21));
  if (bad_lines > MarketSource::kMaxWarnings)
    CHECK(warnings.back() == "and " + std::to_string(bad_lines - 20) + " more lines left out");
}

TEST_CASE("replay: a line may be as long as the limit and no longer, whatever the chunks") {
  const std::size_t length = GENERATE(255U, 256U, 257U, 300U, 200'000U);
  const std::size_t most = GENERATE(1000U, 65'536U);
  const bool ends = GENERATE(true, false);
  std::string line = "2,2,1." + std::string(length, '0');
  line.resize(length);
  auto source = market("1,2,3\n" + line + (ends ? "\n3,2,3\n" : ""), OnBadLine::skip, most);
  const auto rows = drain(source);
  CHECK(rows.size() == (ends ? 2U : 1U));
  const auto warnings = source.take_warnings();
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings[0], contains("BCHEUR.csv:2: "));
  CHECK_THAT(warnings[0], contains(length > 256 ? "longer than 256 bytes" : "third field"));
}

TEST_CASE("replay: restored from any row, it goes on with exactly the rows that follow") {
  std::string text;
  Random random(3);
  std::int64_t time = 1000;
  for (int i = 0; i < 200; ++i) {
    time += random.between(0, 3);
    text += std::to_string(time) + ".25," + std::to_string(random.between(1, 99)) + ".5,0.125\r\n";
    if (random.chance(1, 10)) text += "bad line\n";
  }
  const std::size_t most = GENERATE(1U, 13U, 65'536U);
  auto whole = market(text, OnBadLine::skip, most);
  const auto expected = drain(whole);
  REQUIRE(expected.size() == 200);

  auto first = market(text, OnBadLine::skip, most);
  for (std::size_t taken = 0; taken < expected.size(); ++taken) {
    if (taken % 2 == 0) (void)first.peek();  // seeing a row does not move the cursor
    const MarketCursor cursor = first.cursor();
    CHECK(cursor.row == taken);
    auto second = market(text, OnBadLine::skip, most);
    REQUIRE(second.restore(cursor).ok());
    CHECK(second.cursor() == cursor);
    CHECK(replay_row(*second.peek().value()) == expected[taken]);
    if (taken % 50 == 0)
      CHECK(drain(second) == std::vector(expected.begin() + std::ptrdiff_t(taken), expected.end()));
    (void)first.peek();
    (void)first.take();
  }
}

TEST_CASE("replay: a restored reader keeps line numbers and the order of times") {
  auto source = market("10,1,1\n11,1,1\n10,1,1\n");
  (void)source.peek();
  (void)source.take();
  (void)source.peek();
  (void)source.take();
  auto again = market("10,1,1\n11,1,1\n10,1,1\n");
  REQUIRE(again.restore(source.cursor()).ok());
  CHECK_THAT(again.peek().error().story, contains("BCHEUR.csv:3: its time lies before"));
}

TEST_CASE("replay: a restore is possible after an error") {
  auto source = market("10,1,1\nbad\n");
  const auto start = source.cursor();
  CHECK(drain(source).size() == 2);
  REQUIRE(source.restore(start).ok());
  CHECK(replay_row(*source.peek().value()) == "1 BCH/EUR 10000000000 1 1");
}

TEST_CASE("replay: files are merged by time, of equal times the first file first") {
  auto source = two_markets("1,1,1\n3,1,1\n3,2,1\n9,1,1\n", "0.5,7,1\n3,7,1\n3,8,1\n4,7,1\n");
  std::vector<std::string> order;
  for (const auto& row : drain(source)) order.push_back(row.substr(0, row.rfind(' ')));
  CHECK(order == std::vector<std::string>{"1 BTC/EUR 500000000 7", "2 BCH/EUR 1000000000 1",
                                          "3 BCH/EUR 3000000000 1", "4 BCH/EUR 3000000000 2",
                                          "5 BTC/EUR 3000000000 7", "6 BTC/EUR 3000000000 8",
                                          "7 BTC/EUR 4000000000 7", "8 BCH/EUR 9000000000 1"});
}

TEST_CASE("replay: a merged market is restored from any row") {
  const std::string bch = "1,1,1\n3,1,1\n3,2,1\n9,1,1\n";
  const std::string btc = "0.5,7,1\n3,7,1\n3,8,1\n4,7,1\n";
  auto whole = two_markets(bch, btc);
  const auto expected = drain(whole);
  for (std::size_t taken = 0; taken <= expected.size(); ++taken) {
    auto first = two_markets(bch, btc);
    for (std::size_t i = 0; i < taken; ++i) {
      (void)first.peek();
      (void)first.take();
    }
    auto second = two_markets(bch, btc);
    REQUIRE(second.restore(first.cursor()).ok());
    CHECK(drain(second) == std::vector(expected.begin() + std::ptrdiff_t(taken), expected.end()));
  }
}

TEST_CASE("replay: a cursor of something else is refused and nothing changes") {
  struct Row {
    const char *position, *story;
  };
  const auto row = GENERATE(values<Row>({
      {"", "restore replay: "},
      {"{}", "kind"},
      {R"({"kind":"synthetic","files":[]})", "kind 'synthetic'"},
      {R"({"kind":"replay","files":[]})", "another number of files"},
      {R"({"kind":"replay","files":7})", "another number of files"},
      {R"({"kind":"replay","files":[{"symbol":"BTC/EUR","offset":0,"line":0}]})", "was of 'BTC/EUR'"},
      {R"({"kind":"replay","files":[{"symbol":"BCH/EUR","offset":-1,"line":0}]})", "offset"},
      {R"({"kind":"replay","files":[{"symbol":"BCH/EUR","offset":0}]})", "line"},
      {R"({"kind":"replay","files":[{"symbol":"BCH/EUR","offset":11,"line":1,"time":"x"}]})", "time"},
      {R"({"kind":"replay","files":[{"symbol":"BCH/EUR","offset":12,"line":1}]})", "another file"},
      {R"({"kind":"replay","files":[{"symbol":"BCH/EUR","offset":9999,"line":1}]})", "another file"},
  }));
  CAPTURE(row.position);
  auto source = market(kThree);
  const auto restored = source.restore({2, row.position});
  REQUIRE_FALSE(restored.ok());
  CHECK_THAT(restored.error().story, contains(row.story));
  CHECK(source.cursor().row == 0);
  CHECK(drain(source).size() == 3);
}

TEST_CASE("replay: a disk that fails is an error, not an end") {
  std::vector<ReplayInput> inputs;
  inputs.push_back({kBch, "BCHEUR.csv", std::make_unique<MemoryText>(kThree, 1U << 20U, 0)});
  ReplayMarket source(std::move(inputs), OnBadLine::skip);
  CHECK_THAT(source.peek().error().story, contains("the disk says no"));
  CHECK(source.peek().error().os_errno == 5);
}

TEST_CASE("replay: Kraken's own extract is read to its end") {
  const auto text = kraken_vector("csv-trades-BCHEUR-2023-01-01.csv");
  if (!text) {
    WARN("skipped: ../shared/kraken/vectors is not beside the repository");
    return;
  }
  auto source = market(*text);
  const auto rows = drain(source);
  REQUIRE(rows.size() == 148);
  CHECK(rows.front() == "1 BCH/EUR 1672531436000000000 90.54 1.1044842");
  CHECK(rows.back() == "148 BCH/EUR 1672615187000000000 90.53 1");
}
