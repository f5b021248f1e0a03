// Each reason has its own way back; state and reasons survive a restart; one critical alert per transition.
#include "tests/support/catch.h"
#include "tests/support/engine/engine_rig.h"

namespace s1mple {
namespace {

struct Trading : EngineRig {
  Trading() {
    start();
    market("100");
  }
  void live_for(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      market("100");
      advance(1s);
    }
  }
  BreakerState breaker() const { return books->breaker().state; }
};

OrderAnswer ambiguous(const ClientId& id) {
  OrderAnswer answer;
  answer.client_id = id;
  answer.reason = "502";
  return answer;
}

}  // namespace

TEST_CASE("reasons go their own way: the table of codes") {
  struct Row {
    const char* code;
    ReasonWay want;
  };
  const auto row = GENERATE(values<Row>({{"silence", ReasonWay::self_healing},
                                         {"failures", ReasonWay::self_healing},
                                         {"in_doubt", ReasonWay::condition},
                                         {"slow_disk", ReasonWay::condition},
                                         {"balance_mismatch", ReasonWay::latched},
                                         {"foreign_fill", ReasonWay::latched},
                                         {"something_new", ReasonWay::latched}}));
  CHECK(way_of(row.code) == row.want);
}

TEST_CASE("silence opens the breaker; fresh data and a clean reconciliation close it again") {
  Trading rig;
  const ClientId resting = rig.buy("1", "99");
  rig.settle();
  rig.line_is_up = false;
  rig.advance(4s);
  CHECK(rig.breaker() == BreakerState::closed);
  rig.advance(2s);
  CHECK(rig.breaker() == BreakerState::open);
  CHECK(rig.engine->trading() == TradingMode::reducing);
  CHECK(rig.count_alerts("breaker_open") == 1);
  CHECK(rig.status(resting) == OrderStatus::cancelled);
  rig.advance(60s);
  CHECK(rig.breaker() == BreakerState::open);
  rig.line_is_up = true;
  rig.on(DataConnected{});
  rig.live_for(4);
  CHECK(rig.breaker() == BreakerState::open);  // data must be fresh for a while
  rig.live_for(4);
  CHECK(rig.breaker() == BreakerState::closed);
  CHECK(rig.engine->trading() == TradingMode::active);
  CHECK(rig.count_alerts("breaker_open") == 1);
}

TEST_CASE("an open breaker survives a crash with its reason") {
  Trading rig;
  rig.line_is_up = false;
  rig.advance(6s);
  REQUIRE(rig.breaker() == BreakerState::open);
  rig.restart();
  CHECK(rig.breaker() == BreakerState::open);
  CHECK(rig.engine->trading() == TradingMode::reducing);
  CHECK(rig.count_alerts("breaker_open") == 0);  // no transition, no second alert
  rig.line_is_up = true;
  rig.on(DataConnected{});
  rig.live_for(10);
  CHECK(rig.breaker() == BreakerState::closed);
}

TEST_CASE("five failures in a row open it, a success in between starts the count anew") {
  const int before_success = GENERATE(0, 4);
  Trading rig;
  rig.config.breaker.max_in_doubt = 100;
  rig.carries_requests = false;
  const auto fail = [&] {
    rig.venue.price = price("100");
    rig.on(ambiguous(rig.place("alpha", Side::buy, "0.1", "99")));
  };
  EngineRig fresh;
  for (int i = 0; i < before_success; ++i) {
    Trading other;
    other.carries_requests = false;
    const ClientId id = other.buy("0.1", "99");
    for (int n = 0; n < 4; ++n) other.on(ambiguous(id));
    OrderAnswer yes;
    yes.client_id = id;
    yes.answer = AnswerKind::accepted;
    yes.venue_id = VenueOrderId("V1");
    other.on(yes);
    for (int n = 0; n < 4; ++n) other.on(ambiguous(id));
    CHECK(other.breaker() == BreakerState::closed);
    other.on(ambiguous(id));
    CHECK(other.breaker() == BreakerState::open);
  }
  fail();
  CHECK(rig.breaker() == BreakerState::closed);
}

TEST_CASE("refusals count as failures, except those that are everyday life") {
  struct Row {
    RefusalCode code;
    BreakerState want;
  };
  const auto row = GENERATE(values<Row>({{RefusalCode::other, BreakerState::open},
                                         {RefusalCode::insufficient_funds, BreakerState::open},
                                         {RefusalCode::rate_limited, BreakerState::open},
                                         {RefusalCode::would_take, BreakerState::closed}}));
  Trading rig;
  rig.venue.refuses = row.code;
  for (int i = 0; i < 5; ++i) {
    const ClientId id = rig.buy("0.1", "99");
    rig.settle();
    CHECK(rig.status(id) == OrderStatus::rejected);
  }
  CHECK(rig.breaker() == row.want);
}

