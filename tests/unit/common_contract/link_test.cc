#include "common/contract/link.h"

#include <vector>

#include "tests/support/catch.h"

namespace s1mple::link {

namespace {

std::vector<ToOrchestrator> every_message_down() {
  Attach attach;
  attach.instance = "a1b2";
  attach.version = "0.1.0";
  attach.link_version = 1;
  attach.mode = StartMode::recovery;
  attach.cause = StartCause::signal;
  attach.attempt = 4;
  attach.halted = true;
  attach.halt_reason = "operator: \"stop\"";
  attach.after_store_failed = true;
  attach.mirror_epoch = 18446744073709551615U;
  attach.adopted = true;
  attach.drain_on_eof = true;
  attach.ping_interval_ms = 250;
  attach.link_grace_ms = 10000;
  attach.previous = PreviousRun{42, std::nullopt, "SIGKILL", "2026-11-22T15:44:00.000000Z", "7"};
  return {attach,           Attach{}, Go{}, Ping{"a1b2", 7, 18446744073709551615U}, Shutdown{5000, true, "SIGTERM"},
          Command{9, "k-1", "uid 0 pid 1", "fills", R"({"limit":5})"}, AlertOk{"o-3"}};
}

std::vector<ToSupervisor> every_message_up() {
  return {Hello{42, "0.1.0", 1, 8, "beef"},
          Hello{42, "0.1.0", 1, std::nullopt, ""},
          Progress{"replay", 10, 100},
          EpochForced{8},
          Ready{8},
          Pong{"a1b2", 7, 99, HealthCounters{1, 2, 3, 4, 5, 6, 7}, R"({"phase":"running"})"},
          CommandResult{9, false, R"({"ok":true})", 0, "", ""},
          CommandResult{9, true, "null", -32003, "parked", R"({"reason":"x"})"},
          Alert{"o-3", AlertLevel::critical, "breaker_open", "text\nwith lines", "2026-11-22T15:44:00.000000Z",
                R"({"n":1})"},
          Latch{true, "operator", "2026-11-22T15:44:00.000000Z"},
          Event{"fill", R"({"price":"1.10"})"},
          Bye{66, "fdatasync: EIO", true},
          Hello{42, "0.1.0", 1, 8, "", StartMode::safe}};
}

}  // namespace

TEST_CASE("link: every message to the orchestrator survives encode, decode, encode") {
  for (const auto& message : every_message_down()) {
    const std::string text = encode(message);
    CAPTURE(text);
    const auto decoded = decode_to_orchestrator(text);
    REQUIRE(decoded.ok());
    CHECK(decoded->index() == message.index());
    CHECK(encode(*decoded) == text);
  }
}

TEST_CASE("link: every message to the supervisor survives encode, decode, encode") {
  for (const auto& message : every_message_up()) {
    const std::string text = encode(message);
    CAPTURE(text);
    const auto decoded = decode_to_supervisor(text);
    REQUIRE(decoded.ok());
    CHECK(decoded->index() == message.index());
    CHECK(encode(*decoded) == text);
  }
}

TEST_CASE("link: members keep their values on the way") {
  const auto attach = decode_to_orchestrator(encode(every_message_down().front()));
  REQUIRE(attach.ok());
  const auto& m = std::get<Attach>(*attach);
  CHECK(m.mirror_epoch == 18446744073709551615U);
  CHECK(m.halt_reason == "operator: \"stop\"");
  REQUIRE(m.previous);
  CHECK(m.previous->signal == "SIGKILL");
  CHECK_FALSE(m.previous->exit_code);
  const auto pong = decode_to_supervisor(encode(every_message_up()[5]));
  REQUIRE(pong.ok());
  CHECK(std::get<Pong>(*pong).counters == HealthCounters{1, 2, 3, 4, 5, 6, 7});
  CHECK(std::get<Pong>(*pong).health_json == R"({"phase":"running"})");
  const auto again = decode_to_supervisor(encode(every_message_up().back()));
  CHECK(std::get<Hello>(*again).mode == StartMode::safe);
}

TEST_CASE("link: a pong spelled as it is always spelled means the same as one that is not") {
  const std::string usual = encode(every_message_up()[5]);
  std::string other = usual;
  other.insert(other.find(",\"number\""), " ");
  const auto read = decode_to_supervisor(usual);
  const auto want = decode_to_supervisor(other);
  REQUIRE(read.ok());
  REQUIRE(want.ok());
  CHECK(encode(*read) == encode(*want));
}

TEST_CASE("link: a pong is taken whatever its health says, and refused without one whole object") {
  const std::string head = R"({"jsonrpc":"2.0","method":"pong","params":{"instance":"a","number":1,"nonce":1,"counters":)"
                           R"({"market":0,"market_durable":0,"commits":0,"risk_ticks":0,"loops":0,"queued":0,"unsynced":0},"health":)";
  CHECK(decode_to_supervisor(head + R"({"phase":1,"phase":}}})").ok());
  for (const char* health : {"7}}", "{}}", "{}}}}", "{]}}", R"({"a":"}}})", "}}"}) {
    CAPTURE(health);
    CHECK_FALSE(decode_to_supervisor(head + health).ok());
  }
}

