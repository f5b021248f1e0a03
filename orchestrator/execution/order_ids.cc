#include "orchestrator/execution/order_ids.h"

#include <algorithm>
#include <limits>

#include "common/base/ensure.h"

namespace s1mple {
namespace {

constexpr std::size_t kMaxDigits = 12;  // of epoch and number together: 36^12 is far below 2^64

std::optional<std::uint64_t> parse_base36(std::string_view text) {
  if (text.empty() || text.size() > kMaxDigits || (text.size() > 1 && text.front() == '0'))
    return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto digit = kTagDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value * 36 + digit;
  }
  return value;
}

}  // namespace

std::string to_base36(std::uint64_t value) {
  std::string text;
  do {
    text += kTagDigits[value % 36];
    value /= 36;
  } while (value != 0);
  std::reverse(text.begin(), text.end());
  return text;
}

bool is_tag(std::string_view text) {
  return text.size() == kTagLength && text.find_first_not_of(kTagDigits) == std::string_view::npos;
}

ClientId make_client_id(std::string_view tag, OrderSerial serial) {
  ENSURE(is_tag(tag), "an installation tag has 4 characters of 0-9, a-z");
  std::string text = "s" + std::string(tag) + to_base36(serial.epoch) + "-" + to_base36(serial.number);
  ENSURE(text.size() <= kMaxClientId, "client order id too long");
  return ClientId(std::move(text));
}

std::optional<ParsedClientId> parse_client_id(std::string_view text) {
  if (text.size() > kMaxClientId || text.size() < 1 + kTagLength + 3 || text.front() != 's')
    return std::nullopt;
  const auto tag = text.substr(1, kTagLength);
  const auto rest = text.substr(1 + kTagLength);
  const auto dash = rest.find('-');
  if (!is_tag(tag) || dash == std::string_view::npos) return std::nullopt;
  const auto epoch = parse_base36(rest.substr(0, dash));
  const auto number = parse_base36(rest.substr(dash + 1));
  if (!epoch || !number) return std::nullopt;
  return ParsedClientId{std::string(tag), {*epoch, *number}};
}

bool is_ours(const ClientId& id, const IdentitySet& identity) {
  const auto parsed = parse_client_id(id.value);
  if (!parsed) return false;
  return parsed->tag == identity.tag || std::find(identity.earlier_tags.begin(), identity.earlier_tags.end(),
                                                  parsed->tag) != identity.earlier_tags.end();
}

OrderSerial serial_of(const ClientId& id) {
  const auto parsed = parse_client_id(id.value);
  return parsed ? parsed->serial : OrderSerial{};
}

void OrderIds::restart(std::string tag, std::uint64_t epoch) {
  ENSURE(is_tag(tag), "an installation tag has 4 characters of 0-9, a-z");
  tag_ = std::move(tag);
  if (serial_.epoch != epoch) serial_ = {epoch, 0};
}

ClientId OrderIds::next() {
  ++serial_.number;
  return make_client_id(tag_, serial_);
}

}  // namespace s1mple
