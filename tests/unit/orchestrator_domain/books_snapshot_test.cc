// The snapshot of the books in slices: the state of one moment, whatever is applied between the slices.
#include "orchestrator/domain/books_snapshot.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

using namespace s1mple;
using namespace s1mple::literals;

namespace {

const WallTime kNoon = from_unix_nanos(1'700'000'000'000'000'000);
const StrategyName kOwner("grid");
const Symbol kMarket("BTC/EUR");

std::string whole_text(const Books& books) {
  JsonWriter out;
  books.write_json(out);
  return out.take();
}

Fact intended(const std::string& id) {
  OrderIntent intent;
  intent.client_id = ClientId(id);
  intent.strategy = kOwner;
  intent.symbol = kMarket;
  intent.quantity = Quantity("1"_dec);
  intent.price = Price("100"_dec);
  intent.created_at = intent.deadline = kNoon;
  return OrderIntended{intent};
}

Fact filled(const std::string& execution, const std::string& id) {
  return FillCounted{{ExecutionId(execution), VenueOrderId("V" + id), ClientId(id), kOwner, kMarket, Side::buy,
                      Price("100"_dec), Quantity("0.25"_dec), Money("0.1"_dec), Asset("EUR"), true, kNoon},
                     Provenance::pushed};
}

Fact closed(const std::string& id, Outcome outcome) {
  return OrderClosed{ClientId(id), outcome, "because", kNoon, Provenance::pushed};
}

void apply_all(Books& books, const std::vector<Fact>& facts) {
  for (const Fact& fact : facts) ENSURE(books.apply(fact).ok(), "the test's own fact is refused");
}

// Orders a to f: open, closed, abandoned, in doubt; two fills; a bit of everything else.
Books some_books() {
  Books books;
  std::vector<Fact> facts{IdentitySet{"paper", "paper", "paper", "ab12", {}},
                          BalanceSet{Asset("EUR"), Money("10000"_dec), kNoon, Provenance::adopted}};
  for (const char* id : {"a", "b", "c", "d", "e", "f"}) facts.push_back(intended(id));
  facts.insert(facts.end(), {filled("E1", "a"), filled("E2", "b"), closed("b", Outcome::cancelled),
                             closed("d", Outcome::abandoned), StrategySaved{kOwner, "{}", kNoon}});
  apply_all(books, facts);
  return books;
}

// What may happen while a snapshot is made; each row is applied between two slices.
const std::vector<std::vector<Fact>>& changes() {
  static const std::vector<std::vector<Fact>> kAll = {
      {filled("L1", "a")},
      {filled("L2", "b")},  // late, of a closed order
      {filled("L3", "f"), closed("f", Outcome::expired)},
      {closed("a", Outcome::cancelled)},
      {closed("d", Outcome::rejected)},  // abandoned, but the venue had it
      {OrderAccepted{ClientId("c"), VenueOrderId("Vc"), kNoon, Provenance::answered}, OrderSent{ClientId("e"), kNoon}},
      {RequestChanged{ClientId("e"), RequestKind::cancelling, false, kNoon, "asked"}},
      {intended("new"), filled("L4", "new"), closed("new", Outcome::cancelled)},
      {StrategySaved{kOwner, "{\"x\":1}", kNoon}, BalanceSet{Asset("BTC"), Money("1"_dec), kNoon, Provenance::adopted},
       ReasonRaised{ReasonSource::operator_halt, "halt", "asked", kNoon}},
  };
  return kAll;
}

}  // namespace

TEST_CASE("books' snapshot: without changes the slices are what write_json() writes, whatever their size") {
  for (const bool empty : {true, false}) {
    Books books = empty ? Books() : some_books();
    for (std::size_t rows = 1; rows < 20; ++rows) {
      BooksSnapshot snapshot(books, rows);
      std::string text;
      while (snapshot.append_slice(text)) {
      }
      CHECK(text == whole_text(books));
    }
  }
}

TEST_CASE("books' snapshot: every pair of changes between every two slices leaves the moment of its making") {
  constexpr std::size_t kMoments = 11;  // one slice a row: more slices than that there are not
  const std::string before = whole_text(some_books());
  for (std::size_t first = 0; first < kMoments; ++first)
    for (std::size_t second = first; second < kMoments; ++second)
      for (const auto& one : changes())
        for (const auto& other : changes()) {
          Books books = some_books();
          BooksSnapshot snapshot(books, 1);
          std::string text;
          bool more = true;
          for (std::size_t moment = 0; more || moment < kMoments; ++moment) {
            if (moment == first) apply_all(books, one);
            if (moment == second && &one != &other) apply_all(books, other);
            if (more) more = snapshot.append_slice(text);
          }
          INFO("changes " << &one - changes().data() << " at " << first << ", " << &other - changes().data() << " at "
                          << second);
          REQUIRE(text == before);
        }
}

TEST_CASE("books' snapshot: the books become what they would have become without it") {
  for (const auto& one : changes()) {
    Books books = some_books();
    Books undisturbed = some_books();
    BooksSnapshot snapshot(books, 1);
    apply_all(books, one);
    apply_all(undisturbed, one);
    CHECK(whole_text(books) == whole_text(undisturbed));
  }
}

TEST_CASE("books' snapshot: one follows another, and one that was given up is in nobody's way") {
  Books books = some_books();
  std::string text;
  {
    BooksSnapshot given_up(books, 2);
    REQUIRE(given_up.append_slice(text));
    apply_all(books, changes()[0]);
  }
  CHECK(books.forget(kNoon + std::chrono::seconds(1)).orders.size() == 2);
  apply_all(books, changes()[7]);
  BooksSnapshot next(books, 3);
  const std::string before = whole_text(books);
  apply_all(books, changes()[5]);
  text.clear();
  while (next.append_slice(text)) {
  }
  CHECK(text == before);
}
