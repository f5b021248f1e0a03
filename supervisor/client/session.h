// Session: one blocking conversation with a supervisor: find the socket, ask, get the answer to what was asked.
//
// Every wait is limited. Notifications and answers to other ids are skipped. Errors: Errc::timeout and Errc::closed
// mean that the outcome is unknown; a failed RpcReply is an answer, not an Error. Thread: one.
#pragma once

#include <string>
#include <vector>

#include "common/contract/rpc.h"
#include "common/os/line_client.h"
#include "supervisor/client/socket_search.h"

namespace s1mple::client {

struct Found {
  UniqueFd fd;
  std::string path;
};

// The first path where somebody listens. Error: Errc::not_found with the line for the user (nobody_there).
[[nodiscard]] Result<Found> connect_first(const std::vector<std::string>& paths, const Speaker& speaker);

class Session {
 public:
  [[nodiscard]] static Result<Session> open(const std::vector<std::string>& paths, const Speaker& speaker);

  // `key` is the request's text id.
  [[nodiscard]] Result<RpcReply> ask(std::string_view method, std::string_view params_json, const std::string& key,
                                     Nanos timeout);
  // Under a fresh id that is no idempotence key.
  [[nodiscard]] Result<RpcReply> ask(std::string_view method, std::string_view params_json, Nanos timeout);
  // The next notification's params.
  [[nodiscard]] Result<JsonValue> next_event(Nanos timeout);

 private:
  explicit Session(LineClient line) : line_(std::move(line)) {}
  LineClient line_;
  int asked_ = 0;
};

// An id that no other client and no other moment uses.
[[nodiscard]] std::string fresh_key();

}  // namespace s1mple::client
