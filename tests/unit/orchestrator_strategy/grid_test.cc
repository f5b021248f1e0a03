#include "orchestrator/strategy/grid.h"

#include <algorithm>

#include "tests/support/catch.h"
#include "tests/support/fake_strategy_context.h"

using namespace s1mple;
using namespace s1mple::literals;

namespace {

const Price kMid("50000"_dec);

// Levels 49900, 49950 | 50000, 50050: buys there, sells one step of 50 higher.
Grid::Config config() {
  Grid::Config made;
  made.levels = 2;
  made.spacing = "0.001"_dec;
  made.quantity = Quantity("0.01"_dec);
  made.start_levels = 0;
  made.recentre_after = 60s;
  return made;
}

StrategyRig rig(bool reborn, const Grid::Config& given = config()) {
  return {[given] { return std::make_unique<Grid>(Symbol("BTC/EUR"), given); }, btc_eur(), reborn};
}

using Lines = std::vector<std::string>;

// "buy 49900", "sell 50000": what rests, in the order of prices.
Lines resting(const StrategyRig& s) {
  std::vector<std::pair<Decimal, std::string>> found;
  for (const auto& id : s.context.working()) {
    const auto& intent = s.context.at(id).intent;
    if (!intent.price) continue;
    found.emplace_back(intent.price->value, std::string(to_text(intent.side)) + " " + intent.price->text());
  }
  std::sort(found.begin(), found.end());
  Lines lines;
  for (const auto& [price, text] : found) lines.push_back(text);
  return lines;
}

ClientId at_price(const StrategyRig& s, Price price) {
  for (const auto& id : s.context.working())
    if (s.context.at(id).intent.price == price) return id;
  FAIL("nothing rests at " << price.text());
  return {};
}

void close_all(StrategyRig& s, Outcome outcome = Outcome::cancelled) {
  for (const auto& id : s.context.working()) s.context.close(id, outcome);
  s.deliver();
}

std::size_t cancelling(const StrategyRig& s) {
  std::size_t count = 0;
  for (const auto& id : s.context.working())
    count += s.context.at(id).request == RequestKind::cancelling ? 1U : 0U;
  return count;
}

}  // namespace

TEST_CASE("grid: rests buys below the first price, and nothing to sell where it holds nothing") {
  auto s = rig(GENERATE(false, true));
  s.trade(kMid);
  CHECK(resting(s) == Lines{"buy 49900", "buy 49950"});
  CHECK(s.context.at(s.context.working()[0]).intent.post_only);
  for (int i = 0; i < 5; ++i) s.trade(kMid);
  CHECK(s.context.decisions.size() == 2);
}

TEST_CASE("grid: start levels are bought at market, once, and their sells rest above the price") {
  auto with_start = config();
  with_start.start_levels = 2;
  auto s = rig(GENERATE(false, true), with_start);
  s.trade(kMid);
  const auto bought = s.context.working(Side::buy, OrderType::market);
  REQUIRE(bought.size() == 2);
  s.context.fill(bought[0], kMid);
  s.deliver();
  s.context.fill(bought[1], kMid);
  s.deliver();
  CHECK(resting(s) == Lines{"buy 49900", "buy 49950", "sell 50050", "sell 50100"});
  CHECK(s.context.violations.empty());
}

TEST_CASE("grid: a filled buy places its sell one step higher, and back") {
  auto s = rig(GENERATE(false, true));
  s.trade(kMid);
  s.trade(Price("49940"_dec));
  s.context.fill(at_price(s, Price("49950"_dec)), Price("49950"_dec));
  s.deliver();
  CHECK(resting(s) == Lines{"buy 49900", "sell 50000"});
  s.trade(Price("50010"_dec));
  s.context.fill(at_price(s, Price("50000"_dec)), Price("50000"_dec));
  s.deliver();
  CHECK(resting(s) == Lines{"buy 49900", "buy 49950", "buy 50000"});
  CHECK(s.context.held.quantity.is_zero());
  CHECK(s.context.violations.empty());
}

