// Impossible figures are refused by name.
#include "tests/support/catch.h"
#include "tests/unit/orchestrator_venue_paper/paper_rig.h"

using namespace s1mple;

TEST_CASE("the defaults are possible") {
  CHECK(check(PaperConfig{}).ok());
  CHECK(check(rig_config()).ok());
}

TEST_CASE("an impossible figure is refused by its name") {
  struct Row {
    const char* name;
    void (*spoil)(PaperConfig& config);
  };
  const auto row = GENERATE(values<Row>(
      {{"maker_fee", [](PaperConfig& c) { c.maker_fee = decimal("-0.001"); }},
       {"taker_fee", [](PaperConfig& c) { c.taker_fee = decimal("1"); }},
       {"maker_fee", [](PaperConfig& c) { c.maker_fee = decimal("0.005"); }},
       {"half_spread_steps", [](PaperConfig& c) { c.half_spread_steps = -1; }},
       {"level_steps", [](PaperConfig& c) { c.level_steps = 0; }},
       {"level_value", [](PaperConfig& c) { c.level_value = Decimal(); }},
       {"queue_ahead_value", [](PaperConfig& c) { c.queue_ahead_value = decimal("-1"); }},
       {"page_size", [](PaperConfig& c) { c.page_size = 1; }},
       {"page_size", [](PaperConfig& c) { c.page_size = 1001; }},
       {"max_open_orders", [](PaperConfig& c) { c.max_open_orders = 20'001; }},
       {"max_catch_up", [](PaperConfig& c) { c.max_catch_up = -1s; }},
       {"balances.EUR", [](PaperConfig& c) { c.balances["EUR"] = decimal("-1"); }},
       {"balances.EUR", [](PaperConfig& c) { c.balances["EUR"] = decimal("1000000000000001"); }},
       {"instrument BTC/EUR: stands twice", [](PaperConfig& c) { c.instruments.push_back(btc_eur()); }},
       {"instrument BTC/EUR: must be named", [](PaperConfig& c) { c.instruments[0].quote = Asset("USD"); }},
       {"instrument BTC/EUR: price_step", [](PaperConfig& c) { c.instruments[0].price_step = Price(); }},
       {"instrument BTC/EUR: quantity_step",
        [](PaperConfig& c) { c.instruments[0].quantity_step = Quantity(); }},
       {"instrument BTC/EUR: price_step times quantity_step",
        [](PaperConfig& c) { c.instruments[0].price_step = Price(decimal("0.00000000001")); }},
       {"instrument BTC/EUR: quantity_min",
        [](PaperConfig& c) { c.instruments[0].cost_min = Money(decimal("-1")); }},
       {"instrument BTC/EUR: cost_digits", [](PaperConfig& c) { c.instruments[0].cost_digits = 19; }}}));
  INFO(row.name);
  PaperConfig config = rig_config();
  row.spoil(config);
  const auto checked = check(config);
  REQUIRE_FALSE(checked.ok());
  CHECK_THAT(checked.error().story, starts_with(row.name));
}
