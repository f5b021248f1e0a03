// LogSink: writes log lines to standard error, one write a line, each with the syslog level that journald reads.
//
// Under a supervisor the lines go down its pipe, which stamps them; alone they are stamped here. Lines are cut at
// kMaxLine bytes. Never blocks the loop for long: a full pipe drops the line and counts it.
// Owner: the program. Thread: loop. Errors: none; what cannot be written is counted and said when it can.
#pragma once

#include <cstdint>

#include "common/base/log_line.h"
#include "common/base/time.h"

namespace s1mple {

class LogSink {
 public:
  static constexpr std::size_t kMaxLine = 4096;
  // `stamp` is null under a supervisor.
  explicit LogSink(const Clock* stamp) : stamp_(stamp) {}
  void write(const LogLine& line);

 private:
  const Clock* stamp_;
  std::uint64_t dropped_ = 0;
};

}  // namespace s1mple
