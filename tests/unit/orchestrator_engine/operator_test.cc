// Operators' commands: what they do, what they refuse and why, and that the same key is the same command.
#include "orchestrator/engine/operator_desk.h"
#include "tests/support/catch.h"
#include "tests/support/engine/engine_rig.h"

namespace s1mple {
namespace {

JsonValue result_of(const Reply& reply) {
  REQUIRE(reply.ok);
  return *JsonValue::parse(reply.json);
}

struct Operated : EngineRig {
  Operated() {
    start();
    market("100");
  }
  ClientId hold(const std::string& amount) {
    const ClientId id = buy(amount, "99");
    settle();
    venue.fill(id, amount, "99");
    settle();
    return id;
  }
};

}  // namespace

TEST_CASE("parameters that make no sense are refused with the member's name, and change nothing") {
  struct Row {
    const char* method;
    const char* params;
    int code;
    const char* story;
  };
  const auto row =
      GENERATE(values<Row>({{"halt", "{}", -32602, "reason"},
                            {"halt", R"({"reason":7})", -32602, "reason"},
                            {"halt", R"({"reason":""})", -32602, "reason"},
                            {"halt", R"({"reason":"x","scope":"nobody"})", -32602, "scope"},
                            {"resume", "{}", -32602, "reason"},
                            {"flatten", "{}", -32004, "confirm"},
                            {"flatten", R"({"confirm":"yes"})", -32602, "confirm"},
                            {"flatten", R"({"confirm":true,"symbol":"XX/YY"})", -32602, "symbol"},
                            {"flatten", R"({"confirm":true,"limit_price":"100"})", -32602, "limit_price"},
                            {"accept", R"({"what":"balance_mismatch"})", -32602, "id"},
                            {"accept", R"({"what":"x","id":"y","reason":"z"})", -32602, "id"},
                            {"orders", R"({"limit":0})", -32602, "limit"},
                            {"orders", R"({"limit":101})", -32602, "limit"},
                            {"orders", R"({"limit":"5"})", -32602, "limit"},
                            {"orders", R"({"all":1})", -32602, "all"},
                            {"fills", R"({"after":"nothing"})", -32602, "after"},
                            {"explain", "{}", -32602, "order"},
                            {"explain", R"({"order":"nothing"})", -32602, "order"},
                            {"launch", "{}", -32601, "launch"}}));
  INFO(row.method << " " << row.params);
  Operated rig;
  const std::size_t records = rig.records.size();
  const Reply reply = rig.command(row.method, row.params);
  CHECK_FALSE(reply.ok);
  CHECK(reply.error_code == row.code);
  CHECK_THAT(reply.message, contains(row.story));
  CHECK(JsonValue::parse(reply.json).ok());
  CHECK(rig.records.size() == records);
}

TEST_CASE(
    "the same key is the same command, also after a restart; a halt is carried out where there is none") {
  Operated rig;
  const Reply first = rig.command("halt", R"({"reason":"drill"})", "ops-2026-a");
  CHECK(first.ok);
  const std::size_t records = rig.records.size();
  CHECK(rig.command("halt", R"({"reason":"drill"})", "ops-2026-a").json == first.json);
  CHECK(rig.records.size() == records);
  rig.restart();
  CHECK(rig.command("halt", R"({"reason":"drill"})", "ops-2026-a").json == first.json);
  CHECK(rig.command("resume", R"({"reason":"over"})", "ops-2026-b").ok);
  CHECK(rig.engine->trading() == TradingMode::active);
  CHECK(rig.command("resume", R"({"reason":"over"})", "ops-2026-b").ok);
  CHECK(rig.command("halt", R"({"reason":"drill"})", "ops-2026-a").ok);
  CHECK(rig.engine->trading() == TradingMode::halted);
}

TEST_CASE("a resume whose answer was lost with the process is done anew, and not once more after the next halt") {
  Operated rig;
  rig.command("halt", R"({"reason":"drill"})");
  CHECK(rig.command("resume", R"({"reason":"over"})", "ops-2026-b").ok);
  rig.crash();
  rig.next_start.halted_by_supervisor = true;   // it never heard the answer
  rig.start(StartMode::recovery);
  CHECK(rig.engine->trading() == TradingMode::halted);
  CHECK(rig.command("resume", R"({"reason":"over"})", "ops-2026-b").ok);
  CHECK_FALSE(rig.books->is_halted_by_operator());
  rig.command("halt", R"({"reason":"another day"})");
  CHECK(rig.command("resume", R"({"reason":"over"})", "ops-2026-b").ok);
  CHECK(rig.books->is_halted_by_operator());
  rig.crash();
  rig.start(StartMode::recovery);
  rig.command("halt", R"({"reason":"a third reason"})");
  CHECK(rig.command("resume", R"({"reason":"over"})", "ops-2026-b").ok);
  CHECK(rig.books->is_halted_by_operator());
}

TEST_CASE("a resume whose supervisor died before it opened its own latch is done anew, and not once more after a halt") {
  Operated rig;
  rig.command("halt", R"({"reason":"drill"})");
  CHECK(rig.command("resume", R"({"reason":"over"})", "ops-2026-b").ok);
  rig.on(Command{"", "", std::string(kSupervisorsLatch), "halt", *JsonValue::parse(R"({"reason":"drill"})")});  // adopted
  CHECK(rig.books->is_halted_by_operator());
  CHECK(rig.command("resume", R"({"reason":"over"})", "ops-2026-b").ok);
  CHECK_FALSE(rig.books->is_halted_by_operator());
  rig.command("halt", R"({"reason":"another day"})");
  CHECK(rig.command("resume", R"({"reason":"over"})", "ops-2026-b").ok);
  CHECK(rig.books->is_halted_by_operator());
}

TEST_CASE("a reply waits for what its command made durable: it is of the same step, behind the facts") {
  Operated rig;
  const Reply reply = rig.command("halt", R"({"reason":"drill"})");
  CHECK(reply.ok);
  REQUIRE(rig.records.back().size() >= 2);
  CHECK(std::holds_alternative<ReasonRaised>(rig.records.back()[0]));
  CHECK(std::holds_alternative<CommandHandled>(rig.records.back()[1]));
}

TEST_CASE("halt of one strategy takes its orders and leaves the others") {
  EngineRig rig({"a", "b"});
  rig.start();
  rig.market("100");
  const ClientId of_a = rig.place("a", Side::buy, "1", "99");
  const ClientId of_b = rig.place("b", Side::buy, "1", "99");
  rig.settle();
  CHECK(rig.command("halt", R"({"reason":"look at it","scope":"a"})").ok);
  CHECK(rig.status(of_a) == OrderStatus::cancelled);
  CHECK(rig.status(of_b) == OrderStatus::open);
  CHECK_FALSE(rig.request("a", limit_order(Side::buy, "1", "99")).ok());
  CHECK(rig.request("b", limit_order(Side::buy, "1", "99")).ok());
}

TEST_CASE("resume needs a reconciliation of this start") {
  Operated rig;
  rig.command("halt", R"({"reason":"drill"})");
  rig.crash();
  rig.venue.reads = false;
  rig.start();
  const Reply reply = rig.command("resume", R"({"reason":"now"})");
  CHECK(reply.error_code == -32003);
  CHECK(JsonValue::parse(reply.json)->text_at("reason").value() == "gate");
  CHECK(rig.books->is_halted_by_operator());
}

TEST_CASE("an order that is accepted after the halt is cancelled") {
  Operated rig;
  rig.carries_requests = false;
  const ClientId id = rig.buy("1", "99");
  rig.carries_requests = true;
  rig.command("halt", R"({"reason":"drill"})");
  rig.venue.perform(SendOrder{rig.order(id).intent});  // it was on its way
  rig.settle();
  rig.advance(3s);
  CHECK(rig.status(id) == OrderStatus::cancelled);
  CHECK(rig.venue.open_count() == 0);
}

TEST_CASE("lists come in pages that miss and repeat nothing") {
  Operated rig;
  for (int i = 0; i < 45; ++i) (void)rig.buy("0.1", "99");
  rig.settle();
  std::set<std::string> seen;
  std::string after;
  int pages = 0;
  for (bool more = true; more; ++pages) {
    const auto page = result_of(rig.command(
        "orders", after.empty() ? R"({"limit":20})" : R"({"limit":20,"after":")" + after + "\"}"));
    const auto items = *page.at("items");
    for (std::size_t i = 0; i < items.size(); ++i)
      CHECK(seen.insert(*items.item(i).text_at("client_id")).second);
    more = !page.at("next")->is_null();
    if (more) after = *page.text_at("next");
  }
  CHECK(pages == 3);
  CHECK(seen.size() == 45);
}

