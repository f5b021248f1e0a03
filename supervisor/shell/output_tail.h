// The end of what the orchestrator wrote, for its crash report, and its lines, for the log.
//
// Keeps the last kTailBytes of both streams as they came; hands each whole line on once; a line longer than
// LogSink::kMaxLine is handed on in pieces. Units: bytes. Thread: the loop's. Failure: none.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace s1mple {

class OutputTail {
 public:
  static constexpr std::size_t kTailBytes = 64 * 1024;

  explicit OutputTail(std::function<void(std::string_view line)> on_line) : on_line_(std::move(on_line)) {}

  enum class Stream : unsigned char { out, error };
  void take(Stream stream, std::string_view bytes);
  void end(Stream stream);  // hands on an unfinished last line

  [[nodiscard]] std::string tail() const;
  void clear();

 private:
  std::function<void(std::string_view line)> on_line_;
  std::string ring_;        // at most kTailBytes; from at_ on are the oldest bytes, once it is full
  std::size_t at_ = 0;
  std::string partial_[2];  // of each stream
};

}  // namespace s1mple
