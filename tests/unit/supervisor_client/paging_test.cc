#include "supervisor/client/paging.h"

#include "tests/support/catch.h"
#include "tests/unit/supervisor_client/status_fixtures.h"

using namespace s1mple;
using namespace s1mple::client;

TEST_CASE("pages are asked for until the end or the limit") {
  Paging paging(R"({"all":true})", 250);
  CHECK(paging.next_params() == R"({"all":true,"limit":100})");
  CHECK(paging.take(parsed(R"({"items":[1,2],"next":"b"})")));
  CHECK(paging.next_params() == R"({"all":true,"after":"b","limit":100})");
  CHECK(!paging.take(parsed(R"({"items":[3],"next":null})")));
  CHECK(paging.merged_json() == R"({"items":[1,2,3],"next":null})");
}

TEST_CASE("the limit cuts, and says that there is more") {
  Paging paging("{}", 3);
  CHECK(paging.next_params() == R"({"limit":3})");
  CHECK(paging.take(parsed(R"({"items":[1,2],"next":"b"})")));
  CHECK(paging.next_params() == R"({"after":"b","limit":1})");
  CHECK(!paging.take(parsed(R"({"items":[3,4],"next":"c"})")));
  CHECK(paging.merged_json() == R"({"items":[1,2,3],"next":"c"})");
}

TEST_CASE("no answer makes it ask for ever") {
  for (const char* page : {R"({"items":[],"next":"b"})", R"({"next":"b"})", R"({"items":7,"next":"b"})", "{}", "null"}) {
    INFO(page);
    CHECK(!Paging("{}", 10).take(parsed(page)));
  }
  Paging repeating("{}", 10);
  CHECK(repeating.take(parsed(R"({"items":[1],"next":"b"})")));
  CHECK(!repeating.take(parsed(R"({"items":[1],"next":"b"})")));
}