TEST_CASE("grid: a buy that is filled in part keeps resting, and its sell comes when it is done") {
  auto s = rig(GENERATE(false, true));
  s.trade(kMid);
  const ClientId buy = at_price(s, Price("49950"_dec));
  s.context.fill(buy, Quantity("0.004"_dec), Price("49950"_dec));
  s.deliver();
  CHECK(resting(s) == Lines{"buy 49900", "buy 49950"});
  s.trade(Price("49960"_dec));
  s.context.close(buy, Outcome::cancelled);  // by the venue
  s.deliver();
  CHECK(resting(s) == Lines{"buy 49900", "sell 50000"});
  CHECK(s.context.at(at_price(s, kMid)).intent.quantity == Quantity("0.004"_dec));
}

TEST_CASE("grid: what is left of a sell that ended is put up again") {
  auto s = rig(GENERATE(false, true));
  s.trade(kMid);
  s.trade(Price("49960"_dec));
  s.context.fill(at_price(s, Price("49950"_dec)), Price("49950"_dec));
  s.deliver();
  const ClientId sell = at_price(s, kMid);
  s.context.fill(sell, Quantity("0.004"_dec), kMid);
  s.context.close(sell, Outcome::expired);
  s.deliver();
  CHECK(s.context.at(at_price(s, kMid)).intent.quantity == Quantity("0.006"_dec));
  CHECK(resting(s) == Lines{"buy 49900", "sell 50000"});
}

TEST_CASE("grid: a sell is never put where it would take") {
  auto s = rig(GENERATE(false, true));
  s.trade(kMid);
  const ClientId buy = at_price(s, Price("49950"_dec));
  s.context.fill(buy, Price("49950"_dec));
  s.context.price = Price("50033"_dec);  // the report comes when the price is elsewhere already
  s.deliver();
  CHECK(resting(s) == Lines{"buy 49900", "buy 50000", "sell 50033.1"});
  CHECK(s.context.violations.empty());
}

TEST_CASE("grid: buys appear at the upper levels when the price has risen above them") {
  auto s = rig(GENERATE(false, true));
  s.trade(kMid);
  s.trade(Price("50060"_dec));
  CHECK(resting(s) == Lines{"buy 49900", "buy 49950", "buy 50000", "buy 50050"});
}

TEST_CASE(
    "grid: what is refused is tried again on the timer, ever more slowly, and the rest waits its turn") {
  auto s = rig(GENERATE(false, true));
  s.context.refuse = 1'000'000;
  s.trade(kMid);
  CHECK(s.context.decisions.size() == 1);  // the first refusal ends the round
  for (int i = 0; i < 2000; ++i) s.trade(kMid, 50ms);
  const auto tries = s.context.decisions.size();
  CHECK(tries < 25);  // 100 s of market
  s.wait(10min);
  CHECK(s.context.decisions.size() < tries + 30);
  s.context.refuse = 0;
  s.wait(2min);
  CHECK(resting(s) == Lines{"buy 49900", "buy 49950"});
}

TEST_CASE("grid: orders that end unfilled come back after a delay, whoever ended them") {
  auto s = rig(GENERATE(false, true));
  const Outcome outcome =
      GENERATE(Outcome::rejected, Outcome::abandoned, Outcome::cancelled, Outcome::expired);
  s.trade(kMid);
  close_all(s, outcome);
  CHECK(resting(s).empty());
  CHECK(s.context.wake == s.context.time + Retry::kBase);
  s.wait(Retry::kBase);
  CHECK(resting(s) == Lines{"buy 49900", "buy 49950"});
}

TEST_CASE("grid: an exchange that rejects everything is asked ever more slowly") {
  auto s = rig(GENERATE(false, true));
  s.trade(kMid);
  for (int i = 0; i < 200; ++i) {
    close_all(s, Outcome::rejected);
    s.wait(3s);
  }
  CHECK(s.context.decisions.size() < 60);  // two levels in ten minutes
}

TEST_CASE("grid: without the money for a level it waits without asking") {
  auto s = rig(GENERATE(false, true));
  s.context.quote = Money("700"_dec);  // one level costs 500
  s.trade(kMid);
  CHECK(s.context.decisions.size() == 1);
  for (int i = 0; i < 100; ++i) s.trade(kMid);
  CHECK(s.context.decisions.size() == 1);
  s.context.quote = Money("1500"_dec);
  s.trade(kMid);
  CHECK(s.context.decisions.size() == 2);
}

