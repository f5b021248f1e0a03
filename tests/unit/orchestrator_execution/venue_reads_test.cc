// Complete reads: page by page, nothing missed when lists shift, and a failed page fails the whole.
#include "orchestrator/execution/venue_reads.h"

#include "tests/support/catch.h"

namespace s1mple {
namespace {

const WallTime kNow = from_unix_nanos(1'700'000'000'000'000'000);

// A venue with lists that the test may change between pages.
struct Lists {
  std::vector<VenueOrder> open, closed;
  std::vector<Fill> trades;
  std::size_t page = 3;

  static VenueOrder order(const std::string& id) {
    VenueOrder made;
    made.venue_id = VenueOrderId(id);
    return made;
  }
  QueryAnswer answer(const AskVenue& question) const {
    QueryAnswer made;
    made.query = question.query;
    made.kind = question.kind;
    made.answered = true;
    made.as_of = kNow;
    const auto fill_in = [&](const auto& all, auto& out) {
      for (std::size_t i = question.offset; i < all.size() && i < question.offset + page; ++i)
        out.push_back(all[i]);
      made.more = question.offset + page < all.size();
    };
    if (question.kind == QueryKind::open_orders) fill_in(open, made.orders);
    if (question.kind == QueryKind::closed_orders) fill_in(closed, made.orders);
    if (question.kind == QueryKind::trades) fill_in(trades, made.trades);
    return made;
  }
};

}  // namespace

TEST_CASE("all four lists are read, whatever their length, each row once") {
  const int length = GENERATE(0, 1, 2, 3, 4, 5, 7, 50);
  Lists lists;
  for (int i = 0; i < length; ++i) {
    lists.open.push_back(Lists::order("O" + std::to_string(i)));
    lists.closed.push_back(Lists::order("C" + std::to_string(i)));
    Fill fill;
    fill.execution_id = ExecutionId("E" + std::to_string(i));
    lists.trades.push_back(fill);
  }
  VenueReads reads;
  std::optional<AskVenue> question = reads.begin(kNow, kNow - 1h, 10s);
  auto progress = VenueReads::Progress::waiting;
  while (progress == VenueReads::Progress::waiting) {
    REQUIRE(question);
    progress = reads.on(lists.answer(*question), kNow);
    question = reads.take_question();
  }
  CHECK(progress == VenueReads::Progress::complete);
  const VenueView view = reads.take_view();
  const auto count = static_cast<std::size_t>(length);
  REQUIRE(view.open.size() == count);
  CHECK(view.closed.size() == count);
  CHECK(view.trades.size() == count);
  for (std::size_t i = 0; i < count; ++i) CHECK(view.open[i].venue_id.text() == "O" + std::to_string(i));
}

TEST_CASE("an order that leaves the list between two pages does not hide another one") {
  for (std::size_t gone = 0; gone < 6; ++gone) {
    Lists lists;
    for (int i = 0; i < 8; ++i) lists.open.push_back(Lists::order("O" + std::to_string(i)));
    VenueReads reads;
    std::optional<AskVenue> question = reads.begin(kNow, kNow, 10s);
    bool shifted = false;
    auto progress = VenueReads::Progress::waiting;
    while (progress == VenueReads::Progress::waiting) {
      progress = reads.on(lists.answer(*question), kNow);
      if (!shifted) lists.open.erase(lists.open.begin() + static_cast<std::ptrdiff_t>(gone));
      shifted = true;
      question = reads.take_question();
    }
    const VenueView view = reads.take_view();
    for (const VenueOrder& there : lists.open) {
      const auto same = [&](const VenueOrder& row) { return row.venue_id == there.venue_id; };
      CHECK(std::count_if(view.open.begin(), view.open.end(), same) == 1);
    }
  }
}

TEST_CASE("a list that never stands still, a refused page, and silence each fail the look") {
  VenueReads reads;
  AskVenue question = reads.begin(kNow, kNow, 10s);
  SECTION("refused") {
    QueryAnswer no;
    no.query = question.query;
    no.reason = "503";
    CHECK(reads.on(no, kNow) == VenueReads::Progress::failed);
    CHECK_THAT(reads.failure(), contains("open_orders: 503"));
  }
  SECTION("silence") {
    CHECK(reads.tick(kNow + 9s) == VenueReads::Progress::waiting);
    CHECK(reads.tick(kNow + 10s) == VenueReads::Progress::failed);
  }
  SECTION("shifting for ever") {
    Lists lists;
    for (int i = 0; i < 8; ++i) lists.open.push_back(Lists::order("O" + std::to_string(i)));
    auto progress = VenueReads::Progress::waiting;
    int next = 100;
    for (int pages = 0; pages < 1000 && progress == VenueReads::Progress::waiting; ++pages) {
      progress = reads.on(lists.answer(question), kNow);
      lists.open.insert(lists.open.begin(), Lists::order("N" + std::to_string(next++)));
      if (const auto asked = reads.take_question()) question = *asked;
    }
    CHECK(progress == VenueReads::Progress::failed);
  }
  CHECK_FALSE(reads.is_reading());
}

TEST_CASE("an answer to an older question is nothing") {
  Lists lists;
  VenueReads reads;
  const AskVenue old = reads.begin(kNow, kNow, 10s);
  const AskVenue fresh = reads.begin(kNow, kNow, 10s);
  CHECK(old.query != fresh.query);
  QueryAnswer late = lists.answer(old);
  late.orders.push_back(Lists::order("stale"));
  CHECK(reads.on(late, kNow) == VenueReads::Progress::waiting);
  CHECK(reads.view().open.empty());
}

}  // namespace s1mple
