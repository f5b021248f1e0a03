// Client order ids: 's' + 4 characters of the installation's tag + epoch + '-' + number, base 36, at most 18
// characters.
//
// Never repeated: the tag is random for each installation and salvage, the epoch grows with every start, the
// number with every order of a start. Parsing is strict, so that a foreign id is never taken for one of ours.
// Order: OrderSerial (epoch, number) is the order of making; the text order of ids is not.
// Thread: plain values; OrderIds belongs to the engine.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/domain/fact.h"
#include "orchestrator/domain/names.h"

namespace s1mple {

inline constexpr std::size_t kTagLength = 4;
inline constexpr std::size_t kMaxClientId = 18;

struct OrderSerial {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;
  friend auto operator<=>(const OrderSerial&, const OrderSerial&) = default;
};

struct ParsedClientId {
  std::string tag;
  OrderSerial serial;
};

inline constexpr std::string_view kTagDigits = "0123456789abcdefghijklmnopqrstuvwxyz";

[[nodiscard]] std::string to_base36(std::uint64_t value);
[[nodiscard]] bool is_tag(std::string_view text);  // exactly 4 characters of 0-9, a-z
[[nodiscard]] ClientId make_client_id(std::string_view tag, OrderSerial serial);
[[nodiscard]] std::optional<ParsedClientId> parse_client_id(
    std::string_view text);  // nothing: not of our form
// Carries the present tag or an earlier one of this installation.
[[nodiscard]] bool is_ours(const ClientId& id, const IdentitySet& identity);
// For ids that are in the books: those of our form by serial, all others first.
[[nodiscard]] OrderSerial serial_of(const ClientId& id);

class OrderIds {
 public:
  void restart(std::string tag, std::uint64_t epoch);  // numbers go on when the epoch is the same
  [[nodiscard]] ClientId next();
  [[nodiscard]] std::uint64_t epoch() const { return serial_.epoch; }

 private:
  std::string tag_;
  OrderSerial serial_;
};

}  // namespace s1mple
