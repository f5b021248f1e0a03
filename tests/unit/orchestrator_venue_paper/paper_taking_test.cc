// The assumed book.
#include "orchestrator/venue/paper/paper_taking.h"

#include "tests/support/catch.h"
#include "tests/unit/orchestrator_venue_paper/paper_rig.h"

using namespace s1mple;

namespace {

std::vector<std::string> texts(const TakingPlan& plan) {
  std::vector<std::string> all;
  for (const Taking& each : plan.takings) all.push_back(each.quantity.text() + "@" + each.price.text(1));
  return all;
}

}  // namespace

TEST_CASE("the best price lies half a spread beside the last trade, on the grid") {
  struct Row {
    Side taker;
    const char* last;
    std::int64_t half_spread;
    const char* want;
  };
  const auto row = GENERATE(values<Row>({{Side::buy, "100.0", 1, "100.1"},
                                         {Side::sell, "100.0", 1, "99.9"},
                                         {Side::buy, "100.0", 0, "100"},
                                         {Side::sell, "100.0", 5, "99.5"},
                                         {Side::buy, "100.04", 1, "100.2"},
                                         {Side::sell, "100.04", 1, "99.9"},
                                         {Side::sell, "0.1", 1, ""}}));
  PaperConfig config = rig_config();
  config.half_spread_steps = row.half_spread;
  const auto price = best_price(config, btc_eur(), row.taker, Price(decimal(row.last)));
  CHECK((price ? price->text() : "") == row.want);
}

TEST_CASE("a taker walks from level to level up to its limit") {
  struct Row {
    const char* name;
    Side taker;
    const char* wanted;
    const char* limit;
    std::vector<std::string> want;
    const char* left;
  };
  // Best prices 999.9 and 1000.1, 5000 EUR a level.
  const auto row = GENERATE(values<Row>(
      {{"within the best level", Side::buy, "2", "", {"2@1000.1"}, "0"},
       {"into the second", Side::buy, "6", "", {"4.99950004@1000.1", "1.00049996@1001.1"}, "0"},
       {"a seller's levels fall", Side::sell, "6", "", {"5.00050005@999.9", "0.99949995@998.9"}, "0"},
       {"no level beyond the limit", Side::buy, "6", "1001.0", {"4.99950004@1000.1"}, "1.00049996"},
       {"the limit's own level", Side::buy, "6", "1001.1", {"4.99950004@1000.1", "1.00049996@1001.1"}, "0"},
       {"nothing within the limit", Side::sell, "6", "1000.0", {}, "6"}}));
  INFO(row.name);
  const auto limit = *row.limit == 0 ? std::nullopt : std::optional(Price(decimal(row.limit)));
  const auto plan = plan_taking(rig_config(), btc_eur(), row.taker, Quantity(decimal(row.wanted)),
                                Price(decimal("1000.0")), limit);
  CHECK(texts(plan) == row.want);
  CHECK(plan.left.text() == row.left);
}

TEST_CASE("the book ends where the price would reach zero") {
  PaperConfig config = rig_config();
  config.level_value = decimal("0.1");
  const auto plan =
      plan_taking(config, btc_eur(), Side::sell, Quantity(decimal("1000")), Price(decimal("3.0")), {});
  CHECK(plan.takings.size() == 3);  // 2.9, 1.9, 0.9
  CHECK(plan.takings.back().price.text() == "0.9");
  CHECK(plan.left.is_positive());
}

TEST_CASE("the book has a limited number of levels, and no order is worth more than can be counted") {
  const auto deep = plan_taking(rig_config(), btc_eur(), Side::buy, Quantity(decimal("100000")),
                                Price(decimal("50000.0")), {});
  CHECK(deep.takings.size() == TakingPlan::kMaxLevels);
  PaperConfig config = rig_config();
  config.level_value = decimal("1000000000000000");
  const auto rich = plan_taking(config, btc_eur(), Side::buy, Quantity(decimal("1000000000000000")),
                                Price(decimal("99999999.0")), {});
  CHECK(rich.takings.size() <= 1);
  CHECK(rich.left.is_positive());
}

TEST_CASE("a value buys whole quantity steps, at least one") {
  CHECK(quantity_worth(btc_eur(), decimal("5000"), Price(decimal("50000.0"))).text() == "0.1");
  CHECK(quantity_worth(btc_eur(), decimal("1"), Price(decimal("30000.0"))).text() == "0.00003333");
  CHECK(quantity_worth(btc_eur(), decimal("0.0001"), Price(decimal("50000.0"))).text() == "0.00000001");
}

TEST_CASE("a fee is rounded up, and an exact one stays") {
  struct Row {
    const char* cost;
    const char* rate;
    const char* want;
  };
  const auto row = GENERATE(values<Row>({{"500", "0.004", "2"},
                                         {"500.001", "0.004", "2.00001"},
                                         {"0.000001", "0.004", "0.00001"},
                                         {"500", "0", "0"},
                                         {"0", "0.004", "0"}}));
  CHECK(fee_of(btc_eur(), Money(decimal(row.cost)), decimal(row.rate)).text() == row.want);
}
