#include "supervisor/client/failures.h"

#include "tests/support/catch.h"
#include "tests/unit/supervisor_client/status_fixtures.h"

using namespace s1mple;
using namespace s1mple::client;

namespace {

RpcReply failed(int code, std::string message, const char* data = "null") {
  RpcReply reply;
  reply.failed = true;
  reply.code = code;
  reply.message = std::move(message);
  reply.data = parsed(data);
  return reply;
}

Failure failure(const RpcReply& reply, const char* command) {
  Invocation asked;
  asked.command = find_command(command);
  return failure_of(reply, asked, "c-0123456789abcdef", {"s1mple", " --home /h"});
}

}  // namespace

TEST_CASE("each failure has its exit code and says what helps") {
  struct Row {
    const char* name;
    RpcReply reply;
    const char* command;
    ExitCode code;
    const char* text;
  };
  const auto row = GENERATE(values<Row>({
      {"a refusal carries its reason and its help",
       failed(-32003, "parked", R"({"reason":"ladder","help":"s1mple clear"})"), "restart", ExitCode::command_refused,
       "refused: parked (ladder)\nWhat helps: s1mple clear"},
      {"a reason that the message has already is not repeated", failed(-32003, "gate is closed", R"({"reason":"gate"})"),
       "flatten", ExitCode::command_refused, "refused: gate is closed"},
      {"what the message says already is not said again",
       failed(-32003, "refused: parked; this helps: s1mple clear", R"({"reason":"parked","help":"s1mple clear"})"),
       "restart", ExitCode::command_refused, "refused: parked; this helps: s1mple clear"},
      {"confirmation names the option", failed(-32004, "sells everything", R"({"confirm":"confirm"})"), "flatten",
       ExitCode::command_refused, "If you mean it: s1mple flatten --confirm --home /h"},
      {"nobody to do it", failed(-32002, "none"), "orders", ExitCode::unavailable, "no orchestrator runs"},
      {"an unknown outcome of a change can be asked again", failed(-32001, "no answer in 2 s"), "halt",
       ExitCode::unavailable, "--key c-0123456789abcdef"},
      {"wrong parameters are the caller's", failed(-32602, "limit_price: must be a number"), "flatten", ExitCode::usage,
       "flatten: limit_price: must be a number"},
      {"an older supervisor", failed(-32601, "no such method"), "reload", ExitCode::command_refused,
       "does not serve 'reload'"},
      {"a code of the future", failed(-1, "x"), "clear", ExitCode::command_refused, "failed (-1): x"},
      {"what the alert command said", failed(-32003, "it failed", R"({"exit_code":7,"stderr":"no route"})"),
       "alert_test", ExitCode::command_refused, "exit code 7\nit said: no route"},
      {"messages are neutral", failed(-32003, "\x1b[2J"), "clear", ExitCode::command_refused, "refused: ¿[2J"},
  }));
  INFO(row.name);
  const Failure result = failure(row.reply, row.command);
  CHECK(result.code == row.code);
  CHECK_THAT(result.text, contains(row.text));
  CHECK(result.text.find("refused: refused") == std::string::npos);
}

TEST_CASE("a question without an answer is repeated without advice, a change with it") {
  Invocation asked;
  asked.command = find_command("status");
  const Error error{Errc::timeout, "no answer in time"};
  CHECK(unanswered(error, asked, "k", {}).text == "outcome unknown: no answer in time");
  asked.command = find_command("halt");
  CHECK_THAT(unanswered(error, asked, "k", {}).text, contains("--key k"));
  CHECK(unanswered(error, asked, "k", {}).code == ExitCode::unavailable);
}