TEST_CASE("orders, positions, fills and explain show what is in the books") {
  Operated rig;
  const ClientId id = rig.hold("2");
  const auto stop = rig.request("alpha", stop_order("2", "90"));
  REQUIRE(stop.ok());
  rig.settle();
  CHECK(result_of(rig.command("orders")).at("items")->size() == 1);
  CHECK(result_of(rig.command("orders", R"({"all":true})")).at("items")->size() == 2);
  const auto position = result_of(rig.command("positions")).at("items")->item(0);
  CHECK(position.text_at("quantity").value() == "2.0000");
  CHECK(position.text_at("average_price").value() == "99.05");
  CHECK(position.at("protective")->text_at("client_id").value() == stop->text());
  const auto fill = result_of(rig.command("fills")).at("items")->item(0);
  CHECK(fill.text_at("client_id").value() == id.text());
  const auto story = result_of(rig.command("explain", R"({"order":")" + id.text() + "\"}"));
  CHECK(story.at("order")->text_at("status").value() == "filled");
  CHECK(story.at("records")->size() >= 3);
  const auto by_venue =
      result_of(rig.command("explain", R"({"order":")" + rig.order(id).venue_id.text() + "\"}"));
  CHECK(by_venue.at("order")->text_at("client_id").value() == id.text());
}

