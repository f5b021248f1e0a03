// JSON-RPC 2.0 as both sockets speak it: one object a message, no batches.
//
// Ids are text or whole numbers and are kept as the raw JSON they came in ("7", "\"op-1\""), so that an answer
// carries exactly the id that was asked. An empty id_json is a notification. Reading is strict, never aborts on
// input, and an unreadable request still yields what an error answer needs. Unknown members are ignored.
// Writing: one line without line end. Errors: RpcFailure (read) or Error. Thread: plain functions.
// Source: https://www.jsonrpc.org/specification
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "common/base/json.h"
#include "common/base/result.h"

namespace s1mple {

enum class RpcErrorCode : int {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  internal_error = -32603,
  outcome_unknown = -32001,     // passed on, no answer in 2 s: it may or may not have been done
  not_running = -32002,         // no orchestrator to do it
  refused = -32003,             // the reason stands in the message and in data.reason
  needs_confirmation = -32004,  // data.confirm names the parameter that confirms
};

struct RpcRequest {
  std::string id_json;  // raw JSON; empty: a notification
  std::string method;
  JsonValue params;     // an object; null when there was none
};

struct RpcFailure {
  std::string id_json = "null";
  RpcErrorCode code = RpcErrorCode::invalid_request;
  std::string message;
  std::string data_json;  // raw JSON; empty: none
};

struct RpcReply {
  std::string id_json;
  JsonValue result;       // null when `failed`
  bool failed = false;
  int code = 0;           // of the error
  std::string message;
  JsonValue data;
};

using RpcDecoded = std::variant<RpcRequest, RpcFailure>;
[[nodiscard]] RpcDecoded decode_request(std::string_view text);
[[nodiscard]] RpcDecoded read_request(const JsonValue& message);  // of text that is parsed already
[[nodiscard]] Result<RpcReply> decode_reply(std::string_view text);
[[nodiscard]] Result<RpcReply> read_reply(const JsonValue& message);

// `..._json` is a whole JSON value; an empty params_json or data_json leaves the member out.
[[nodiscard]] std::string encode_request(std::string_view id_json, std::string_view method, std::string_view params_json);
[[nodiscard]] std::string encode_notification(std::string_view method, std::string_view params_json);
[[nodiscard]] std::string encode_result(std::string_view id_json, std::string_view result_json);
[[nodiscard]] std::string encode_error(std::string_view id_json, int code, std::string_view message,
                                       std::string_view data_json = {});
[[nodiscard]] std::string encode_error(const RpcFailure& failure);

// The id of a request or reply as raw JSON, checked: text, whole number, or null.
[[nodiscard]] Result<std::string> rpc_id_json(const JsonValue& id);

}  // namespace s1mple
