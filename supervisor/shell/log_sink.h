// Where the supervisor's own lines and the orchestrator's output go: the journal, the terminal, or rotating files.
//
// Journal:  one line each with its <priority>; stamps are the journal's.  Terminal: short stamp, as it is.
// Files:    <home>/logs/supervisor.log, full stamps, kFiles files of kFileBytes, written by the worker so that a
//           slow disk holds up nothing; what does not fit into kMaxWaiting bytes is dropped, counted, and said by the next line that does.
// Stderr:   is never waited for, a terminal but for a moment; what it does not take is dropped and counted.
// Lines:    bytes from outside are cut at kMaxLine and cannot forge a second line.
// Owner:    main; everything else borrows it. Thread: the loop's. Failure: a disk that refuses is told once on stderr.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/log_line.h"
#include "common/base/time.h"

namespace s1mple {

class Worker;

class LogSink {
 public:
  static constexpr int kFiles = 5;
  static constexpr std::uint64_t kFileBytes = 4 * 1024 * 1024;
  static constexpr std::size_t kMaxWaiting = 256 * 1024;
  static constexpr std::size_t kMaxLine = 4096;

  explicit LogSink(const Clock& clock);
  ~LogSink();

  // Until then lines go to stderr. Files are used only where stderr is neither the journal nor a terminal.
  void use_directory(std::string directory, Worker& worker);
  // Nothing is handed to the worker after this; lines go to stderr again.
  void leave_directory();

  void write(const LogLine& line);
  // A line of the orchestrator; "<3>text" carries its own priority.
  void pass(std::string_view line);

  [[nodiscard]] std::uint64_t dropped_bytes() const { return dropped_; }

 private:
  struct Files;
  enum class Kind : std::uint8_t { journal, terminal, plain };
  void put(LogLevel level, std::string_view text);
  void tell(const std::string& line);
  void flush();

  const Clock& clock_;
  Kind kind_;
  std::shared_ptr<Files> files_;  // shared with the piece of work at hand
  Worker* worker_ = nullptr;
  std::string waiting_;
  bool writing_ = false;
  bool stuck_ = false;   // the last line did not get through
  std::uint64_t dropped_ = 0;
  std::uint64_t told_ = 0;  // of it, in the files
};

}  // namespace s1mple
