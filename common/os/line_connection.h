// LineConnection: text lines over a Unix stream socket on the loop; both the server's and a client's end.
//
// Reading: on_line gets each line without its '\n' (and without a '\r' before it). A line over max_line
//          bytes is skipped to its end and reported once by on_bad_line; so is a last line without '\n'.
// Writing: send_line queues; a reader so slow that more than max_queued bytes wait is dropped: on_closed
//          gets the reason. Queued lines still go out after the peer closed its writing half.
// End:     on_eof: the peer sends nothing more (its half is closed) but may still read: answer what is
//          owed, then close_when_sent(). Without an on_eof that happens by itself. on_closed is called
//          once, for the peer's close, a fault, or a completed close_when_sent (no error); not for our own
//          destruction. Nothing follows it.
// Owner:   owns the descriptor; every callback may destroy the LineConnection. Thread: the loop's.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "common/base/result.h"
#include "common/os/unique_fd.h"

namespace s1mple {

class Loop;

struct LineLimits {
  std::size_t max_line = 64 * 1024;
  std::size_t max_queued = 1024 * 1024;
};

struct PeerCredentials {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
};

class LineConnection {
 public:
  struct Callbacks {
    std::function<void(std::string_view line)> on_line;
    std::function<void(const Error& why)> on_bad_line;
    std::function<void()> on_eof;  // may be empty
    std::function<void(const std::optional<Error>& fault)> on_closed;
  };

  // `fd` is made non-blocking.
  [[nodiscard]] static Result<std::unique_ptr<LineConnection>> open(Loop& loop, UniqueFd fd, LineLimits limits,
                                                                    Callbacks callbacks);
  ~LineConnection();
  LineConnection(const LineConnection&) = delete;
  LineConnection& operator=(const LineConnection&) = delete;

  // `line` has no '\n'. Does nothing after the end: on_closed tells, not each call.
  void send_line(std::string_view line);
  // Reads no more; closes when what is queued was sent.
  void close_when_sent();
  [[nodiscard]] std::size_t queued_bytes() const;
  // Between two lines: neither a part of one was read, nor waits anything to be sent or closed.
  [[nodiscard]] bool is_idle() const;
  [[nodiscard]] int fd() const;  // borrowed
  [[nodiscard]] Result<PeerCredentials> peer() const;  // as of connect or socketpair

 private:
  struct Impl;
  explicit LineConnection(Impl* impl) : impl_(impl) {}
  Impl* impl_;  // frees itself once libuv has let go of it
};

}  // namespace s1mple