TEST_CASE("link: an operator's command is told from a message of the same name by its id") {
  const auto note = decode_to_orchestrator(R"({"jsonrpc":"2.0","method":"shutdown","params":{"grace_ms":1}})");
  const auto command = decode_to_orchestrator(R"({"jsonrpc":"2.0","id":3,"method":"shutdown","params":{}})");
  REQUIRE(note.ok());
  REQUIRE(command.ok());
  CHECK(std::holds_alternative<Shutdown>(*note));
  CHECK(std::holds_alternative<Command>(*command));
}

TEST_CASE("link: unknown members are ignored") {
  CHECK(decode_to_orchestrator(R"({"jsonrpc":"2.0","method":"go","params":{"later":1},"more":[]})").ok());
}

TEST_CASE("link: every cut of every message is an error, never an abort") {
  for (const auto& message : every_message_down()) {
    const std::string text = encode(message);
    for (std::size_t length = 0; length < text.size(); ++length)
      CHECK_FALSE(decode_to_orchestrator(std::string_view(text).substr(0, length)).ok());
  }
  for (const auto& message : every_message_up()) {
    const std::string text = encode(message);
    for (std::size_t length = 0; length < text.size(); ++length)
      CHECK_FALSE(decode_to_supervisor(std::string_view(text).substr(0, length)).ok());
  }
}

TEST_CASE("link: what does not fit its struct is an error that names the member") {
  struct Row {
    const char* text;
    const char* named;
  };
  const auto row = GENERATE(values<Row>(
      {{R"({"jsonrpc":"2.0","method":"pong","params":{"instance":"a","number":1,"counters":{}}})", "nonce"},
       {R"({"jsonrpc":"2.0","method":"pong","params":{"instance":"a","number":-1,"nonce":1,"counters":{}}})", "number"},
       {R"({"jsonrpc":"2.0","method":"pong","params":{"instance":"a","number":1,"nonce":1}})", "counters"},
       {R"({"jsonrpc":"2.0","method":"pong","params":{"instance":"a","number":1,"nonce":1,"counters":{"commits":"x"}}})",
        "commits"},
       {R"({"jsonrpc":"2.0","method":"pong","params":{"instance":"a","number":1,"nonce":1,"counters":{},"health":7}})",
        "health"},
       {R"({"jsonrpc":"2.0","method":"alert","params":{"id":"1","level":"loud","code":"c","text":"t","at":""}})",
        "info, warning, critical"},
       {R"({"jsonrpc":"2.0","method":"bye","params":{"code":99999999999,"reason":""}})", "code"},
       {R"({"jsonrpc":"2.0","method":"ready"})", "ready: must be an object"},
       {R"({"jsonrpc":"2.0","method":"ready","params":{}})", "epoch"},
       {R"({"jsonrpc":"2.0","method":"nonsense","params":{}})", "nonsense"},
       {R"({"jsonrpc":"2.0","id":"x","result":1})", "id"}}));
  CAPTURE(row.text);
  const auto decoded = decode_to_supervisor(row.text);
  REQUIRE_FALSE(decoded.ok());
  CHECK_THAT(decoded.error().story, Catch::Contains(row.named));
}

TEST_CASE("link: a packet over the limit is refused before it is parsed") {
  const std::string head = R"({"jsonrpc":"2.0","method":"go","params":{},"pad":")";
  const std::string tail = "\"}";
  const std::string fits = head + std::string(kLinkPacketMax - head.size() - tail.size(), 'x') + tail;
  CHECK(decode_to_orchestrator(fits).ok());
  CHECK(decode_to_orchestrator(fits + " ").error().code == Errc::overflow);
}

}  // namespace s1mple::link
