#include "supervisor/client/arguments.h"

#include "supervisor/client/help_text.h"
#include "tests/support/catch.h"

using namespace s1mple;
using namespace s1mple::client;

namespace {

Result<Invocation> parse(const std::vector<const char*>& words) { return parse_arguments(words); }

}  // namespace

TEST_CASE("a command line becomes the request's parameters") {
  struct Row {
    std::vector<const char*> words;
    const char* method;
    const char* params;
  };
  const auto row = GENERATE(values<Row>({
      {{"status"}, "status", "{}"},
      {{"halt", "prices", "look", "wrong"}, "halt", R"({"reason":"prices look wrong"})"},
      {{"halt", "--scope", "grid", "why"}, "halt", R"({"scope":"grid","reason":"why"})"},
      {{"halt", "why", "--scope=grid", "not"}, "halt", R"({"scope":"grid","reason":"why not"})"},
      {{"halt", "--", "--drill--"}, "halt", R"({"reason":"--drill--"})"},
      {{"flatten", "--confirm", "--symbol", "BTC/EUR", "--limit-price", "49000.5", "--allow-stale"}, "flatten",
       R"({"confirm":true,"symbol":"BTC/EUR","limit_price":"49000.5","allow_stale":true})"},
      {{"accept", "balance", "d-7", "it", "was", "me"}, "accept",
       R"({"what":"balance","id":"d-7","reason":"it was me"})"},
      {{"restart", "--mode", "safe"}, "restart", R"({"mode":"safe"})"},
      {{"orders", "--all"}, "orders", R"({"all":true})"},
      {{"crashes"}, "crashes", "{}"},
      {{"crashes", "3"}, "crashes", R"({"id":"3"})"},
      {{"alert-test"}, "alert_test", "{}"},
      {{"alert-test", "--escalation"}, "alert_test", R"({"escalation":true})"},
      {{"alert_test"}, "alert_test", "{}"},
      {{"explain", "sAB3D7-91"}, "explain", R"({"order":"sAB3D7-91"})"},
      {{"halt", "\"quotes\" and \\"}, "halt", R"({"reason":"\"quotes\" and \\"})"},
  }));
  const auto asked = parse(row.words);
  REQUIRE(asked.ok());
  CHECK(asked->command->method == row.method);
  CHECK(asked->params_json == row.params);
}

TEST_CASE("a wrong command line is refused with what would be right") {
  struct Row {
    std::vector<const char*> words;
    const char* story;
  };
  const auto row = GENERATE(values<Row>({
      {{"stauts"}, "did you mean 'status'?"},
      {{"reco"}, "did you mean 'reconcile'?"},
      {{"xyzzy"}, "there is no command 'xyzzy'"},
      {{"halt"}, "'halt' needs REASON"},
      {{"halt", "  "}, "reason must not be empty"},
      {{"explain"}, "'explain' needs ORDER"},
      {{"clear", "now"}, "does not know what to do with 'now'"},
      {{"orders", "--frobnicate"}, "'orders' has no option --frobnicate; it has --all, --limit"},
      {{"orders", "--all=yes"}, "--all takes no value"},
      {{"orders", "--all", "--all"}, "--all is given twice"},
      {{"orders", "--limit", "0"}, "--limit must be a whole number from 1 to 10000, not '0'"},
      {{"orders", "--limit", "10001"}, "from 1 to 10000"},
      {{"orders", "--limit", "5x"}, "not '5x'"},
      {{"orders", "--limit"}, "--limit needs a value"},
      {{"restart", "--mode", "normal"}, "--mode must be one of recovery|safe, not 'normal'"},
      {{"status", "--wait"}, "'status' has no option --wait"},
      {{"halt", "x", "--watch"}, "'halt' has no option --watch"},
      {{"status", "--socket="}, "--socket must not be empty"},
      {{"resume", "x", "--key", "short"}, "--key must have 8 to 64 bytes"},
      {{"status", "--key", "12345678"}, "'status' has no option --key"},
      {{}, "a command is missing"},
  }));
  const auto asked = parse(row.words);
  REQUIRE(!asked.ok());
  CHECK_THAT(asked.error().story, contains(row.story));
}

TEST_CASE("the common options are understood by every command") {
  for (const auto& command : all_commands()) {
    const std::string name(command.name);
    INFO(name);
    const auto asked = parse({name.c_str(), "--help", "--json", "--socket", "/s", "--home=/h", "--timeout", "3"});
    REQUIRE(asked.ok());
    CHECK(asked->help);
    CHECK(asked->json);
    CHECK(asked->socket == "/s");
    CHECK(asked->home == "/h");
    CHECK(asked->timeout == Nanos(3s));
  }
}

TEST_CASE("every command has its help, and the list names them all") {
  const std::string all = printed(help_page("s1mple"), {});
  for (const auto& command : all_commands()) {
    CHECK_THAT(all, contains("  " + std::string(command.name)));
    CHECK_THAT(command_names(), contains(std::string(command.name)));
    const std::string one = printed(help_page("s1mple", command), {});
    for (const auto& param : command.params) CHECK_THAT(one, contains(std::string(param.help)));
  }
}

TEST_CASE("names of commands are found with either dash, near ones are suggested") {
  CHECK(find_command("alert-test") == find_command("alert_test"));
  CHECK(find_command("Status") == nullptr);
  CHECK(nearest_command("hatl") == "halt");
  CHECK(nearest_command("completely-different").empty());
}
