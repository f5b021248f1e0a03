// UTF-8 (RFC 3629): how long the well-formed sequence at the start of a text is.
//
// Refused: overlong forms, surrogates, code points above U+10FFFF, cut sequences. For the two writers that must
// not pass broken text on (log lines, JSON). Thread: any.
#pragma once

#include <cstddef>
#include <string_view>

namespace s1mple {

// Bytes of the first code point, 1 to 4; 0 when the text is empty or does not start with a well-formed one.
[[nodiscard]] constexpr std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xc0) == 0x80; };
  if (text.empty()) return 0;
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4 || !continues(1)) return 0;
  if (lead < 0xe0) return 2;
  if (!continues(2)) return 0;
  if (lead < 0xf0) {
    const bool overlong = lead == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = lead == 0xed && byte(1) > 0x9f;
    return overlong || surrogate ? 0 : 3;
  }
  if (!continues(3)) return 0;
  const bool overlong = lead == 0xf0 && byte(1) < 0x90;
  const bool too_high = lead == 0xf4 && byte(1) > 0x8f;
  return overlong || too_high ? 0 : 4;
}

}  // namespace s1mple
