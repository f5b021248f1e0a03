// Books read from a snapshot's text and from its tree: one outcome, whatever the text.
#include "orchestrator/domain/books.h"
#include "tests/support/catch.h"

using namespace s1mple;
using namespace s1mple::literals;

namespace {

const WallTime kWritten = from_unix_nanos(1'700'000'000'123'456'789);

std::string snapshot_of(const Books& books) {
  JsonWriter out;
  books.write_json(out);
  return out.str();
}

Books busy_books() {
  Books books;
  OrderIntent intent;
  intent.strategy = StrategyName("grid");
  intent.symbol = Symbol("BTC/EUR");
  intent.quantity = Quantity("0.3"_dec);
  intent.price = Price("50000.1"_dec);
  intent.purpose = "a \"quoted\" purpose, \xc3\xa4 and a\nline";
  intent.created_at = intent.deadline = kWritten;
  std::vector<Fact> facts{IdentitySet{"paper", "paper", "paper", "ab12", {"xy99"}},
                          RunStarted{kWritten, 3, "normal", "start"},
                          BalanceSet{Asset("EUR"), Money("10000"_dec), kWritten, Provenance::adopted}};
  for (const char* id : {"sab121-1", "sab121-2", "sab121-3"}) {
    intent.client_id = ClientId(id);
    facts.push_back(OrderIntended{intent});
    facts.push_back(OrderAccepted{intent.client_id, VenueOrderId("V" + intent.client_id.text()), kWritten,
                                  Provenance::answered});
    intent.price.reset();
    intent.type = OrderType::market;
  }
  for (const char* execution : {"E1", "E2"})
    facts.push_back(FillCounted{{ExecutionId(execution), VenueOrderId("Vsab121-1"), ClientId("sab121-1"),
                                 intent.strategy, intent.symbol, Side::buy, Price("50000"_dec),
                                 Quantity("0.1"_dec), Money("1.5"_dec), Asset("EUR"), true, kWritten},
                                Provenance::pushed});
  facts.push_back(
      OrderClosed{ClientId("sab121-2"), Outcome::cancelled, "asked by grid", kWritten, Provenance::pushed});
  facts.push_back(StrategySaved{intent.strategy, R"({"orders":[{"status":"open"}]})", kWritten});
  for (const Fact& fact : facts) REQUIRE(books.apply(fact).ok());
  return books;
}

// What the tree makes of it: the books as text, or nothing.
std::optional<std::string> by_tree(const std::string& text) {
  const auto json = JsonValue::parse(text);
  Books books;
  if (!json || !books.read_json(*json)) return std::nullopt;
  return snapshot_of(books);
}
std::optional<std::string> by_text(const std::string& text) {
  Books books;
  if (!books.read_text(text)) return std::nullopt;
  return snapshot_of(books);
}

}  // namespace

TEST_CASE("books: a snapshot's text gives the books that its tree gives") {
  for (const Books& books : {Books(), busy_books()}) {
    const std::string text = snapshot_of(books);
    CHECK(by_text(text) == text);
    CHECK(by_tree(text) == text);
  }
}

TEST_CASE("books: a text that people wrote is read as well") {
  std::string text = snapshot_of(busy_books());
  for (std::size_t at = text.find("\",\""); at != std::string::npos; at = text.find("\",\"", at + 5))
    text.insert(at + 2, "\n ");
  CHECK(by_text(text) == snapshot_of(busy_books()));
}

TEST_CASE("books: text and tree agree about every damaged byte") {
  const std::string good = snapshot_of(busy_books());
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at)
    for (const char byte : {"\"0}{,9"[at % 6], "]x\\ -\xc3"[at % 6]}) {
      std::string text = good;
      text[at] = byte;
      INFO(at << ": " << text.substr(at < 20 ? 0 : at - 20, 40));
      const auto want = by_tree(text);
      REQUIRE(by_text(text) == want);
      refused += want ? 0U : 1U;
    }
  CHECK(refused > good.size());
}

TEST_CASE("books: text and tree agree about rows that are cut, doubled or missing") {
  const std::string good = snapshot_of(busy_books());
  const auto row = GENERATE(
      values<std::pair<std::string, std::string>>({{"\"orders\":[", "\"orders\":[],\"orders\":["},
                                                   {"\"fills\":[", "\"fillings\":["},
                                                   {"\"fills\":[", "\"fills\":[{},"},
                                                   {"\"orders\":[{", "\"orders\":[{\"new\":1,"},
                                                   {",\"status\":\"open\"}", "}"},
                                                   {"\"status\":\"", "\"status\":\"x\",\"more\":\""},
                                                   {"\"client_id\":\"sab121-2\"", "\"client_id\":\"\""},
                                                   {"\"E2\"", "\"E1\""},
                                                   {"\"latest\":", "\"late\":"}}));
  std::string text = good;
  const auto at = text.find(row.first);
  REQUIRE(at != std::string::npos);
  text.replace(at, row.first.size(), row.second);
  INFO(row.second);
  CHECK(by_text(text) == by_tree(text));
}