TEST_CASE("flatten cancels buys and sells, waits for evidence, sells under the collar, and stays halted") {
  Operated rig;
  rig.hold("3");
  const ClientId resting = rig.buy("1", "98");
  const auto stop = rig.request("alpha", stop_order("3", "90"));
  REQUIRE(stop.ok());
  rig.settle();
  SECTION("undisturbed") { CHECK(rig.command("flatten", R"({"confirm":true})").ok); }
  SECTION("killed in between: it goes on after the restart") {
    rig.venue.receives = false;
    CHECK(rig.command("flatten", R"({"confirm":true})").ok);
    rig.crash();
    rig.venue.receives = true;
    rig.start(StartMode::recovery);
    rig.market("100");
    rig.advance(3s);
  }
  SECTION("from safe mode") {
    rig.crash();
    rig.start(StartMode::safe);
    rig.market("100");
    CHECK(rig.command("flatten", R"({"confirm":true})").ok);
    rig.advance(3s);
  }
  CHECK(rig.status(resting) == OrderStatus::cancelled);
  CHECK(rig.status(*stop) == OrderStatus::cancelled);
  REQUIRE(rig.venue.open_count() == 1);
  const Order& sale = rig.last_order();
  CHECK(sale.intent.quantity == quantity("3"));
  CHECK(sale.intent.price == price("95"));
  CHECK(rig.engine->trading() == TradingMode::halted);
  rig.venue.fill(sale.intent.client_id, "3", "99.9");
  rig.settle();
  CHECK(rig.position() == quantity("0"));
  CHECK(rig.count_alerts("flattened") == 1);
  CHECK(rig.engine->trading() == TradingMode::halted);
  CHECK(rig.command("resume", R"({"reason":"done"})").ok);
  CHECK(rig.books->reasons().empty());
}

TEST_CASE("flatten with stale data needs a limit price or allow_stale") {
  Operated rig;
  rig.hold("1");
  rig.on(DataLost{"socket closed"});
  rig.line_is_up = false;
  CHECK(rig.command("flatten", R"({"confirm":true})").error_code == -32003);
  SECTION("limit price") {
    CHECK(rig.command("flatten", R"({"confirm":true,"symbol":"BTC/EUR","limit_price":"97.5"})").ok);
    CHECK(rig.last_order().intent.price == price("97.5"));
  }
  SECTION("allow_stale") {
    CHECK(rig.command("flatten", R"({"confirm":true,"allow_stale":true})").ok);
    CHECK(rig.last_order().intent.price == price("95"));
  }
}

TEST_CASE("flatten before the reconciliation of this start is refused: what is held is not certain") {
  Operated rig;
  rig.hold("1");
  rig.crash();
  rig.venue.reads = false;
  rig.start();
  CHECK(rig.command("flatten", R"({"confirm":true})").error_code == -32003);
}

TEST_CASE("a sale of flatten that does not trade is made anew at the price of then") {
  Operated rig;
  rig.hold("1");
  CHECK(rig.command("flatten", R"({"confirm":true})").ok);
  const ClientId first = rig.last_order().intent.client_id;
  rig.market("80");
  rig.advance(12s);
  CHECK(rig.status(first) == OrderStatus::cancelled);
  CHECK(rig.last_order().intent.client_id != first);
  CHECK(rig.last_order().intent.price == price("76"));
}

TEST_CASE("status is whole, bounded, and says what holds trading back") {
  Operated rig;
  rig.hold("1");
  rig.config.risk.max_open_orders = 1000;
  for (int i = 0; i < 30; ++i) (void)rig.buy("0.1", "99");
  rig.settle();
  rig.command("halt", R"({"reason":"drill"})");
  const JsonValue status = rig.status_json();
  CHECK(status.text_at("phase").value() == "running");
  CHECK(status.text_at("trading").value() == "halted");
  CHECK(status.at("reasons")->item(0).text_at("source").value() == "operator");
  CHECK(status.at("data")->text_at("state").value() == "live");
  CHECK(status.at("breaker")->text_at("state").value() == "closed");
  CHECK(status.at("portfolio")->at("cash")->text_at("EUR").value() == "9900.90");
  CHECK(status.at("portfolio")->text_at("equity").value() == "10000.90");
  CHECK(status.uint_at("fills").value() == 1);
  CHECK(status.at("open_orders")->size() <= 20);
  CHECK(status.at("last_events")->size() <= 12);
  CHECK_FALSE(status.at("reconciliation")->at("at")->is_null());
}

}  // namespace s1mple