TEST_CASE(
    "grid: when the price has left the grid, it is laid anew around it after the evidence of every cancel") {
  auto s = rig(GENERATE(false, true));
  s.trade(kMid);
  s.wait(60s);
  s.trade(Price("50251"_dec));
  CHECK(cancelling(s) == 2);
  s.trade(Price("50260"_dec));
  CHECK(s.context.working().size() == 2);
  s.context.close(s.context.working()[0], Outcome::cancelled);
  s.deliver();
  CHECK(s.context.working().size() == 1);
  s.context.close(s.context.working()[0], Outcome::cancelled);
  s.deliver();
  CHECK(resting(s) == Lines{"buy 50159.6", "buy 50209.8"});  // 50260, steps of 50.2
}

TEST_CASE("grid: at the edge it stays, one step of the price further it goes") {
  struct Row {
    const char* price;
    bool goes;
  };
  const auto row =
      GENERATE(values<Row>({{"50150", false}, {"50150.1", true}, {"49850", false}, {"49849.9", true}}));
  auto s = rig(false);
  s.trade(kMid);
  s.wait(60s);
  s.trade(Price(Decimal::parse(row.price).value()));
  CHECK((cancelling(s) > 0) == row.goes);
}

TEST_CASE("grid: it is laid anew at most once in the configured time") {
  auto s = rig(GENERATE(false, true));
  s.trade(kMid);
  s.trade(Price("51000"_dec));
  CHECK(cancelling(s) == 0);
  s.wait(58s);
  CHECK(cancelling(s) == 0);
  s.wait(1s);  // 60 s after it was laid; the timer does it, no trade is needed
  CHECK(cancelling(s) == 4);
}

TEST_CASE("grid: what is held moves to the slots above the new price") {
  auto s = rig(GENERATE(false, true));
  s.trade(kMid);
  for (const char* price : {"49950", "49900"}) {
    s.trade(Price(Decimal::parse(price).value()) - Price("1"_dec));
    s.context.fill(at_price(s, Price(Decimal::parse(price).value())), Price(Decimal::parse(price).value()));
    s.deliver();
  }
  CHECK(resting(s) == Lines{"sell 49950", "sell 50000"});
  s.wait(60s);
  s.trade(Price("49000"_dec));
  CHECK(cancelling(s) == 2);
  close_all(s);
  CHECK(resting(s) == Lines{"buy 48902", "buy 48951", "sell 49049", "sell 49098"});
  CHECK(s.context.violations.empty());
}

TEST_CASE("grid: a position that the slots do not explain lays the grid anew from the books") {
  auto s = rig(GENERATE(false, true));
  s.trade(kMid);
  s.context.fill(at_price(s, Price("49950"_dec)), Price("49950"_dec));
  s.deliver();
  s.wait(60s);
  const bool more = GENERATE(true, false);
  s.context.held.quantity = more ? Quantity("0.025"_dec) : Quantity();
  s.trade(kMid);
  CHECK(cancelling(s) == 2);
  close_all(s);
  if (more)
    CHECK(resting(s) == Lines{"buy 49900", "sell 50000.1", "sell 50050", "sell 50100"});
  else
    CHECK(resting(s) == Lines{"buy 49900", "buy 49950"});
  CHECK(s.context.violations.empty());
}

TEST_CASE("grid: an abandoned order that was filled after all is found, and sold from") {
  auto s = rig(GENERATE(false, true));
  s.trade(kMid);
  const ClientId buy = at_price(s, Price("49950"_dec));
  s.context.close(buy, Outcome::abandoned);
  s.deliver();
  s.wait(60s);
  s.context.fill(buy, Price("49950"_dec));
  s.deliver();
  close_all(s);
  CHECK(resting(s) == Lines{"buy 49900", "buy 49950", "sell 50050"});
}

