// Pages of open orders, closed orders, trades and balances.
#include "tests/support/catch.h"
#include "tests/unit/orchestrator_venue_paper/paper_rig.h"

using namespace s1mple;

namespace {

PaperConfig with_pages_of(std::int64_t size) {
  PaperConfig config = rig_config();
  config.page_size = size;
  return config;
}

std::vector<std::string> ids(const QueryAnswer& answer) {
  std::vector<std::string> all;
  for (const VenueOrder& each : answer.orders) all.push_back(each.client_id.text());
  return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("open orders come in pages, in the order of their arrival") {
  PaperRig rig(with_pages_of(2));
  for (const char* id : {"a", "b", "c", "d", "e"}) rig.send(intent(id));
  const auto first = rig.ask(QueryKind::open_orders);
  CHECK(ids(first) == Texts{"a", "b"});
  CHECK(first.more);
  CHECK(first.as_of == rig.time);
  CHECK(ids(rig.ask(QueryKind::open_orders, 2)) == Texts{"c", "d"});
  const auto last = rig.ask(QueryKind::open_orders, 4);
  CHECK(ids(last) == Texts{"e"});
  CHECK_FALSE(last.more);
  const auto beyond = rig.ask(QueryKind::open_orders, 6);
  CHECK(beyond.answered);
  CHECK(ids(beyond).empty());
  CHECK_FALSE(beyond.more);
}

TEST_CASE("a page that is exactly full and the last has no more behind it") {
  PaperRig rig(with_pages_of(2));
  rig.send(intent("a"));
  rig.send(intent("b"));
  CHECK_FALSE(rig.ask(QueryKind::open_orders).more);
}

TEST_CASE("orders that close between two pages hide no other order, and show as closed") {
  PaperRig rig(with_pages_of(2));
  for (const char* id : {"a", "b", "c", "d"}) rig.send(intent(id));
  CHECK(ids(rig.ask(QueryKind::open_orders)) == Texts{"a", "b"});
  rig.cancel("a");
  rig.cancel("c");
  const auto second = rig.ask(QueryKind::open_orders, 2);
  CHECK(ids(second) == Texts{"c", "d"});
  CHECK(second.orders[0].status == VenueStatus::cancelled);
  CHECK(second.orders[1].status == VenueStatus::open);
  CHECK(ids(rig.ask(QueryKind::open_orders)) == Texts{"b", "d"});
}

TEST_CASE("closed orders come oldest closing first, not older than asked for") {
  PaperRig rig(with_pages_of(2));
  rig.row("50100.0", "1");
  for (const char* id : {"a", "b", "c"}) rig.send(intent(id));
  rig.cancel("c");
  rig.row("50100.0", "1");
  const WallTime later = rig.time;
  rig.cancel("a");
  rig.send(intent("refused").amount("500"));
  rig.send(intent("filled").market());
  CHECK(ids(rig.ask(QueryKind::closed_orders)) == Texts{"c", "a"});
  CHECK(ids(rig.ask(QueryKind::closed_orders, 2)) == Texts{"refused", "filled"});
  CHECK(ids(rig.ask(QueryKind::closed_orders, 0, later)) == Texts{"a", "refused"});
  CHECK(rig.ask(QueryKind::closed_orders, 0, later).more);
  CHECK(ids(rig.ask(QueryKind::closed_orders, 0, later + 1s)).empty());
  rig.restart();
  CHECK(ids(rig.ask(QueryKind::closed_orders)) == Texts{"c", "a"});
}

TEST_CASE("trades come oldest first, with everything that counts them once") {
  PaperRig rig(with_pages_of(2));
  rig.row("50000.0", "1");
  rig.send(intent("a").market());
  rig.row("50000.0", "1");
  const WallTime later = rig.time;
  rig.send(intent("b").market());
  rig.send(intent("c").market().sell());
  const auto first = rig.ask(QueryKind::trades);
  REQUIRE(first.trades.size() == 2);
  CHECK(first.more);
  const auto second = rig.ask(QueryKind::trades, 2);
  REQUIRE(second.trades.size() == 1);
  CHECK_FALSE(second.more);
  CHECK(rig.ask(QueryKind::trades, 0, later).trades.size() == 2);
  const Fill& fill = first.trades.front();
  CHECK(fill.client_id.text() == "a");
  CHECK(fill.venue_id == rig.books->venue_id(rig.order("a")));
  CHECK(fill.strategy.empty());
  CHECK(fill.symbol == kBtcEur);
  CHECK(fill.side == Side::buy);
  CHECK(fill.price.text() == "50000.1");
  CHECK(fill.quantity.text() == "0.01");
  CHECK(fill.fee.text() == "2.00001");
  CHECK(fill.fee_asset.text() == "EUR");
  CHECK_FALSE(fill.maker);
  CHECK(fill.time == later - 1s);
  CHECK(fill.execution_id != second.trades.front().execution_id);
}

TEST_CASE("what is pushed and what is asked for later is the same") {
  PaperRig rig;
  rig.row("50100.0", "1");
  rig.send(intent("a"));
  const auto step = rig.row("50000.0", "1");
  REQUIRE(step.emissions.size() == 2);
  CHECK(std::get<FillPush>(step.emissions[0]).fill == rig.ask(QueryKind::trades).trades.front());
  const VenueOrder& pushed = std::get<OrderPush>(step.emissions[1]).order;
  const VenueOrder asked = rig.ask(QueryKind::closed_orders).orders.front();
  CHECK(pushed.venue_id == asked.venue_id);
  CHECK(pushed.filled == asked.filled);
  CHECK(pushed.closed_at == asked.closed_at);
}

TEST_CASE("balances are told with what is held") {
  PaperRig rig;
  rig.send(intent("a"));
  const auto answer = rig.ask(QueryKind::balances);
  REQUIRE(answer.balances.size() == 2);
  CHECK(answer.balances[0].asset.text() == "BTC");
  CHECK(answer.balances[1].total.text() == "10000");
  CHECK(answer.balances[1].reserved.text() == "502");
}

TEST_CASE("market time never runs backwards, whatever the request says") {
  PaperRig rig;
  rig.row("50100.0", "1");
  const auto step = rig.exchange->on_request(AskVenue{1, QueryKind::trades, {}, 0}, 1, rig.time - 5s);
  CHECK(std::get<QueryAnswer>(step.emissions.front()).as_of == rig.time);
}
