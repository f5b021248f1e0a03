// Names that must not be mixed up are different types: a client order id is no venue order id.
//
// Symbol:      "BTC/EUR", base before quote, the venue's v2 spelling.
// ClientId:    ours; 's' + 4 characters of installation tag + epoch + '-' + number, base 36, at most 18 characters.
// VenueOrderId, ExecutionId: the venue's; opaque text. An execution id is the key that counts a fill once.
// Thread: plain values.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace s1mple {

template <class Tag>
struct Name {
  std::string value;

  Name() = default;
  explicit Name(std::string text) : value(std::move(text)) {}
  explicit Name(std::string_view text) : value(text) {}
  explicit Name(const char* text) : value(text) {}
  [[nodiscard]] bool empty() const { return value.empty(); }
  [[nodiscard]] const std::string& text() const { return value; }
  friend auto operator<=>(const Name&, const Name&) = default;
};

using Symbol = Name<struct SymbolTag>;
using Asset = Name<struct AssetTag>;
using StrategyName = Name<struct StrategyNameTag>;
using ClientId = Name<struct ClientIdTag>;
using VenueOrderId = Name<struct VenueOrderIdTag>;
using ExecutionId = Name<struct ExecutionIdTag>;

}  // namespace s1mple

// Not noexcept, so that libstdc++ keeps each entry's hash beside it instead of computing its neighbours' again.
template <class Tag>
struct std::hash<s1mple::Name<Tag>> {
  std::size_t operator()(const s1mple::Name<Tag>& name) const { return std::hash<std::string>{}(name.value); }
};
