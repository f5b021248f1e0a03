#include "orchestrator/shell/log_sink.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

namespace s1mple {
namespace {

bool write_line(const std::string& line) {
  pollfd ready{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) return false;
  ssize_t written = 0;
  do written = ::write(STDERR_FILENO, line.data(), line.size());
  while (written < 0 && errno == EINTR);
  return written == static_cast<ssize_t>(line.size());
}

}  // namespace

void LogSink::write(const LogLine& line) {
  std::string text = stamp_ ? to_rfc3339(stamp_->wall()) + " " : "<" + std::to_string(static_cast<int>(line.level())) + ">";
  text += line.text();
  if (text.size() > kMaxLine) text.resize(kMaxLine);
  if (dropped_ > 0) text += " dropped_before=" + std::to_string(dropped_);
  text += '\n';
  if (write_line(text)) dropped_ = 0;
  else ++dropped_;
}

}  // namespace s1mple
