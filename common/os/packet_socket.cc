#include "common/os/packet_socket.h"

#include <sys/socket.h>

#include <cerrno>
#include <deque>

#include "common/os/poll_handle.h"

namespace s1mple {
namespace {

constexpr int kPacketsPerPass = 64;
constexpr int kSendBuffer = 1024 * 1024;  // the kernel may grant less, but by default more than one packet

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS; }

}  // namespace

struct PacketSocket::Impl : PollHandle {
  Impl(Loop& loop, Callbacks wanted) : PollHandle(loop), callbacks(std::move(wanted)) {}

  void on_ready(bool readable, bool writable) override {
    if (writable) send_queued();
    if (readable) receive();
    update();
  }

  void update() {
    if (!ended) watch(true, !queue.empty());
  }

  void receive() {
    for (int i = 0; i < kPacketsPerPass && !ended && !closing(); ++i) {
      iovec part{buffer.get(), kMaxPacket};
      msghdr message{};
      message.msg_iov = &part;
      message.msg_iovlen = 1;
      const ssize_t size = ::recvmsg(fd(), &message, MSG_DONTWAIT);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0 && would_block()) return;
      // The peer closed with packets of ours unread: told once, before what it had sent and before the end.
      if (size < 0 && errno == ECONNRESET) continue;
      if (size < 0) return end(os_error("receive a packet", errno));
      if (size == 0) return end(std::nullopt);
      if ((message.msg_flags & MSG_TRUNC) != 0)
        return end(Error{Errc::invalid, "a packet over " + std::to_string(kMaxPacket) + " bytes arrived"});
      callbacks.on_packet({buffer.get(), static_cast<std::size_t>(size)});
    }
  }

  // True if the kernel took it; false if it must wait.
  Result<bool> try_send(std::string_view packet) {
    while (::send(fd(), packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
      if (errno == EINTR) continue;
      if (would_block()) return false;
      return os_error("send a packet", errno);
    }
    return true;
  }

  void send_queued() {
    while (!queue.empty()) {
      const auto sent = try_send(queue.front());
      if (!sent) return queue.clear();  // the reading side reports the end, after what still can be read
      if (!*sent) return;
      queue.pop_front();
    }
  }

  void end(const std::optional<Error>& fault) {
    ended = true;
    queue.clear();
    watch(false, false);
    callbacks.on_closed(fault);
  }

  [[nodiscard]] int descriptor() const { return fd(); }

  Callbacks callbacks;
  // Not filled with zeros: the kernel gives memory only for what packets really use.
  std::unique_ptr<char[]> buffer = std::make_unique_for_overwrite<char[]>(kMaxPacket);
  std::deque<std::string> queue;
  bool ended = false;
};

Result<std::pair<UniqueFd, UniqueFd>> PacketSocket::make_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
    return os_error("make a socket pair", errno);
  return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

Result<std::unique_ptr<PacketSocket>> PacketSocket::open(Loop& loop, UniqueFd fd, Callbacks callbacks) {
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_TYPE, &type, &size) < 0)
    return os_error("open a packet socket", errno);
  if (type != SOCK_SEQPACKET)
    return Error{Errc::invalid, "open a packet socket: the descriptor is of another kind"};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
  auto* impl = new Impl(loop, std::move(callbacks));
  std::unique_ptr<PacketSocket> socket(new PacketSocket(impl));
  if (auto attached = impl->attach(std::move(fd)); !attached) return std::move(attached).error();
  impl->update();
  return socket;
}

PacketSocket::~PacketSocket() { impl_->close(); }

Result<void> PacketSocket::send(std::string_view packet) {
  if (packet.empty() || packet.size() > kMaxPacket)
    return Error{Errc::invalid, "send a packet of " + std::to_string(packet.size()) +
                                    " bytes: the limit is 1 to " + std::to_string(kMaxPacket)};
  if (impl_->ended) return Error{Errc::closed, "send a packet: the other side is gone"};
  if (impl_->queue.empty()) {
    const auto sent = impl_->try_send(packet);
    if (!sent) return sent.error();
    if (*sent) return {};
  }
  if (impl_->queue.size() >= kMaxQueued)
    return Error{Errc::busy, "send a packet: the other side does not read"};
  impl_->queue.emplace_back(packet);
  impl_->update();
  return {};
}

std::size_t PacketSocket::queued() const { return impl_->queue.size(); }

int PacketSocket::fd() const { return impl_->descriptor(); }

}  // namespace s1mple
