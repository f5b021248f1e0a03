#include "orchestrator/shell/link_session.h"

#include <unistd.h>

#include <charconv>
#include <utility>

#include "common/contract/version.h"

namespace s1mple {
LinkSession::LinkSession(Loop& loop, const Clock& clock, Listener& listener)
    : loop_(loop), clock_(clock), listener_(listener), silence_(clock.now()) {}

LinkSession::~LinkSession() = default;

Result<std::unique_ptr<LinkSession>> LinkSession::open(Loop& loop, const Clock& clock, int descriptor, Listener& listener) {
  std::unique_ptr<LinkSession> session(new LinkSession(loop, clock, listener));
  LinkSession* self = session.get();
  auto socket = PacketSocket::open(loop, UniqueFd(descriptor),
                                   {[self](std::string_view packet) { self->on_packet(packet); },
                                    [self](const std::optional<Error>&) { self->on_closed(); }});
  if (!socket) return std::move(socket).error().during("open the link on descriptor " + std::to_string(descriptor));
  session->socket_ = std::move(*socket);
  session->watch_ = std::make_unique<Timer>(loop, [self] { self->watch(); });
  session->watch_->start_every(LinkSilence::kLook);
  return session;
}

void LinkSession::on_packet(std::string_view packet) {
  auto message = link::decode_to_orchestrator(packet);
  if (!message) {
    listener_.on_log(LogLine(LogLevel::warning, "link_packet_refused").with("story", message.error().story));
    return;
  }
  std::visit([this](const auto& body) { on(body); }, *message);
}

void LinkSession::on(const link::Attach& message) {
  instance_ = message.instance;
  last_ping_ = 0;
  drain_on_eof_ = message.drain_on_eof;
  if (message.link_grace_ms > 0) grace_ = Nanos(message.link_grace_ms * 1'000'000);
  silence_.heard(clock_.now());
  if (std::exchange(attached_, true) && !message.adopted) return;
  listener_.on_attach(message);
}

void LinkSession::on(const link::Go&) { listener_.on_go(); }

void LinkSession::on(const link::Ping& message) {
  if (message.instance != instance_ || message.number <= last_ping_) {
    listener_.on_log(LogLine(LogLevel::warning, "ping_ignored").with("number", message.number).with("last", last_ping_));
    return;
  }
  last_ping_ = message.number;
  silence_.heard(clock_.now());
  if (std::exchange(lost_, false)) listener_.on_supervisor_back();
  Beat beat = listener_.on_ping();
  send(link::Pong{message.instance, message.number, message.nonce, beat.counters, std::move(beat.status)});
}

void LinkSession::on(const link::Shutdown& message) {
  listener_.on_shutdown(Nanos(message.grace_ms * 1'000'000), message.reason);
}

void LinkSession::on(const link::Command& message) {
  auto params = JsonValue::parse(message.params_json);
  s1mple::Command command;
  command.id = instance_ + ":" + std::to_string(message.id);
  command.key = message.key;
  command.by = message.by;
  command.method = message.method;
  if (params) command.params = std::move(*params);
  listener_.on_command(std::move(command));
}

void LinkSession::on(const link::AlertOk& message) { listener_.on_alert_ok(message.id); }

void LinkSession::on_closed() {
  if (std::exchange(ended_, true)) return;
  if (drain_on_eof_) return listener_.on_link_ended("the link was closed");
  if (!std::exchange(lost_, true)) listener_.on_supervisor_lost("the link was closed");
}

void LinkSession::watch() {
  if (!attached_) return;
  const Nanos silent = silence_.look(clock_.now());
  if (silent >= grace_) {
    watch_->cancel();
    return listener_.on_link_ended("no ping for " + std::to_string(to_ms(silent)) + " ms");
  }
  if (silent >= LinkSilence::kQuiet && !std::exchange(lost_, true))
    listener_.on_supervisor_lost("no ping for " + std::to_string(to_ms(silent)) + " ms");
}

void LinkSession::send(const link::ToSupervisor& message) {
  if (ended_) return;
  if (auto sent = socket_->send(link::encode(message)); !sent)
    listener_.on_log(LogLine(LogLevel::warning, "link_send_failed").with("story", sent.error().story));
}

void LinkSession::hello(std::optional<std::uint64_t> epoch, std::optional<StartMode> mode) {
  link::Hello hello;
  hello.pid = ::getpid();
  hello.version = std::string(product_version());
  hello.link_version = kLinkVersion;
  hello.epoch = epoch;
  hello.mode = mode;
  send(hello);
}

void LinkSession::progress(std::string_view phase, std::uint64_t done, std::uint64_t total) {
  send(link::Progress{std::string(phase), done, total});
}
void LinkSession::ready(std::uint64_t epoch) { send(link::Ready{epoch}); }
void LinkSession::epoch_forced(std::uint64_t epoch) { send(link::EpochForced{epoch}); }

// Only this supervisor's commands are answered: another instance's numbers mean nothing to it.
void LinkSession::reply(const Reply& reply) {
  const std::string_view id = reply.id;
  if (!id.starts_with(instance_ + ":")) return;
  const std::string_view number = id.substr(instance_.size() + 1);
  link::CommandResult result;
  std::from_chars(number.data(), number.data() + number.size(), result.id);
  result.failed = !reply.ok;
  if (reply.ok) {
    result.result_json = reply.json.empty() ? "null" : reply.json;
  } else {
    result.code = reply.error_code;
    result.message = reply.message;
    result.data_json = reply.json;
  }
  send(result);
}

void LinkSession::publish(const std::string& json) {
  const auto parsed = JsonValue::parse(json);
  const auto kind = parsed ? parsed->text_at("kind") : Result<std::string>(std::string());
  ENSURE(parsed.ok() && kind.ok(), "a notification names its kind");
  send(link::Event{*kind, json});
}

void LinkSession::alert(const SendAlert& alert) {
  link::Alert message;
  message.id = alert.id;
  message.level = parse_enum<AlertLevel>(alert.level).value_or(AlertLevel::critical);
  message.code = alert.code;
  message.text = alert.text;
  message.at = to_rfc3339(alert.at);
  send(message);
}

void LinkSession::latch(bool halted, const std::string& reason, WallTime at) {
  send(link::Latch{halted, reason, to_rfc3339(at)});
}

void LinkSession::bye(ExitCode code, const std::string& reason, bool halt) { send(link::Bye{to_int(code), reason, halt}); }

}  // namespace s1mple
