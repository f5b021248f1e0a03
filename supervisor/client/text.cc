#include "supervisor/client/text.h"

#include <array>
#include <iterator>

#include "common/base/utf8.h"

namespace s1mple::client {

namespace {

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t Size>
bool is_in(const std::array<Range, Size>& ranges, char32_t code_point) {
  for (const auto& range : ranges)
    if (code_point >= range.first && code_point <= range.last) return true;
  return false;
}

// Zero width, direction marks and other formatting: dropped. Marks that combine would need shaping that a
// terminal may or may not do, and a width that is wrong by one tears the whole row.
constexpr std::array<Range, 22> kDropped{{{0x00AD, 0x00AD}, {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},
                                          {0x0610, 0x061C}, {0x064B, 0x065F}, {0x0900, 0x0902}, {0x0E31, 0x0E31},
                                          {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
                                          {0x180B, 0x180F}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x206F},
                                          {0x20D0, 0x20FF}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
                                          {0xFEFF, 0xFEFF}, {0xE0000, 0xE0FFF}}};

// Unicode's East Asian Wide blocks and the emoji that terminals draw over two columns.
constexpr std::array<Range, 16> kWide{{{0x1100, 0x115F}, {0x231A, 0x231B}, {0x23E9, 0x23EC}, {0x2614, 0x2615},
                                       {0x26A1, 0x26A1}, {0x2E80, 0x303E}, {0x3041, 0x4DBF}, {0x4E00, 0xA4CF},
                                       {0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},
                                       {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}}};

// Not text at all, or drawn by nobody in the same way: shown as the replacement character.
constexpr std::array<Range, 6> kReplaced{{{0x0000, 0x001F}, {0x007F, 0x009F}, {0xE000, 0xF8FF}, {0xFFF0, 0xFFFF},
                                          {0xF0000, 0xFFFFF}, {0x100000, 0x10FFFF}}};
constexpr char32_t kReplacement = 0x00BF;  // '¿': one column everywhere

constexpr bool is_blank(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || c == 0x00A0 || c == 0x2028 || c == 0x2029;
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  const std::size_t bytes = utf8_length(text);
  if (bytes == 0) return {0xFFFD, text.empty() ? std::size_t{0} : std::size_t{1}};
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  if (bytes == 1) return {byte(0), 1};
  char32_t value = byte(0) & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) value = (value << 6) | (byte(i) & 0x3FU);
  return {value, bytes};
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | (c >> 6));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

std::string neutral(std::string_view raw, std::size_t max) {
  std::string out;
  std::size_t kept = 0;
  while (!raw.empty() && kept < max) {
    const auto [value, bytes] = first_code_point(raw);
    raw.remove_prefix(bytes);
    if (is_in(kDropped, value)) continue;
    ++kept;
    if (is_blank(value)) {
      out += ' ';
    } else {
      append_utf8(out, is_in(kReplaced, value) ? kReplacement : value);
    }
  }
  if (!raw.empty()) out += "…";
  return out;
}

int columns_of(char32_t c) {
  if (c >= 0x20 && c < 0x7F) return 1;
  if (is_in(kReplaced, c) || is_in(kDropped, c)) return 0;
  return is_in(kWide, c) ? 2 : 1;
}

int columns_of(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const auto [value, bytes] = first_code_point(text);
    columns += columns_of(value);
    text.remove_prefix(bytes);
  }
  return columns;
}

std::string clipped(std::string_view text, int columns) {
  if (columns <= 0) return {};
  if (columns_of(text) <= columns) return std::string(text);
  std::string out;
  int used = 0;
  for (;;) {
    const auto [value, bytes] = first_code_point(text);
    const int more = columns_of(value);
    if (used + more > columns - 1) break;
    out.append(text.substr(0, bytes));
    text.remove_prefix(bytes);
    used += more;
  }
  return out + "…";
}

std::string spaced(std::string_view name) {
  std::string out(name);
  for (char& c : out)
    if (c == '_') c = ' ';
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::string shell_word(std::string_view text) {
  std::string shown = neutral(text);
  constexpr std::string_view kHarmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@:,";
  if (!shown.empty() && shown.find_first_not_of(kHarmless) == std::string::npos) return shown;
  std::string out = "'";
  for (const char c : shown) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

char ascii_of(char32_t c) {
  if (c >= 0x20 && c < 0x7F) return static_cast<char>(c);
  switch (c) {
    case U'─': return '-';
    case U'│': return '|';
    case U'…': return '~';
    case U'·': return '.';
    case U'µ': return 'u';
    case U'×': return 'x';
    case U'▲': return '^';
    case U'▼': return 'v';
    case U'●': return '*';
    case U'→': return '>';
    default: return '?';
  }
}

std::string to_ascii(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto [value, bytes] = first_code_point(text);
    out += ascii_of(value);
    if (columns_of(value) == 2) out += ' ';
    text.remove_prefix(bytes);
  }
  return out;
}

}  // namespace s1mple::client
