#include "supervisor/shell/status_view.h"

#include "tests/support/catch.h"

using namespace s1mple;

TEST_CASE("an event has its kind, its time and each member once") {
  struct Row {
    const char* name;
    const char* params;
    const char* want;
  };
  const WallTime now = *parse_rfc3339("2026-11-22T15:44:00.25Z");
  const auto row = GENERATE(values<Row>({
      {"members follow", R"({"from":"a","to":"b"})",
       R"({"kind":"state","at":"2026-11-22T15:44:00.250000Z","from":"a","to":"b"})"},
      {"its own kind and time are not repeated", R"({"kind":"x","at":"2026-11-22T15:43:59Z","a":1.50})",
       R"({"kind":"state","at":"2026-11-22T15:43:59Z","a":1.50})"},
      {"a time that is no text is ours", R"({"at":7})", R"({"kind":"state","at":"2026-11-22T15:44:00.250000Z"})"},
      {"no members", "{}", R"({"kind":"state","at":"2026-11-22T15:44:00.250000Z"})"},
      {"no object", "[1]", R"({"kind":"state","at":"2026-11-22T15:44:00.250000Z"})"},
      {"no JSON", "", R"({"kind":"state","at":"2026-11-22T15:44:00.250000Z"})"},
  }));
  INFO(row.name);
  CHECK(event_params_json("state", now, row.params) == row.want);
}