TEST_CASE("more than three orders in doubt open it; it closes when they are known and a probe was clean") {
  Trading rig;
  rig.config.breaker.max_failures = 1000;
  EngineRig many({"a", "b", "c", "d"});
  many.config.breaker.max_failures = 1000;
  many.start();
  many.market("100");
  many.venue.receives = false;
  many.venue.silent_reads = true;
  for (const char* name : {"a", "b", "c"}) many.on(ambiguous(many.place(name, Side::buy, "0.1", "99")));
  CHECK(many.books->breaker().state == BreakerState::closed);
  many.on(ambiguous(many.place("d", Side::buy, "0.1", "99")));
  CHECK(many.books->breaker().state == BreakerState::open);
  CHECK(many.books->reasons().back().code == "in_doubt");
  many.venue.silent_reads = false;
  many.venue.receives = true;
  for (int i = 0; i < 120; ++i) {
    many.market("100");
    many.advance(1s);
  }
  CHECK(many.books->breaker().state == BreakerState::closed);
  CHECK(many.books->orders().working().empty());
}

TEST_CASE("an order in doubt for five minutes opens it") {
  Trading rig;
  rig.venue.receives = false;
  rig.config.breaker.max_failures = 1000;
  EngineRig patient;
  patient.config.breaker.max_failures = 100'000;
  patient.config.execution.absence = {3600s, 30s, false, false};
  patient.start();
  patient.market("100");
  patient.venue.receives = false;
  const ClientId id = patient.buy("1", "99");
  for (int i = 0; i < 59; ++i) {  // rows come: silence is not what opens it
    patient.advance(5s);
    patient.market("100");
  }
  CHECK(patient.books->breaker().state == BreakerState::closed);
  patient.advance(15s);
  CHECK(patient.books->breaker().state == BreakerState::open);
  CHECK(patient.status(id) == OrderStatus::in_doubt);
}

TEST_CASE("a failed probe lengthens the interval; the opening's alert is not repeated") {
  Trading rig;
  rig.line_is_up = false;
  rig.advance(6s);
  rig.line_is_up = true;
  rig.on(DataConnected{});
  rig.venue.reads = false;
  rig.live_for(60);
  CHECK(rig.breaker() == BreakerState::open);
  CHECK(rig.books->breaker().failed_probes >= 2);
  CHECK(rig.count_alerts("breaker_open") == 1);
  const auto probes = rig.facts<BreakerMoved>();
  std::vector<Nanos> gaps;
  std::optional<WallTime> last;
  for (const BreakerMoved& move : probes)
    if (move.state == BreakerState::half_open) {
      if (last) gaps.push_back(move.at - *last);
      last = move.at;
    }
  REQUIRE(gaps.size() >= 2);
  CHECK(gaps[1] > gaps[0]);
  rig.venue.reads = true;
  rig.live_for(200);
  CHECK(rig.breaker() == BreakerState::closed);
}

TEST_CASE("S33 open while a position is held: new risk is refused with the reason, what reduces passes") {
  Trading rig;
  const ClientId entry = rig.buy("2", "99");
  rig.settle();
  rig.venue.fill(entry, "2", "99");
  rig.settle();
  rig.line_is_up = false;
  rig.advance(6s);
  REQUIRE(rig.breaker() == BreakerState::open);
  const auto more = rig.request("alpha", limit_order(Side::buy, "1", "99"));
  REQUIRE_FALSE(more.ok());
  CHECK_THAT(more.error().story, contains("breaker: silence"));
  CHECK(rig.facts<Refused>().back().code == "reducing");
  CHECK(rig.request("alpha", stop_order("1", "90")).ok());
  CHECK(rig.request("alpha", limit_order(Side::sell, "1", "101")).ok());
  CHECK_FALSE(rig.request("alpha", limit_order(Side::sell, "1", "101")).ok());  // more than is held
}

TEST_CASE("a disk that hangs is an alert and a condition; it clears by itself") {
  Trading rig;
  rig.on(DiskSlow{500ms});
  CHECK(rig.breaker() == BreakerState::closed);
  rig.on(DiskSlow{1500ms});
  CHECK(rig.breaker() == BreakerState::open);
  CHECK(rig.count_alerts("slow_disk") == 1);
  rig.live_for(9);
  CHECK(rig.breaker() == BreakerState::open);
  rig.live_for(10);
  CHECK(rig.breaker() == BreakerState::closed);
}

}  // namespace s1mple
