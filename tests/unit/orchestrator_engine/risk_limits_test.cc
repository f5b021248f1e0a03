// Every limit says no with its name, the value and the bound, and says yes at the bound itself.
#include "orchestrator/engine/risk_limits.h"

#include "tests/support/catch.h"
#include "tests/support/engine/engine_rig.h"

namespace s1mple {
namespace {

struct Asked {
  EngineRig rig;
  Asked() {
    rig.config.risk.max_order_value = money("1000");
    rig.config.risk.max_order_quantity = quantity("8");
    rig.config.risk.max_position = money("2000");
    rig.config.risk.max_open_orders = 3;
    rig.config.risk.max_messages = 5;
  }
  // The code of the refusal; "" when it passed.
  std::string ask(const OrderRequest& request) {
    const auto placed = rig.request("alpha", request);
    rig.settle();
    return placed.ok() ? "" : rig.facts<Refused>().back().code;
  }
};

OrderRequest with(OrderRequest request, const std::function<void(OrderRequest&)>& change) {
  change(request);
  return request;
}

}  // namespace

TEST_CASE("rules of the instrument and limits: the table, at the bound and one past it") {
  struct Row {
    const char* name;
    OrderRequest request;
    const char* want;
  };
  const auto row = GENERATE(values<Row>({
      {"a plain order passes", limit_order(Side::buy, "1", "99"), ""},
      {"price off the step", limit_order(Side::buy, "1", "99.05"), "price_step"},
      {"negative price", limit_order(Side::buy, "1", "-1"), "price_step"},
      {"quantity off the step", limit_order(Side::buy, "1.00005", "99"), "quantity_step"},
      {"no quantity", limit_order(Side::buy, "0", "99"), "quantity_step"},
      {"below the smallest quantity", limit_order(Side::buy, "0.0009", "99"), "quantity_min"},
      {"at the smallest quantity, below the smallest value", limit_order(Side::buy, "0.001", "99"),
       "cost_min"},
      {"market with a price",
       with(limit_order(Side::buy, "1", "99"), [](OrderRequest& r) { r.type = OrderType::market; }), "price"},
      {"limit without a price",
       with(limit_order(Side::buy, "1", "99"), [](OrderRequest& r) { r.price.reset(); }), "price"},
      {"post-only market", with(market_order(Side::buy, "1"), [](OrderRequest& r) { r.post_only = true; }),
       "post_only"},
      {"protective buy",
       with(limit_order(Side::buy, "1", "99"), [](OrderRequest& r) { r.protective = true; }), "protective"},
      {"stop without its price",
       with(limit_order(Side::buy, "1", "99"),
            [](OrderRequest& r) { r.protection.kind = ProtectionKind::stop; }),
       "protection"},
      {"unknown symbol",
       with(limit_order(Side::buy, "1", "99"), [](OrderRequest& r) { r.symbol = Symbol("ETH/EUR"); }),
       "instrument"},
      {"selling what is not owned", limit_order(Side::sell, "1", "101"), "not_owned"},
      {"at the collar", limit_order(Side::buy, "1", "105"), ""},
      {"beyond the collar", limit_order(Side::buy, "1", "105.1"), "price_collar"},
      {"far on the other side", limit_order(Side::buy, "1", "10"), ""},
      {"at the largest quantity", limit_order(Side::buy, "8", "99"), ""},
      {"above the largest quantity", limit_order(Side::buy, "8.0001", "99"), "max_order_quantity"},
      {"above the largest value", limit_order(Side::buy, "9.6", "105"), "max_order_quantity"},
      {"market above the largest value",
       with(market_order(Side::buy, "8"), [](OrderRequest& r) { r.quantity = quantity("8"); }), ""},
  }));
  INFO(row.name);
  Asked asked;
  asked.rig.start();
  asked.rig.market("100");
  CHECK(asked.ask(row.request) == row.want);
}

TEST_CASE("limits that depend on what is there already") {
  Asked asked;
  EngineRig& rig = asked.rig;
  SECTION("value of one order") {
    rig.config.risk.max_order_quantity.reset();
    rig.start();
    rig.market("100");
    CHECK(asked.ask(limit_order(Side::buy, "10", "100")) == "");
    CHECK(asked.ask(limit_order(Side::buy, "10.0001", "100")) == "max_order_value");
    CHECK_THAT(rig.facts<Refused>().back().text, contains("1000.01 EUR is above 1000"));
  }
  SECTION("position, working orders counted in full") {
    rig.start();
    rig.market("100");
    CHECK(asked.ask(limit_order(Side::buy, "8", "100")) == "");
    CHECK(asked.ask(limit_order(Side::buy, "8", "100")) == "");
    CHECK(asked.ask(limit_order(Side::buy, "4.0001", "100")) == "max_position");
    CHECK(asked.ask(limit_order(Side::buy, "4", "100")) == "");
  }
  SECTION("open orders") {
    rig.start();
    rig.market("100");
    for (int i = 0; i < 3; ++i) CHECK(asked.ask(limit_order(Side::buy, "1", "99")) == "");
    CHECK(asked.ask(limit_order(Side::buy, "1", "99")) == "max_open_orders");
  }
  SECTION("messages in a window") {
    rig.config.risk.max_open_orders = 100;
    rig.start();
    rig.market("100");
    for (int i = 0; i < 5; ++i) CHECK(asked.ask(limit_order(Side::buy, "1", "99")) == "");
    CHECK(asked.ask(limit_order(Side::buy, "1", "99")) == "max_messages");
    rig.advance(1s);
    CHECK(asked.ask(limit_order(Side::buy, "1", "99")) == "");
  }
  SECTION("funds, fees and working orders included") {
    rig.config.risk = {};
    rig.venue.balances[Asset("EUR")] = money("1000");
    rig.start();
    rig.market("100");
    CHECK(asked.ask(limit_order(Side::buy, "5", "100")) == "");
    CHECK(asked.ask(limit_order(Side::buy, "5", "100")) == "insufficient_funds");
    CHECK(asked.ask(limit_order(Side::buy, "4.9", "100")) == "");
  }
  SECTION("without a fresh price nothing but a stop leaves") {
    rig.start();
    rig.market("100");
    const ClientId entry = rig.buy("1", "99");
    rig.settle();
    rig.venue.fill(entry, "1", "99");
    rig.settle();
    rig.crash();
    rig.start();
    auto& hook = rig.script().on_timer;
    std::string entry_story, stop_story = "refused";
    hook = [&](StrategyContext& context) {
      const auto more = context.place(limit_order(Side::buy, "1", "99"));
      entry_story = more.ok() ? "" : more.error().story;
      if (context.place(stop_order("1", "90")).ok()) stop_story = "";
    };
    rig.script().on_execution = [](const ExecutionReport&, StrategyContext&) {};
    // A timer is the one call that comes before the first price.
    rig.scripts.at("alpha")->on_market = [](const MarketTrade&, StrategyContext& context) {
      context.wake_at(context.now());
    };
    rig.crash();
    rig.start();
    CHECK(entry_story.empty());
  }
}

TEST_CASE("sells are never above what is owned, whatever is working already") {
  EngineRig rig;
  rig.start();
  rig.market("100");
  const ClientId entry = rig.buy("2", "99");
  rig.settle();
  rig.venue.fill(entry, "2", "99");
  rig.settle();
  CHECK(rig.request("alpha", stop_order("1.5", "90")).ok());
  CHECK_FALSE(rig.request("alpha", limit_order(Side::sell, "0.6", "101")).ok());
  CHECK(rig.facts<Refused>().back().code == "not_owned");
  CHECK(rig.request("alpha", limit_order(Side::sell, "0.5", "101")).ok());
}

TEST_CASE("the collar's bound is rounded inwards to a price that may be asked") {
  Instrument instrument;
  instrument.price_step = price("0.5");
  CHECK(collar_price(instrument, Side::buy, price("99.9"), *Decimal::parse("0.05")) == price("104.5"));
  CHECK(collar_price(instrument, Side::sell, price("99.9"), *Decimal::parse("0.05")) == price("95"));
}

}  // namespace s1mple
