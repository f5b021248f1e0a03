#include "common/contract/rpc.h"

#include "tests/support/catch.h"

namespace s1mple {

namespace {

const RpcFailure& failure_of(const RpcDecoded& decoded) {
  REQUIRE(std::holds_alternative<RpcFailure>(decoded));
  return std::get<RpcFailure>(decoded);
}

}  // namespace

TEST_CASE("rpc: a request is read with its id exactly as it came") {
  struct Row {
    const char* text;
    const char* id_json;
    const char* method;
  };
  const auto row = GENERATE(values<Row>(
      {{R"({"jsonrpc":"2.0","id":7,"method":"status"})", "7", "status"},
       {R"({"jsonrpc":"2.0","id":"a\"b","method":"halt","params":{"reason":"x"}})", R"("a\"b")", "halt"},
       {R"({"method":"go","jsonrpc":"2.0","params":null})", "", "go"},
       {R"({"jsonrpc":"2.0","id":null,"method":"x","unknown":[1,{}]})", "null", "x"},
       {R"({"jsonrpc":"2.0","id":18446744073709551615,"method":"x"})", "18446744073709551615", "x"}}));
  CAPTURE(row.text);
  const auto decoded = decode_request(row.text);
  REQUIRE(std::holds_alternative<RpcRequest>(decoded));
  CHECK(std::get<RpcRequest>(decoded).id_json == row.id_json);
  CHECK(std::get<RpcRequest>(decoded).method == row.method);
}

TEST_CASE("rpc: an unreadable request becomes the error that the specification names") {
  struct Row {
    const char* text;
    RpcErrorCode code;
    const char* id_json;
  };
  const auto row = GENERATE(values<Row>(
      {{"", RpcErrorCode::parse_error, "null"},
       {"garbage", RpcErrorCode::parse_error, "null"},
       {R"({"jsonrpc":"2.0","id":1,"method":"status")", RpcErrorCode::parse_error, "null"},
       {"{}{}", RpcErrorCode::parse_error, "null"},
       {"[]", RpcErrorCode::invalid_request, "null"},
       {"7", RpcErrorCode::invalid_request, "null"},
       {R"({"id":4,"method":"x"})", RpcErrorCode::invalid_request, "4"},
       {R"({"jsonrpc":"1.0","id":4,"method":"x"})", RpcErrorCode::invalid_request, "4"},
       {R"({"jsonrpc":"2.0","id":4})", RpcErrorCode::invalid_request, "4"},
       {R"({"jsonrpc":"2.0","id":4,"method":""})", RpcErrorCode::invalid_request, "4"},
       {R"({"jsonrpc":"2.0","id":1.5,"method":"x"})", RpcErrorCode::invalid_request, "null"},
       {R"({"jsonrpc":"2.0","id":{},"method":"x"})", RpcErrorCode::invalid_request, "null"},
       {R"({"jsonrpc":"2.0","id":4,"method":"x","params":[1]})", RpcErrorCode::invalid_params, "4"}}));
  CAPTURE(row.text);
  const auto decoded = decode_request(row.text);
  CHECK(failure_of(decoded).code == row.code);
  CHECK(failure_of(decoded).id_json == row.id_json);
  CHECK_FALSE(failure_of(decoded).message.empty());
}

TEST_CASE("rpc: an id longer than the limit is refused, one at the limit is not") {
  const auto with_id = [](std::size_t bytes) {
    return R"({"jsonrpc":"2.0","method":"x","id":")" + std::string(bytes - 2, 'i') + "\"}";
  };
  CHECK(std::holds_alternative<RpcRequest>(decode_request(with_id(128))));
  CHECK(std::holds_alternative<RpcFailure>(decode_request(with_id(129))));
}

TEST_CASE("rpc: what is written can be read again") {
  const auto request = decode_request(encode_request("3", "fills", R"({"limit":5})"));
  REQUIRE(std::holds_alternative<RpcRequest>(request));
  CHECK(std::get<RpcRequest>(request).params.int_at("limit").value() == 5);

  const auto good = decode_reply(encode_result("3", R"({"ok":true})"));
  REQUIRE(good.ok());
  CHECK_FALSE(good->failed);
  CHECK(good->result.bool_at("ok").value());

  const auto bad = decode_reply(encode_error("\"x\"", -32003, "refused: \"why\"", R"({"reason":"parked"})"));
  REQUIRE(bad.ok());
  CHECK(bad->failed);
  CHECK(bad->id_json == "\"x\"");
  CHECK(bad->code == -32003);
  CHECK(bad->message == "refused: \"why\"");
  CHECK(bad->data.text_at("reason").value() == "parked");
}

TEST_CASE("rpc: a reply that is no reply is an error, never an abort") {
  for (const char* text :
       {"", "null", "[]", R"({"jsonrpc":"2.0"})", R"({"jsonrpc":"2.0","id":1})",
        R"({"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":"x"}})",
        R"({"jsonrpc":"2.0","id":1,"error":7})", R"({"jsonrpc":"2.0","id":1,"error":{"code":"1","message":"x"}})",
        R"({"jsonrpc":"2.0","id":1,"error":{"code":99999999999,"message":"x"}})",
        R"({"jsonrpc":"2.0","result":1})"}) {
    CAPTURE(text);
    CHECK_FALSE(decode_reply(text).ok());
  }
}

}  // namespace s1mple
