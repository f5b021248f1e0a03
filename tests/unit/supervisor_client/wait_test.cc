#include "supervisor/client/wait.h"

#include "tests/support/catch.h"
#include "tests/unit/supervisor_client/status_fixtures.h"

using namespace s1mple;
using namespace s1mple::client;

using Items = std::vector<JsonValue>;

TEST_CASE("a halt is evident when nothing but protective orders is open") {
  const auto order = parsed(R"({"client_id":"s-1","strategy":"grid","symbol":"A/B"})");
  const auto stop = parsed(R"({"client_id":"s-2","strategy":"ema","symbol":"A/B"})");
  const auto position = parsed(R"({"strategy":"ema","symbol":"A/B","quantity":"1","protective":{"client_id":"s-2"}})");
  CHECK(missing_after_halt({}, {}, "").empty());
  CHECK(missing_after_halt({stop}, {position}, "").empty());
  CHECK(missing_after_halt({parsed(R"({"client_id":"s-3","protective":true})")}, {}, "").empty());
  CHECK(missing_after_halt({order, stop}, {position}, "") == "1 order still open or in doubt");
  CHECK(missing_after_halt({order, stop}, {}, "") == "2 orders still open or in doubt");
  CHECK(missing_after_halt({order}, {}, "ema").empty());
  CHECK(!missing_after_halt({order}, {}, "grid").empty());
  CHECK(!missing_after_halt({parsed("{}")}, {parsed("{}")}, "").empty());  // an order without a name is no evidence
}

TEST_CASE("a flatten is evident when no position is left and no order is open") {
  const auto held = parsed(R"({"symbol":"A/B","quantity":"0.5"})");
  const auto flat = parsed(R"({"symbol":"A/B","quantity":"0.000"})");
  const auto unreadable = parsed(R"({"symbol":"A/B","quantity":"some"})");
  const auto order = parsed(R"({"client_id":"s-1","symbol":"A/B"})");
  CHECK(missing_after_flatten({}, {}, "").empty());
  CHECK(missing_after_flatten({}, {flat}, "").empty());
  CHECK(missing_after_flatten({}, {held}, "") == "1 position left, no orders open");
  CHECK(missing_after_flatten({order}, {flat}, "") == "no positions left, 1 order open");
  CHECK(missing_after_flatten({order}, {held}, "C/D").empty());
  CHECK(!missing_after_flatten({}, {unreadable}, "").empty());
}
