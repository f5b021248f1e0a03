#include "supervisor/client/styled.h"

#include "common/base/ensure.h"
#include "supervisor/client/text.h"

namespace s1mple::client {

int columns_of(const Line& line) {
  int columns = 0;
  for (const auto& piece : line) columns += columns_of(piece.text);
  return columns;
}

std::string plain_text(const Line& line) {
  std::string out;
  for (const auto& piece : line) out += piece.text;
  return out;
}

std::string_view sgr_of(Tone tone, bool colour) {
  switch (tone) {
    case Tone::plain: return {};
    case Tone::dim: return colour ? "\x1b[2m" : "";
    case Tone::strong: return "\x1b[1m";
    case Tone::heading: return colour ? "\x1b[1;36m" : "\x1b[1m";
    case Tone::good: return colour ? "\x1b[32m" : "";
    case Tone::caution: return colour ? "\x1b[33m" : "\x1b[1m";
    case Tone::bad: return colour ? "\x1b[1;31m" : "\x1b[1m";
    case Tone::paper_badge: return colour ? "\x1b[1;30;46m" : "\x1b[1;7m";
    case Tone::live_badge: return colour ? "\x1b[1;37;41m" : "\x1b[1;7m";
    case Tone::blank_badge: return colour ? "\x1b[1;30;43m" : "\x1b[1;7m";
    case Tone::bar: return "\x1b[7m";
    case Tone::alarm: return colour ? "\x1b[1;37;41m" : "\x1b[1;7m";
  }
  ENSURE(false, "tone out of range");
}

std::string printed(const Page& page, Look look) {
  std::string out;
  for (const auto& line : page) {
    std::string text;
    for (const auto& piece : line) {
      const std::string shown = look.utf8 ? piece.text : to_ascii(piece.text);
      const std::string_view sgr = look.colour ? sgr_of(piece.tone, true) : std::string_view();
      text += sgr.empty() || shown.empty() ? shown : std::string(sgr) + shown + std::string(kSgrReset);
    }
    const auto end = text.find_last_not_of(' ');
    out += text.substr(0, end == std::string::npos ? 0 : end + 1) + '\n';
  }
  return out;
}

}  // namespace s1mple::client
