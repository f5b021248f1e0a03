// What a row of the market does to resting orders and stops.
#include "tests/support/catch.h"
#include "tests/unit/orchestrator_venue_paper/paper_rig.h"

using namespace s1mple;
using Texts = std::vector<std::string>;

namespace {

PaperConfig with_queue(const char* value) {
  PaperConfig config = rig_config();
  config.queue_ahead_value = decimal(value);
  return config;
}

// 5000 EUR ahead of a limit order at 50000.0 are 0.1 BTC.
const char* const kTenthAhead = "5000";

}  // namespace

TEST_CASE("a row fills a resting buy of 0.01 at 50000.0 only by what was traded through it or at it") {
  struct Row {
    const char* name;
    const char* queue;
    const char* price;
    const char* volume;
    std::optional<Side> taker;
    Texts want;
  };
  const auto row = GENERATE(values<Row>(
      {{"above it nothing happens", "0", "50000.1", "5", {}, {}},
       {"at it, nobody ahead, all of it", "0", "50000.0", "5", {}, {"0.01@50000.0 fee 1.25 maker"}},
       {"at it, less volume than wanted", "0", "50000.0", "0.004", {}, {"0.004@50000.0 fee 0.5 maker"}},
       {"at it, all volume goes to the queue", kTenthAhead, "50000.0", "0.1", {}, {}},
       {"at it, what the queue leaves",
        kTenthAhead,
        "50000.0",
        "0.103",
        {},
        {"0.003@50000.0 fee 0.375 maker"}},
       {"through it, no queue counts", kTenthAhead, "49999.9", "5", {}, {"0.01@50000.0 fee 1.25 maker"}},
       {"through it, no more than was traded",
        kTenthAhead,
        "49000.0",
        "0.002",
        {},
        {"0.002@50000.0 fee 0.25 maker"}},
       {"at it, but the taker bought", "0", "50000.0", "5", Side::buy, {}},
       {"at it, the taker sold", "0", "50000.0", "5", Side::sell, {"0.01@50000.0 fee 1.25 maker"}},
       {"through it, whoever took", "0", "49999.9", "5", Side::buy, {"0.01@50000.0 fee 1.25 maker"}},
       {"a volume finer than the quantity step is cut",
        "0",
        "50000.0",
        "0.0040000000019",
        {},
        {"0.004@50000.0 fee 0.5 maker"}},
       {"a volume below the quantity step", "0", "50000.0", "0.0000000099", {}, {}}}));
  INFO(row.name);
  PaperRig rig(with_queue(row.queue));
  rig.row("50100.0", "1");
  rig.send(intent("a"));
  rig.row(row.price, row.volume, row.taker);
  CHECK(rig.trades() == row.want);
}

TEST_CASE("a row fills a resting sell only by what was traded above it or at it") {
  struct Row {
    const char* name;
    const char* price;
    std::optional<Side> taker;
    Texts want;
  };
  const auto row = GENERATE(
      values<Row>({{"below it nothing happens", "50999.9", {}, {}},
                   {"at it", "51000.0", {}, {"0.01@51000.0 fee 1.275 maker"}},
                   {"above it, at its own price", "52000.0", {}, {"0.01@51000.0 fee 1.275 maker"}},
                   {"at it, but the taker sold", "51000.0", Side::sell, {}},
                   {"above it, whoever took", "51000.1", Side::sell, {"0.01@51000.0 fee 1.275 maker"}}}));
  INFO(row.name);
  PaperRig rig;
  rig.row("50100.0", "1");
  rig.send(intent("a").sell().limit("51000.0"));
  rig.row(row.price, "5", row.taker);
  CHECK(rig.trades() == row.want);
}

TEST_CASE("the queue ahead shrinks with what is traded at the price, row after row") {
  PaperRig rig(with_queue(kTenthAhead));
  rig.row("50100.0", "1");
  rig.send(intent("a"));
  CHECK(rig.exchange->ahead_of(rig.order("a")).text() == "0.1");
  rig.row("50000.0", "0.06");
  CHECK(rig.exchange->ahead_of(rig.order("a")).text() == "0.04");
  rig.row("50000.1", "7");
  CHECK(rig.exchange->ahead_of(rig.order("a")).text() == "0.04");
  rig.row("50000.0", "0.045");
  CHECK(rig.trades() == Texts{"0.005@50000.0 fee 0.625 maker"});
  rig.row("50000.0", "0.001");
  CHECK(rig.order("a").filled.text() == "0.006");
}

