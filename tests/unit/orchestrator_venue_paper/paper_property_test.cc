// Random markets, orders, cancels, restarts and lost records: whatever happens, the books add up, and a run
// with restarts ends like one without. The seed of a failure is printed.
#include "tests/support/catch.h"
#include "tests/unit/orchestrator_venue_paper/paper_rig.h"

using namespace s1mple;

namespace {

PaperConfig random_config(Random& random) {
  PaperConfig config = rig_config();
  if (random.chance(1, 2)) config.queue_ahead_value = decimal("300");
  if (random.chance(1, 3)) config.level_value = decimal("200");
  if (random.chance(1, 3)) config.maker_fee = config.taker_fee;
  if (random.chance(1, 3)) config.balances["EUR"] = decimal("523.17");  // soon all reserved
  return config;
}

Price random_price(Random& random) {
  return Price(Decimal::from_scaled(random.between(499'900, 500'100), 1));
}

MarketTrade random_row(Random& random) {
  MarketTrade trade;
  trade.symbol = kBtcEur;
  trade.price = random_price(random);
  trade.quantity = Quantity(Decimal::from_scaled(random.between(1, random.chance(1, 2) ? 900'000 : 9), 8));
  if (random.chance(1, 2)) trade.taker = random.chance(1, 2) ? Side::buy : Side::sell;
  return trade;
}

OrderIntent random_order(Random& random, int number) {
  OrderIntent order = intent(("c" + std::to_string(number)).c_str());
  order.side = random.chance(1, 2) ? Side::buy : Side::sell;
  order.quantity = Quantity(Decimal::from_scaled(random.between(5'000, 1'500'000), 8));
  order.price = random_price(random);
  switch (random.below(8)) {
    case 0:
      order.type = OrderType::market;
      order.price.reset();
      break;
    case 1: order.type = OrderType::stop_loss; break;
    case 2: order.post_only = true; break;
    default: break;
  }
  return order;
}

// The same seed does the same to every rig: only the restarts differ.
class Run {
 public:
  Run(std::uint64_t seed, bool restarts)
      : random_(seed), chaos_(seed + 1), restarts_(restarts), rig_(random_config(random_)) {}

  std::string finish(int steps) {
    for (int i = 0; i < steps; ++i) one_step(i);
    rig_.flush();
    return rig_.snapshot();
  }
  const PaperRig& rig() const { return rig_; }
  PaperRig& rig() { return rig_; }

 private:
  void one_step(int number) {
    const std::size_t records = rig_.records();
    const std::uint64_t what = random_.below(10);
    if (what < 6) {
      rig_.row(random_row(random_));
      lose_or_keep(records, [] {});
    } else if (what < 9) {
      const OrderIntent order = random_order(random_, number);
      rig_.send(order);
      lose_or_keep(records, [&] { rig_.send(order); });
    } else {
      const std::string id = "c" + std::to_string(random_.below(static_cast<std::uint64_t>(number) + 1));
      rig_.cancel(id.c_str());
      lose_or_keep(records, [&] { rig_.cancel(id.c_str()); });
    }
    if (restarts_ && chaos_.chance(1, 40)) rig_.flush();
    if (restarts_ && chaos_.chance(1, 15)) rig_.restart();
  }

  // A crash before the step's record was durable: nobody heard of it, and it is done again.
  template <class Again>
  void lose_or_keep(std::size_t records_before, Again&& again) {
    if (!restarts_ || rig_.records() == records_before || !chaos_.chance(1, 8)) return;
    rig_.lose_last_record();
    rig_.restart();
    again();
  }

  Random random_;
  Random chaos_;
  bool restarts_;
  PaperRig rig_;
};

}  // namespace

TEST_CASE("a run with crashes between and inside steps ends exactly like one without") {
  const auto seed = GENERATE(range(1, 9));
  INFO("seed " << seed);
  Run calm(static_cast<std::uint64_t>(seed), false);
  Run rough(static_cast<std::uint64_t>(seed), true);
  const std::string want = calm.finish(300);
  CHECK(rough.finish(300) == want);
  CHECK(calm.rig().books->trades().size() > 15);
  CHECK(calm.rig().books->closed_orders().size() > 15);
}

TEST_CASE("books folded from the records, or from any snapshot and the records after it, are the live ones") {
  const auto seed = GENERATE(range(100, 102));
  INFO("seed " << seed);
  Run run(static_cast<std::uint64_t>(seed), false);
  const std::string live = run.finish(250);
  const auto log = run.rig().log();
  CHECK(snapshot_of(*fold(log)) == live);
  for (std::size_t cut = 0; cut <= log.size(); cut += 11) {
    const auto begin = fold({log.begin(), log.begin() + static_cast<std::ptrdiff_t>(cut)});
    const auto json = JsonValue::parse(snapshot_of(*begin));
    REQUIRE(json.ok());
    PaperBooks books;
    REQUIRE(books.read_json(*json).ok());
    for (std::size_t i = cut; i < log.size(); ++i) {
      const auto record = decode_paper_record(std::as_bytes(std::span(log[i])));
      REQUIRE(record.ok());
      for (const PaperFact& fact : *record) REQUIRE(books.apply(fact).ok());
    }
    CHECK(snapshot_of(books) == live);
  }
}

TEST_CASE("restarting again and again without anything new changes nothing and writes nothing") {
  Run run(55, true);
  const std::string live = run.finish(200);
  PaperRig& rig = run.rig();
  const auto records = rig.records();
  for (int i = 0; i < 3; ++i) {
    rig.restart();
    CHECK(rig.snapshot() == live);
  }
  CHECK(rig.records() == records);
}
