#include "common/base/log_line.h"

#include <algorithm>

#include "common/base/ensure.h"
#include "common/base/utf8.h"

namespace s1mple {
namespace {

bool is_plain(char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '='; }

// A terminal obeys the C1 controls U+0080 to U+009F as it obeys escape sequences.
bool is_c1_control(std::string_view sequence) {
  return sequence.size() == 2 && sequence[0] == '\xc2' && static_cast<unsigned char>(sequence[1]) < 0xa0;
}

void append_hex(std::string& out, char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out += "\\x";
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

// Appends the first code point of `text`, escaped where needed, and says how many bytes it took.
std::size_t append_log_escaped(std::string& out, std::string_view text) {
  const char c = text.front();
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
    return 1;
  }
  if (c == '\n') return out += "\\n", 1;
  if (c == '\t') return out += "\\t", 1;
  const std::size_t length = utf8_length(text);
  const bool is_control = length == 1 && (c < ' ' || c == 0x7f);
  if (length == 0 || is_control) return append_hex(out, c), 1;
  if (is_c1_control(text.substr(0, length))) {
    append_hex(out, text[0]);
    append_hex(out, text[1]);
    return 2;
  }
  out += text.substr(0, length);
  return length;
}

void append_value(std::string& out, std::string_view value) {
  if (!value.empty() && std::all_of(value.begin(), value.end(), is_plain)) {
    out += value;
    return;
  }
  out += '"';
  while (!value.empty()) value.remove_prefix(append_log_escaped(out, value));
  out += '"';
}

}  // namespace

std::string_view to_text(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::notice: return "notice";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
    case LogLevel::critical: return "critical";
  }
  ENSURE(false, "log level out of range");
}

LogLine::LogLine(LogLevel level, std::string_view event) : level_(level), text_(to_text(level)) {
  text_ += ' ';
  append_value(text_, event);
}

LogLine&& LogLine::with(std::string_view key, std::string_view value) && {
  text_ += ' ';
  append_value(text_, key);
  text_ += '=';
  append_value(text_, value);
  return std::move(*this);
}

}  // namespace s1mple
