#include "supervisor/client/session.h"

#include <cerrno>
#include <cstdio>

#include "common/os/clock.h"
#include "common/os/entropy.h"
#include "supervisor/client/machine.h"

namespace s1mple::client {

namespace {

int errno_of(const Error& error) {
  if (error.os_errno != 0) return error.os_errno;
  return error.code == Errc::timeout ? EAGAIN : EIO;
}

// connect(path) for each path until one succeeds; a socket that refuses us is one that we were meant to use.
template <class T, class Connect>
Result<T> first_of(const std::vector<std::string>& paths, const Speaker& speaker, Connect&& connect) {
  std::vector<Attempt> attempts;
  for (const auto& path : paths) {
    auto connected = connect(path);
    if (connected) return connected;
    attempts.push_back({path, errno_of(connected.error()), {}, {}});
    if (attempts.back().os_errno != EACCES) continue;
    fill_owners(attempts.back());
    break;
  }
  return Error{Errc::not_found, nobody_there(attempts, speaker)};
}

std::string quoted(const std::string& text) {
  JsonWriter json;
  json.text(text);
  return json.take();
}

}  // namespace

std::string fresh_key() {
  char text[32];
  std::snprintf(text, sizeof text, "c-%016llx", static_cast<unsigned long long>(entropy()));
  return text;
}

Result<Found> connect_first(const std::vector<std::string>& paths, const Speaker& speaker) {
  return first_of<Found>(paths, speaker, [](const std::string& path) -> Result<Found> {
    auto fd = connect_stream(path);
    if (!fd) return std::move(fd).error();
    return Found{*std::move(fd), path};
  });
}

Result<Session> Session::open(const std::vector<std::string>& paths, const Speaker& speaker) {
  return first_of<Session>(paths, speaker, [](const std::string& path) -> Result<Session> {
    auto line = LineClient::connect(path);
    if (!line) return std::move(line).error();
    return Session(*std::move(line));
  });
}

Result<RpcReply> Session::ask(std::string_view method, std::string_view params_json, Nanos timeout) {
  return ask(method, params_json, "q" + std::to_string(++asked_), timeout);
}

Result<RpcReply> Session::ask(std::string_view method, std::string_view params_json, const std::string& key,
                              Nanos timeout) {
  const std::string id = quoted(key);
  const SystemClock clock;
  const Instant deadline = clock.now() + timeout;
  // A supervisor that turned us away has closed already: why, is what it said before.
  const auto sent = line_.send_line(encode_request(id, method, params_json), timeout);
  for (;;) {
    auto line = line_.read_line(deadline - clock.now());
    if (!line) return sent ? std::move(line).error() : sent.error();
    auto message = JsonValue::parse(*line);
    if (!message) return std::move(message).error().during("read the answer");
    if (message->find("method")) continue;
    auto reply = read_reply(*message);
    if (!reply) return std::move(reply).error().during("read the answer");
    // A supervisor with too many clients answers before it was asked, under the id null.
    if (reply->id_json == id || (reply->failed && reply->id_json == "null")) return std::move(reply).value();
  }
}

Result<JsonValue> Session::next_event(Nanos timeout) {
  const SystemClock clock;
  const Instant deadline = clock.now() + timeout;
  for (;;) {
    auto line = line_.read_line(deadline - clock.now());
    if (!line) return std::move(line).error();
    const auto message = JsonValue::parse(*line);
    if (!message || !message->find("method")) continue;
    return message->find("params").value_or(JsonValue());
  }
}

}  // namespace s1mple::client
