// Text from outside, made fit for a terminal: one line, printable, of known width.
//
// neutral() is the only door: whatever comes from the socket passes it once, when it is decoded. It leaves no
// control character (no escape sequence, no line end), nothing that turns the reading direction, nothing of zero
// width and no broken UTF-8, and it bounds the length. Everything behind it may rely on that.
// Units: columns of a terminal; East Asian wide characters and emoji take two. Thread: any; pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace s1mple::client {

inline constexpr std::size_t kTextMax = 512;  // code points that neutral keeps

[[nodiscard]] std::string neutral(std::string_view raw, std::size_t max = kTextMax);

// The first code point of well-formed text; `bytes` says how long it is. Broken input gives U+FFFD, one byte.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
};
[[nodiscard]] CodePoint first_code_point(std::string_view text);
void append_utf8(std::string& out, char32_t code_point);

// 0 for what neutral drops or replaces, 1, or 2.
[[nodiscard]] int columns_of(char32_t code_point);
[[nodiscard]] int columns_of(std::string_view text);

// At most `columns` wide; what was cut is shown by '…' at the end.
[[nodiscard]] std::string clipped(std::string_view text, int columns);

// "safe_mode" as "safe mode".
[[nodiscard]] std::string spaced(std::string_view name);
// ASCII letters only.
[[nodiscard]] std::string upper(std::string_view text);

// Quoted where a shell would see more than a word in it: for hints that may be pasted.
[[nodiscard]] std::string shell_word(std::string_view text);

// For terminals without UTF-8: one ASCII character for each glyph that this program draws, '?' for others.
[[nodiscard]] char ascii_of(char32_t code_point);
[[nodiscard]] std::string to_ascii(std::string_view text);

}  // namespace s1mple::client