TEST_CASE("a price that was traded through has no queue left, even if the volume did not reach the order") {
  PaperRig rig(with_queue(kTenthAhead));
  rig.row("50100.0", "1");
  rig.send(intent("better").limit("50000.1"));
  rig.send(intent("worse"));
  rig.row("49999.0", "0.01");
  CHECK(rig.order("better").status == VenueStatus::filled);
  CHECK(rig.order("worse").filled.is_zero());
  CHECK(rig.exchange->ahead_of(rig.order("worse")).is_zero());
}

TEST_CASE("one row's volume is shared among our orders by price, then time") {
  PaperRig rig;
  rig.row("50100.0", "1");
  rig.send(intent("second").limit("50000.0"));
  rig.send(intent("third").limit("50000.0"));
  rig.send(intent("first").limit("50000.5"));
  rig.row("50000.0", "0.025");
  CHECK(rig.order("first").status == VenueStatus::filled);
  CHECK(rig.order("second").status == VenueStatus::filled);
  CHECK(rig.order("third").filled.text() == "0.005");
  CHECK(rig.books->trades().front().order == rig.order("first").number);
}

TEST_CASE("our own earlier orders at a price are not counted as the queue of a later one") {
  PaperRig rig(with_queue(kTenthAhead));
  rig.row("50100.0", "1");
  rig.send(intent("early"));
  rig.row("50000.0", "0.1");
  rig.send(intent("late"));
  rig.row("50000.0", "0.06");
  CHECK(rig.order("early").status == VenueStatus::filled);
  CHECK(rig.exchange->ahead_of(rig.order("late")).text() == "0.05");
}

TEST_CASE("a stop waits for its trigger, then takes from the assumed book") {
  struct Row {
    const char* name;
    Side side;
    const char* trigger;
    const char* price;
    Texts want;
  };
  const auto row = GENERATE(values<Row>(
      {{"a sell stop above its trigger waits", Side::sell, "49000.0", "49000.1", {}},
       {"a sell stop at its trigger", Side::sell, "49000.0", "49000.0", {"0.01@48999.9 fee 1.959996 taker"}},
       {"a gap is paid for", Side::sell, "49000.0", "47000.0", {"0.01@46999.9 fee 1.879996 taker"}},
       {"a buy stop below its trigger waits", Side::buy, "51000.0", "50999.9", {}},
       {"a buy stop at its trigger", Side::buy, "51000.0", "51000.0", {"0.01@51000.1 fee 2.040004 taker"}}}));
  INFO(row.name);
  PaperRig rig;
  rig.row("50000.0", "1");
  auto stop = intent("s").stop(row.trigger);
  stop.side = row.side;
  rig.send(stop);
  CHECK(rig.trades().empty());
  const auto step = rig.row(row.price, "0.00001");
  Texts want = row.want;
  for (auto& each : want) each.replace(each.find(" fee"), std::string::npos, "");
  for (std::size_t i = 0; i < rig.trades().size(); ++i) CHECK(rig.trades()[i].starts_with(want[i]));
  CHECK(rig.trades().size() == want.size());
  if (!want.empty()) CHECK(told(step) == Texts{"fill " + want.front(), "push filled"});
}

TEST_CASE("a fee is rounded up to the digits of the quote") {
  PaperRig rig;
  rig.row("50000.0", "1");
  rig.send(intent("a").market().amount("0.00012347"));
  // 0.00012347 * 50000.1 = 6.173512347; 0.4 % of it are 0.024694049...
  CHECK(rig.trades() == Texts{"0.00012347@50000.1 fee 0.0247 taker"});
}

TEST_CASE("a triggered stop whose funds are gone is cancelled with its reason, not filled on credit") {
  PaperConfig config = rig_config();
  config.balances["EUR"] = decimal("1000");
  PaperRig rig(config);
  rig.row("50000.0", "1");
  rig.send(intent("s").stop("60000.0").amount("0.016"));
  const auto step = rig.row("70000.0", "1");
  CHECK(told(step) == Texts{"push cancelled"});
  CHECK(rig.order("s").reason == "insufficient funds when the stop was triggered");
  CHECK(rig.balance("EUR") == "1000/0");
}

