#include "common/contract/rpc.h"

namespace s1mple {

namespace {

constexpr std::size_t kMaxIdBytes = 128;

JsonWriter& begin_message(JsonWriter& out) { return out.begin_object().text("jsonrpc", "2.0"); }

std::string request_text(std::string_view id_json, std::string_view method, std::string_view params_json) {
  JsonWriter out;
  begin_message(out);
  if (!id_json.empty()) out.raw("id", id_json);
  out.text("method", method);
  if (!params_json.empty()) out.raw("params", params_json);
  out.end_object();
  return out.take();
}

bool is_version_2(const JsonValue& message) {
  const auto version = message.text_at("jsonrpc");
  return version.ok() && version.value() == "2.0";
}

}  // namespace

Result<std::string> rpc_id_json(const JsonValue& id) {
  if (id.is_null()) return std::string("null");
  const bool whole = id.is_number() && (id.as_int().ok() || id.as_uint().ok());
  if (!id.is_text() && !whole) return Error{Errc::invalid, "id must be text or a whole number"};
  std::string text = id.dump();
  if (text.size() > kMaxIdBytes) return Error{Errc::invalid, "id is longer than 128 bytes"};
  return text;
}

RpcDecoded decode_request(std::string_view text) {
  const auto parsed = JsonValue::parse(text);
  if (!parsed) return RpcFailure{"null", RpcErrorCode::parse_error, "not JSON: " + parsed.error().story, {}};
  return read_request(*parsed);
}

RpcDecoded read_request(const JsonValue& message) {
  if (message.is_array()) return RpcFailure{"null", RpcErrorCode::invalid_request, "batches are not served", {}};
  if (!message.is_object())
    return RpcFailure{"null", RpcErrorCode::invalid_request, "a request is an object", {}};

  RpcRequest request;
  RpcFailure failure;
  if (const auto id = message.find("id")) {
    auto id_json = rpc_id_json(*id);
    if (!id_json) {
      failure.message = id_json.error().story;
      return failure;
    }
    request.id_json = *id_json;
    failure.id_json = *id_json;
  }
  if (!is_version_2(message)) {
    failure.message = "jsonrpc must be \"2.0\"";
    return failure;
  }
  auto method = message.text_at("method");
  if (!method || method->empty()) {
    failure.message = "method must be text";
    return failure;
  }
  request.method = *method;
  if (const auto params = message.find("params")) {
    if (!params->is_object() && !params->is_null()) {
      failure.code = RpcErrorCode::invalid_params;
      failure.message = "params must be an object";
      return failure;
    }
    request.params = *params;
  }
  return request;
}

Result<RpcReply> decode_reply(std::string_view text) {
  auto parsed = JsonValue::parse(text);
  if (!parsed) return std::move(parsed).error().during("reply");
  return read_reply(*parsed);
}

Result<RpcReply> read_reply(const JsonValue& message) {
  if (!is_version_2(message)) return Error{Errc::invalid, "reply: jsonrpc must be \"2.0\""};
  RpcReply reply;
  const auto id = message.at("id");
  if (!id) return Error{Errc::invalid, "reply: id is missing"};
  auto id_json = rpc_id_json(*id);
  if (!id_json) return std::move(id_json).error().during("reply");
  reply.id_json = *id_json;

  const auto result = message.find("result");
  const auto error = message.find("error");
  if (result.has_value() == error.has_value())
    return Error{Errc::invalid, "reply: exactly one of result and error must be there"};
  if (result) {
    reply.result = *result;
    return reply;
  }
  reply.failed = true;
  const auto code = error->int_at("code");
  auto story = error->text_at("message");
  if (!code || !story) return Error{Errc::invalid, "reply: error must have a whole code and a text message"};
  if (*code < INT32_MIN || *code > INT32_MAX) return Error{Errc::invalid, "reply: error.code is out of range"};
  reply.code = static_cast<int>(*code);
  reply.message = *story;
  if (const auto data = error->find("data")) reply.data = *data;
  return reply;
}

std::string encode_request(std::string_view id_json, std::string_view method, std::string_view params_json) {
  ENSURE(!id_json.empty(), "a request has an id");
  return request_text(id_json, method, params_json);
}

std::string encode_notification(std::string_view method, std::string_view params_json) {
  return request_text({}, method, params_json);
}

std::string encode_result(std::string_view id_json, std::string_view result_json) {
  JsonWriter out;
  begin_message(out).raw("id", id_json).raw("result", result_json).end_object();
  return out.take();
}

std::string encode_error(std::string_view id_json, int code, std::string_view message,
                         std::string_view data_json) {
  JsonWriter out;
  begin_message(out).raw("id", id_json.empty() ? "null" : id_json).key("error").begin_object();
  out.number("code", code).text("message", message);
  if (!data_json.empty()) out.raw("data", data_json);
  out.end_object().end_object();
  return out.take();
}

std::string encode_error(const RpcFailure& failure) {
  return encode_error(failure.id_json, static_cast<int>(failure.code), failure.message, failure.data_json);
}

}  // namespace s1mple
