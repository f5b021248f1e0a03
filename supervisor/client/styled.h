// What people read: lines of text pieces, each with a meaning instead of a colour.
//
// A Tone says what a piece is; only the two writers (print for pages, Painter for the screen) know how it looks,
// with colours or without. Text in here is neutral (text.h). Thread: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace s1mple::client {

enum class Tone : std::uint8_t {
  plain,
  dim,         // labels, frames, what is old
  strong,
  heading,
  good,
  caution,     // degraded, on its way, look here soon
  bad,
  paper_badge, // the environment; these three are told apart without colours too, by their words
  live_badge,
  blank_badge,
  bar,         // the rest of the title row
  alarm,       // a whole row that must be seen
};

struct Piece {
  std::string text;
  Tone tone = Tone::plain;
  friend bool operator==(const Piece&, const Piece&) = default;
};

using Line = std::vector<Piece>;
using Page = std::vector<Line>;

[[nodiscard]] int columns_of(const Line& line);
[[nodiscard]] std::string plain_text(const Line& line);

struct Look {
  bool colour = false;
  bool utf8 = false;
};

// The SGR sequence that begins a tone, and the one that ends every tone. Without colours: bold and reverse only.
[[nodiscard]] std::string_view sgr_of(Tone tone, bool colour);
inline constexpr std::string_view kSgrReset = "\x1b[0m";

// For a stream: without colour, no escape sequence at all. Every line ends with '\n'.
[[nodiscard]] std::string printed(const Page& page, Look look);

}  // namespace s1mple::client