TEST_CASE("grid: an order of its own that its memory does not know is cancelled") {
  auto s = rig(GENERATE(false, true));
  Order stray;
  stray.intent.client_id = ClientId("stray");
  stray.intent.symbol = Symbol("BTC/EUR");
  stray.intent.side = Side::buy;
  stray.intent.type = OrderType::limit;
  stray.intent.price = Price("40000"_dec);
  stray.intent.quantity = Quantity("0.01"_dec);
  s.context.book.emplace(stray.intent.client_id, stray);
  s.trade(kMid);
  CHECK(s.context.decisions == Lines{"cancel stray"});
  close_all(s);
  CHECK(resting(s) == Lines{"buy 49900", "buy 49950"});
}

TEST_CASE(
    "grid: below its stop it cancels, sells everything, and begins anew after a pause without buying at "
    "market") {
  auto with_stop = config();
  with_stop.stop_below = "0.01"_dec;  // 49900 less 1 %: 49401
  with_stop.start_levels = 1;
  auto s = rig(GENERATE(false, true), with_stop);
  s.trade(kMid);
  const ClientId start = s.context.working(Side::buy, OrderType::market).at(0);
  CHECK(s.context.at(start).intent.protection == Protection{ProtectionKind::stop, Price("49401"_dec)});
  s.context.fill(start, kMid);
  s.deliver();
  s.trade(Price("49401.1"_dec));
  CHECK(cancelling(s) == 0);
  s.trade(Price("49401"_dec));
  CHECK(cancelling(s) == 3);
  close_all(s);
  CHECK(s.context.decisions.back() == "sell market 0.01");
  s.context.fill(s.context.working(Side::sell, OrderType::market).at(0), Price("49400"_dec));
  s.deliver();
  CHECK(s.context.working().empty());
  s.trade(Price("49400"_dec));
  CHECK(s.context.working().empty());
  s.wait(60s);
  CHECK(resting(s) == Lines{"buy 49301.2", "buy 49350.6"});
  CHECK(s.context.violations.empty());
}

TEST_CASE("grid: another number of levels after a restart clears the old grid and lays the new one") {
  auto s = rig(false);
  s.trade(kMid);
  s.context.fill(at_price(s, Price("49950"_dec)), Price("49950"_dec));
  s.deliver();
  auto wider = config();
  wider.levels = 3;
  Grid grid(Symbol("BTC/EUR"), wider);
  REQUIRE(grid.restore(JsonValue::parse(s.saved()).value()).ok());
  grid.on_timer(s.context);
  s.context.end_call();
  CHECK(cancelling(s) == 2);
  for (const auto& id : s.context.working()) s.context.close(id, Outcome::cancelled);
  grid.on_timer(s.context);
  s.context.end_call();
  CHECK(resting(s) == Lines{"buy 49850", "buy 49900", "buy 49950", "sell 50050"});
}

TEST_CASE("grid: levels that would reach zero are left out") {
  auto steep = config();
  steep.levels = 3;
  steep.spacing = "0.25"_dec;  // as a price step of that size makes it
  auto s = rig(GENERATE(false, true), steep);
  s.context.rules.price_step = Price("1"_dec);
  s.context.rules.cost_min = Money();
  s.trade(Price("2"_dec));
  CHECK(resting(s) == Lines{"buy 1"});
  CHECK(s.context.violations.empty());
}

TEST_CASE("grid: a memory that is not its own is refused and nothing changes") {
  const char* const memory = GENERATE(
      "{}", "[]", R"({"mode":"dancing","started":true,"reference":"1","step":"1","close_out":{},"slots":[]})",
      R"({"mode":"idle","started":1,"reference":"1","step":"1","close_out":{},"slots":[]})",
      R"({"mode":"idle","started":true,"reference":"x","step":"1","close_out":{},"slots":[]})",
      R"({"mode":"idle","started":true,"reference":"1","step":"1","slots":[]})",
      R"({"mode":"idle","started":true,"reference":"1","step":"1","close_out":{},"slots":[{"held":true}]})",
      R"({"mode":"idle","started":true,"reference":"1","step":"1","close_out":{},"slots":[{"failures":1}]})");
  CAPTURE(memory);
  Grid grid(Symbol("BTC/EUR"), config());
  JsonWriter before, after;
  grid.save(before);
  CHECK_FALSE(grid.restore(JsonValue::parse(memory).value()).ok());
  grid.save(after);
  CHECK(before.str() == after.str());
}
