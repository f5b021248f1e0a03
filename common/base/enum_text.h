// One table per enum gives its text and its parser; a test loops over the table.
//
// Usage, beside the enum:
//   inline constexpr EnumTexts<Side, 2> kSideTexts{{{Side::buy, "buy"}, {Side::sell, "sell"}}};
//   constexpr const auto& enum_texts(Side) { return kSideTexts; }
// Then: to_text(Side::buy), parse_enum<Side>("sell"), allowed_texts<Side>() for an error message.
// A value that is not in its table aborts: it cannot come from parse_enum, so it is a bug of ours.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/ensure.h"

namespace s1mple {

template <class Enum, std::size_t Size>
using EnumTexts = std::array<std::pair<Enum, std::string_view>, Size>;

template <class Enum>
[[nodiscard]] constexpr std::string_view to_text(Enum value) {
  for (const auto& [entry, text] : enum_texts(Enum{}))
    if (entry == value) return text;
  ensure_failed(__FILE__, __LINE__, "enum value has a text", "enum value out of range");
}

template <class Enum>
[[nodiscard]] constexpr std::optional<Enum> parse_enum(std::string_view text) {
  for (const auto& [entry, name] : enum_texts(Enum{}))
    if (name == text) return entry;
  return std::nullopt;
}

// "buy, sell"
template <class Enum>
[[nodiscard]] std::string allowed_texts() {
  std::string all;
  for (const auto& [entry, text] : enum_texts(Enum{})) {
    if (!all.empty()) all += ", ";
    all += text;
  }
  return all;
}

}  // namespace s1mple
