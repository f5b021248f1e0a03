#include "common/os/line_connection.h"

#include <sys/socket.h>

#include <cerrno>
#include <string>

#include "common/os/poll_handle.h"

namespace s1mple {
namespace {

constexpr std::size_t kChunk = 16 * 1024;
constexpr int kChunksPerPass = 4;

}  // namespace

struct LineConnection::Impl : PollHandle {
  Impl(Loop& loop, LineLimits wanted_limits, Callbacks wanted)
      : PollHandle(loop), limits(wanted_limits), callbacks(std::move(wanted)) {}

  void on_ready(bool readable, bool writable) override {
    if (writable) send_queued();
    if (readable && reading && !ended) receive();
    update();
  }

  void update() {
    if (ended || closing()) return;
    if (finishing && unsent() == 0) return end(std::nullopt);
    watch(reading, unsent() > 0);
  }

  // ---- Reading ----

  void receive() {
    char chunk[kChunk];
    for (int i = 0; i < kChunksPerPass && reading && !ended && !closing(); ++i) {
      const ssize_t size = ::recv(fd(), chunk, sizeof chunk, MSG_DONTWAIT);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0 && errno == EAGAIN) return;
      if (size < 0)
        return end(errno == ECONNRESET ? std::nullopt : std::optional(os_error("read a line", errno)));
      if (size == 0) return take_eof();
      take({chunk, static_cast<std::size_t>(size)});
    }
  }

  // Every callback may close this connection or end its reading: nothing more is delivered then.
  void take(std::string_view bytes) {
    while (!bytes.empty() && reading && !ended && !closing()) {
      const std::size_t length = bytes.find('\n');
      const bool complete = length != std::string_view::npos;
      add_to_line(bytes.substr(0, length));
      bytes.remove_prefix(complete ? length + 1 : bytes.size());
      if (complete) finish_line();
    }
  }

  void add_to_line(std::string_view part) {
    if (skipping) return;
    if (line.size() + part.size() > limits.max_line) {
      skipping = true;
      line.clear();
      callbacks.on_bad_line({Errc::invalid, "a line over " + std::to_string(limits.max_line) + " bytes"});
      return;
    }
    line += part;
  }

  void finish_line() {
    if (std::exchange(skipping, false) || closing()) return;
    const std::string finished = std::exchange(line, {});
    std::string_view text = finished;
    if (text.ends_with('\r')) text.remove_suffix(1);
    callbacks.on_line(text);
  }

  void take_eof() {
    reading = false;
    if (!line.empty() && !skipping) callbacks.on_bad_line({Errc::invalid, "the last line has no end"});
    if (closing() || ended) return;
    if (callbacks.on_eof) return callbacks.on_eof();
    finishing = true;
  }

  // ---- Writing ----

  [[nodiscard]] std::size_t unsent() const { return output.size() - sent; }

  void send_line(std::string_view text) {
    if (ended || fault) return;
    if (unsent() + text.size() + 1 > limits.max_queued) {
      // Told later: the caller may be walking over its connections.
      fault = Error{Errc::busy,
                    "the reader is too slow: over " + std::to_string(limits.max_queued) + " bytes wait"};
      defer([this] { end(fault); });
      return;
    }
    output += text;
    output += '\n';
    send_queued();
    if (unsent() > 0) watch(reading, true);
  }

  // An error is left to the reading side, which sees it too, after what the peer may still have sent.
  void send_queued() {
    while (unsent() > 0) {
      const ssize_t size = ::send(fd(), output.data() + sent, unsent(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0 && errno == EAGAIN) break;
      if (size < 0) return give_up_writing();
      sent += static_cast<std::size_t>(size);
    }
    if (unsent() == 0 || sent > kChunk) {
      output.erase(0, sent);
      sent = 0;
    }
  }

  void finish() {
    reading = false;
    finishing = true;
    defer([this] { update(); });  // its callback must not come from within this call
  }

  void give_up_writing() {
    output.clear();
    sent = 0;
    if (reading) return;
    defer([this] { end(std::nullopt); });
  }

  void end(const std::optional<Error>& why) {
    if (ended) return;
    ended = true;
    output.clear();
    sent = 0;
    watch(false, false);
    callbacks.on_closed(why);
  }

  [[nodiscard]] int socket() const { return fd(); }

  LineLimits limits;
  Callbacks callbacks;
  std::string line;
  std::string output;
  std::size_t sent = 0;        // of output
  std::optional<Error> fault;  // decided, not yet told
  bool reading = true;
  bool skipping = false;  // the rest of a line that is too long
  bool finishing = false;
  bool ended = false;
};

Result<std::unique_ptr<LineConnection>> LineConnection::open(Loop& loop, UniqueFd fd, LineLimits limits,
                                                             Callbacks callbacks) {
  auto* impl = new Impl(loop, limits, std::move(callbacks));
  std::unique_ptr<LineConnection> connection(new LineConnection(impl));
  if (auto attached = impl->attach(std::move(fd)); !attached) return std::move(attached).error();
  impl->update();
  return connection;
}

LineConnection::~LineConnection() { impl_->close(); }

void LineConnection::send_line(std::string_view line) { impl_->send_line(line); }

void LineConnection::close_when_sent() { impl_->finish(); }

std::size_t LineConnection::queued_bytes() const { return impl_->unsent(); }

bool LineConnection::is_idle() const {
  const Impl& c = *impl_;
  return c.reading && !c.ended && !c.finishing && !c.skipping && !c.fault && c.line.empty() && c.unsent() == 0;
}

int LineConnection::fd() const { return impl_->socket(); }

Result<PeerCredentials> LineConnection::peer() const {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(impl_->socket(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
    return os_error("ask for the peer's credentials", errno);
  return PeerCredentials{credentials.pid, credentials.uid, credentials.gid};
}

}  // namespace s1mple
