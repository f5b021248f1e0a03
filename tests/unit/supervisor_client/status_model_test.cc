#include "supervisor/client/status_model.h"

#include "tests/support/catch.h"
#include "tests/unit/supervisor_client/status_fixtures.h"

using namespace s1mple;
using namespace s1mple::client;

TEST_CASE("a status is decoded with all that it says") {
  const StatusModel model = model_of(running_status());
  CHECK(model.supervisor.state == "running");
  CHECK(model.supervisor.uptime == Nanos(3725500ms));
  REQUIRE(model.supervisor.last_death);
  CHECK(model.supervisor.last_death->signal == "SIGKILL");
  CHECK(!model.supervisor.last_death->exit_code);
  CHECK(!model.supervisor.next_start_in_ms);
  REQUIRE(model.orchestrator);
  const auto& view = *model.orchestrator;
  CHECK(view.environment == "paper");
  CHECK(view.equity == "10012.34");
  CHECK(view.currency == "EUR");
  CHECK(view.positions.size() == 2);
  CHECK(view.open_orders.at(2).type == "stop_loss");
  CHECK(view.last_fills.at(0).time == parse_rfc3339("2026-11-22T14:02:51Z").value());
  CHECK(view.commit_p99_us == 210);
  CHECK(view.loop_lag_ms == "0.2");
  CHECK(view.symbols.at(1).last_price == "2740.1");
  CHECK(view.strategies.at(0).open_orders == 2);
  CHECK(view.events.at(0).text == "reducing: gate");
}

TEST_CASE("null means that none runs, and an orchestrator before its first answer is one") {
  CHECK(!model_of(parked_status()).orchestrator);
  const StatusModel starting = model_of(starting_status());
  REQUIRE(starting.orchestrator);
  CHECK(!starting.orchestrator->as_of);
  CHECK(starting.orchestrator->progress_done == 52000);
}

TEST_CASE("every missing part is tolerated") {
  for (const char* json : {"{}", R"({"supervisor":{}})", R"({"supervisor":{},"orchestrator":{}})",
                           R"({"supervisor":null,"orchestrator":7})",
                           R"({"supervisor":{"restarts":{}},"orchestrator":{"portfolio":{},"data":{}}})"}) {
    INFO(json);
    CHECK(decode_status(parsed(json)).ok());
  }
  CHECK(!decode_status(parsed("[]")).ok());
  CHECK(!decode_status(parsed("null")).ok());
}

TEST_CASE("what is hostile is neutral, bounded and absent where it has the wrong type") {
  const StatusModel model = model_of(hostile_status());
  CHECK(!model.supervisor.pid);
  CHECK(!model.supervisor.uptime);
  CHECK(!model.supervisor.since);
  CHECK(!model.supervisor.alerts_pending);
  CHECK(model.supervisor.state.find('\x1b') == std::string::npos);
  CHECK(model.supervisor.reason.size() < 600);
  REQUIRE(model.orchestrator);
  CHECK(!model.orchestrator->as_of);  // before 1970
  CHECK(model.orchestrator->reasons.empty());
  CHECK(!model.orchestrator->seq);
  CHECK(model.orchestrator->equity.find('\x1b') == std::string::npos);
}

TEST_CASE("lists are cut at a limit") {
  std::string items;
  for (int i = 0; i < 1000; ++i) items += (i == 0 ? "" : ",") + std::string(R"({"symbol":"A"})");
  const auto model = model_of(R"({"orchestrator":{"open_orders":[)" + items + "]}}");
  CHECK(model.orchestrator->open_orders.size() == kListMax);
}
