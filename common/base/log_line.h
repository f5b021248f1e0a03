// LogLine: one line of structured log, made of plain values; writing it is the shell's business.
//
//   LogLine(LogLevel::warning, "restart").with("cause", "signal").with("downtime_ms", 12)
//   text(): warning restart cause=signal downtime_ms=12
// Values with spaces, quotes, '=' or control characters are quoted and escaped, so that a line stays a line and
// bytes from outside cannot forge one. Units are part of the key (_ms, _us, _bytes). Thread: plain value.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace s1mple {

// The numbers are those of syslog.
enum class LogLevel : std::uint8_t { debug = 7, info = 6, notice = 5, warning = 4, error = 3, critical = 2 };

[[nodiscard]] std::string_view to_text(LogLevel level);

class LogLine {
 public:
  LogLine(LogLevel level, std::string_view event);
  LogLine&& with(std::string_view key, std::string_view value) &&;
  LogLine&& with(std::string_view key, const char* value) && {
    return std::move(*this).with(key, std::string_view(value));
  }
  LogLine&& with(std::string_view key, bool value) && {
    return std::move(*this).with(key, value ? std::string_view("true") : std::string_view("false"));
  }
  LogLine&& with(std::string_view key, std::integral auto value) && {
    return std::move(*this).with(key, std::string_view(std::to_string(value)));
  }

  [[nodiscard]] LogLevel level() const { return level_; }
  [[nodiscard]] const std::string& text() const { return text_; }  // without time stamp and line end

 private:
  LogLevel level_;
  std::string text_;
};

}  // namespace s1mple