TEST_CASE("stops are executed in the order in which the price reached them") {
  PaperRig rig;
  rig.row("50000.0", "1");
  rig.send(intent("low").sell().stop("48000.0"));
  rig.send(intent("high").sell().stop("49000.0"));
  rig.row("47000.0", "1");
  REQUIRE(rig.books->trades().size() == 2);
  CHECK(rig.books->trades().front().order == rig.order("high").number);
}

TEST_CASE("a row at or before the cursor, or of a symbol that is not traded, changes no order") {
  PaperRig rig;
  rig.row("50100.0", "1");
  rig.send(intent("a"));
  MarketTrade old;
  old.symbol = kBtcEur;
  old.price = Price(decimal("1.0"));
  old.quantity = Quantity(decimal("1"));
  old.row = 1;
  CHECK_FALSE(rig.exchange->would_trade(old));
  CHECK_FALSE(rig.exchange->on_market(old, {1, "again"}).has_effect());
  CHECK(rig.exchange->cursor().position == "at 1");
  MarketTrade other = old;
  other.symbol = Symbol("ETH/EUR");
  rig.row(other);
  CHECK(rig.exchange->cursor().row == 2);
  CHECK(rig.order("a").is_open());
}

TEST_CASE("a row without effect is remembered, and stands in front of the next step") {
  PaperRig rig(with_queue(kTenthAhead));
  rig.row("50100.0", "1");
  rig.send(intent("a"));
  const auto before = rig.snapshot();
  CHECK_FALSE(rig.row("50000.0", "0.03").has_effect());
  CHECK_FALSE(rig.row("50000.0", "0.03").has_effect());
  CHECK(rig.snapshot() == before);
  CHECK(rig.exchange->last_price(kBtcEur)->text() == "50000");
  const auto step = rig.cancel("unknown");
  CHECK_FALSE(step.has_effect());
  const auto cancelled = rig.cancel("a");
  REQUIRE(cancelled.facts.size() == 4);
  CHECK(std::get<PaperPriceSeen>(cancelled.facts[0]).price.text() == "50000");
  CHECK(std::get<PaperQueueMoved>(cancelled.facts[1]).ahead.text() == "0.04");
  CHECK(std::get<PaperMarketSeen>(cancelled.facts[2]).row == 3);
  CHECK(std::get<PaperMarketSeen>(cancelled.facts[2]).position == "at 3");
  CHECK(std::get<PaperOrderEnded>(cancelled.facts[3]).order == 1);
}

TEST_CASE("flush writes what is remembered once") {
  PaperRig rig;
  rig.row("50100.0", "1");
  CHECK(rig.exchange->flush().facts.size() == 2);
  CHECK_FALSE(rig.exchange->flush().has_effect());
  CHECK(rig.books->market().cursor.row == 1);
}

TEST_CASE("one row makes no more trades than fit into one record") {
  PaperConfig config = rig_config();
  config.balances["EUR"] = decimal("1000000");
  PaperRig rig(config);
  rig.row("50100.0", "1");
  const std::size_t orders = PaperExchange::kMaxFillsOfRow + 1;
  OrderIntent order = intent("x");
  order.quantity = Quantity(decimal("0.0001"));
  for (std::size_t i = 0; i < orders; ++i) {
    order.client_id = ClientId("x" + std::to_string(i));
    CHECK(rig.exchange->on_request(SendOrder{order}, 1, rig.time).has_effect());
  }
  MarketTrade trade{kBtcEur, Price(decimal("49000.0")), Quantity(decimal("100")), {}, rig.time, 2, ""};
  const PaperStep step = rig.exchange->on_market(trade, {2, "at 2"});
  CHECK(rig.books->trades().size() == PaperExchange::kMaxFillsOfRow);
  CHECK(rig.books->open_orders().size() == 1);
  std::string bytes;
  encode(step.facts, bytes);
  CHECK(bytes.size() < (1U << 20U) - 1024);
}
