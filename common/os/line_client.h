// LineClient: the blocking side of a line socket, for one-shot commands: connect, send a line, read lines.
//
// Every wait has a limit; Errc::timeout means that the outcome is unknown. Errc::not_found: no socket at
// the path; Errc::refused: a socket nobody listens on; Errc::closed: the server ended the connection;
// Errc::invalid: a path over 107 bytes, or a line over kMaxLine bytes.
// connect_stream gives the descriptor alone, for a client that runs a loop with a LineConnection.
// Owner: owns the descriptor. Thread: one.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/os/unique_fd.h"

namespace s1mple {

// Blocking, closed on exec.
[[nodiscard]] Result<UniqueFd> connect_stream(const std::string& path);

class LineClient {
 public:
  static constexpr std::size_t kMaxLine = 4 * 1024 * 1024;

  [[nodiscard]] static Result<LineClient> connect(const std::string& path);

  [[nodiscard]] Result<void> send_line(std::string_view line, Nanos timeout);
  // Without its '\n'.
  [[nodiscard]] Result<std::string> read_line(Nanos timeout);

 private:
  explicit LineClient(UniqueFd fd) : fd_(std::move(fd)) {}
  [[nodiscard]] Result<void> wait_for(short events, Instant deadline);
  UniqueFd fd_;
  std::string received_;
};

}  // namespace s1mple
