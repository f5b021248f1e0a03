#include "supervisor/shell/control_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "supervisor/core/inheritance.h"

namespace s1mple {

Result<std::unique_ptr<ControlServer>> ControlServer::open(Loop& loop, const ListenSpec& spec, UniqueFd inherited,
                                                           Handler handler) {
  std::unique_ptr<ControlServer> server(new ControlServer(loop, spec.group.has_value(), std::move(handler)));
  const auto on_connection = [raw = server.get()](UniqueFd fd) { (void)raw->accept(std::move(fd)); };
  if (inherited) {
    auto adopted = StreamListener::adopt(loop, spec, std::move(inherited), on_connection);
    server->is_inherited_ = adopted.ok();
    if (adopted) {
      server->listener_ = std::move(adopted).value();
      return server;
    }
  }
  auto listener = StreamListener::open(loop, spec, on_connection);
  if (!listener) return std::move(listener).error().during("open control.sock");
  server->listener_ = std::move(listener).value();
  return server;
}

// A line to somebody who is no client: if the socket does not take it at once, it is lost.
void ControlServer::turn_away(UniqueFd fd, RpcErrorCode code, std::string_view why) {
  const std::string line = encode_error("null", static_cast<int>(code), why) + "\n";
  (void)::send(fd.get(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

std::optional<std::uint64_t> ControlServer::accept(UniqueFd fd) {
  ucred peer{};
  socklen_t length = sizeof peer;
  const bool known = ::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0;
  // Members of the group are told from strangers by the rights of the socket file, which connect() has checked.
  const bool allowed = known && (peer.uid == 0 || peer.uid == ::geteuid() || group_);
  if (!allowed || clients_.size() >= kMaxClients) {
    turn_away(std::move(fd), RpcErrorCode::refused,
              allowed ? "too many clients; 32 are served at a time" : "only the owner and root may ask");
    return std::nullopt;
  }

  const std::uint64_t id = ++last_client_;
  LineConnection::Callbacks callbacks;
  callbacks.on_line = [this, id](std::string_view line) { take_line(id, line); };
  callbacks.on_bad_line = [this, id](const Error& why) {
    send(id, encode_error("null", static_cast<int>(RpcErrorCode::parse_error), why.story));
  };
  callbacks.on_closed = [this, id](const std::optional<Error>&) { forget(id); };
  auto connection = LineConnection::open(loop_, std::move(fd), kLimits, std::move(callbacks));
  if (!connection) return std::nullopt;
  Client client;
  client.connection = std::move(connection).value();
  client.by = "uid " + std::to_string(peer.uid) + " pid " + std::to_string(peer.pid);
  clients_.emplace(id, std::move(client));
  return id;
}

void ControlServer::adopt_client(UniqueFd fd, bool subscribed) {
  const auto id = accept(std::move(fd));
  if (id && subscribed) subscribe(*id);
}

BorrowedDescriptor ControlServer::listener() const { return {std::string(kControlName), listener_->fd()}; }

std::vector<BorrowedDescriptor> ControlServer::descriptors() const {
  std::vector<BorrowedDescriptor> open{listener()};
  for (const auto& [id, client] : clients_)
    if (client.connection->is_idle())
      open.push_back({std::string(client.subscribed ? kSubscriberName : kClientName), client.connection->fd()});
  return open;
}

void ControlServer::take_line(std::uint64_t id, std::string_view line) {
  auto decoded = decode_request(line);
  if (const auto* failure = std::get_if<RpcFailure>(&decoded)) return send(id, encode_error(*failure));
  Call call{std::get<RpcRequest>(std::move(decoded)), clients_.at(id).by, id,
            [this, id](std::string_view answer) { send(id, answer); }};
  if (call.request.id_json.empty()) {
    call.request.id_json = "null";
    return call.error(RpcErrorCode::invalid_request, "a request needs an id: every command is answered");
  }
  handler_(std::move(call));
}

void ControlServer::send(std::uint64_t id, std::string_view line) {
  if (const auto found = clients_.find(id); found != clients_.end()) found->second.connection->send_line(line);
}

void ControlServer::forget(std::uint64_t id) {
  const auto found = clients_.find(id);
  if (found == clients_.end()) return;
  if (found->second.subscribed) --subscribers_;
  clients_.erase(found);
}

void ControlServer::subscribe(std::uint64_t client) {
  const auto found = clients_.find(client);
  if (found == clients_.end() || found->second.subscribed) return;
  found->second.subscribed = true;
  ++subscribers_;
}

void ControlServer::broadcast(std::string_view line) {
  std::vector<std::uint64_t> ids;  // a client may be dropped while it is sent to
  for (const auto& [id, client] : clients_)
    if (client.subscribed) ids.push_back(id);
  for (const std::uint64_t id : ids) send(id, line);
}

}  // namespace s1mple
