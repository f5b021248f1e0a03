// control.sock: JSON-RPC 2.0, one object a line (DESIGN section 7, PROTOCOL.md section 3).
//
// Limits:  kMaxClients, the next gets one error line; requests of 64 KiB; a client whose unread answers pass 1 MiB is
//          dropped; others than the owner, root and, with a configured group, its members get one error line.
// Answers: the handler may answer later, in any order; an answer whose client is gone is dropped.
// Leaving: descriptors() names the listener and every connection that is between two lines; keep_socket() leaves the
//          file to the program that goes on with them. An inherited listener that does not fit is closed, and a new
//          one opened.
// Owner: the Supervisor. Thread: the loop's. Failure: of opening the socket; a client's fault ends that client.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "common/contract/rpc.h"
#include "common/os/inherited.h"
#include "common/os/line_connection.h"
#include "common/os/stream_listener.h"

namespace s1mple {

class Loop;

class ControlServer {
 public:
  static constexpr std::size_t kMaxClients = 32;
  static constexpr LineLimits kLimits{64 * 1024 - 1, 1024 * 1024};  // of a line without its end; of unread answers

  // One request with its way back. result() or error() is called once, on the loop.
  struct Call {
    RpcRequest request;
    std::string by;                 // "uid 1000 pid 4711"
    std::uint64_t client = 0;
    std::function<void(std::string_view line)> reply;

    void result(std::string_view json) const { reply(encode_result(request.id_json, json)); }
    void error(RpcErrorCode code, std::string_view message, std::string_view data_json = {}) const {
      reply(encode_error(request.id_json, static_cast<int>(code), message, data_json));
    }
  };
  using Handler = std::function<void(Call call)>;

  // `inherited`: an earlier supervisor's listener, or none.
  [[nodiscard]] static Result<std::unique_ptr<ControlServer>> open(Loop& loop, const ListenSpec& spec, UniqueFd inherited,
                                                                   Handler handler);
  void adopt_client(UniqueFd fd, bool subscribed);
  [[nodiscard]] bool is_inherited() const { return is_inherited_; }
  [[nodiscard]] BorrowedDescriptor listener() const;
  [[nodiscard]] std::vector<BorrowedDescriptor> descriptors() const;
  void keep_socket() { listener_->keep_file(); }

  void subscribe(std::uint64_t client);
  [[nodiscard]] bool has_subscribers() const { return subscribers_ > 0; }
  void broadcast(std::string_view line);

 private:
  struct Client {
    std::unique_ptr<LineConnection> connection;
    std::string by;
    bool subscribed = false;
  };
  ControlServer(Loop& loop, bool group, Handler handler) : loop_(loop), group_(group), handler_(std::move(handler)) {}
  // The id of the new client; nothing: it was turned away.
  std::optional<std::uint64_t> accept(UniqueFd fd);
  void turn_away(UniqueFd fd, RpcErrorCode code, std::string_view why);
  void take_line(std::uint64_t id, std::string_view line);
  void send(std::uint64_t id, std::string_view line);
  void forget(std::uint64_t id);

  Loop& loop_;
  bool group_;
  bool is_inherited_ = false;
  Handler handler_;
  std::unique_ptr<StreamListener> listener_;
  std::map<std::uint64_t, Client> clients_;
  std::uint64_t last_client_ = 0;
  std::size_t subscribers_ = 0;
};

}  // namespace s1mple
