// PacketSocket: whole messages over a Unix SOCK_SEQPACKET descriptor, received and sent on the loop.
//
// Limits:  a packet has 1 to kMaxPacket bytes; at most kMaxQueued packets wait for a peer that does not
//          read.
// Sending: at once if the kernel takes it, else queued in order. A full queue is Errc::busy (the packet is
//          dropped, the socket stays); a peer that is gone is Errc::closed.
// End:     on_closed is called once, for the peer's close (no error) or a fault (too large a packet, an I/O
//          error); nothing is received or sent afterwards. Not called for our own destruction.
// Owner:   owns the descriptor. Both callbacks may destroy the PacketSocket. Thread: the loop's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "common/base/result.h"
#include "common/os/unique_fd.h"

namespace s1mple {

class Loop;

class PacketSocket {
 public:
  static constexpr std::size_t kMaxPacket = 256 * 1024;
  static constexpr std::size_t kMaxQueued = 256;

  struct Callbacks {
    std::function<void(std::string_view packet)> on_packet;
    std::function<void(const std::optional<Error>& fault)> on_closed;
  };

  // Two connected ends, closed on exec.
  [[nodiscard]] static Result<std::pair<UniqueFd, UniqueFd>> make_pair();

  // `fd` is made non-blocking. Anything but a SOCK_SEQPACKET socket is refused.
  [[nodiscard]] static Result<std::unique_ptr<PacketSocket>> open(Loop& loop, UniqueFd fd, Callbacks callbacks);
  ~PacketSocket();
  PacketSocket(const PacketSocket&) = delete;
  PacketSocket& operator=(const PacketSocket&) = delete;

  [[nodiscard]] Result<void> send(std::string_view packet);
  [[nodiscard]] std::size_t queued() const;
  [[nodiscard]] int fd() const;  // borrowed

 private:
  struct Impl;
  explicit PacketSocket(Impl* impl) : impl_(impl) {}
  Impl* impl_;  // frees itself once libuv has let go of it
};

}  // namespace s1mple
