#include "orchestrator/domain/codec_visitor.h"

#include <algorithm>
#include <array>

namespace s1mple {
namespace {

constexpr UInt128 to_zigzag(Int128 value) {
  return (static_cast<UInt128>(value) << 1U) ^ static_cast<UInt128>(value >> 127);
}
constexpr Int128 from_zigzag(UInt128 value) {
  return static_cast<Int128>(value >> 1U) ^ -static_cast<Int128>(value & 1U);
}

// 10^n, and the first coefficient that is out of Decimal's range when multiplied by it.
struct Power {
  Int128 factor = 1;
  Int128 limit = 0;
};
constexpr auto kPowers = [] {
  constexpr Int128 kLimit = Int128(100) * 1'000'000'000'000'000'000 * 1'000'000'000'000'000'000;   // 10^20 in units
  std::array<Power, Decimal::kDigits + 1> powers{};
  for (std::size_t n = 0; n < powers.size(); ++n) {
    if (n > 0) powers[n].factor = powers[n - 1].factor * 10;
    powers[n].limit = kLimit / powers[n].factor;
  }
  return powers;
}();

}  // namespace

void ByteWriter::put_varint(std::uint64_t value) {
  while (value >= 0x80U) {
    out_.push_back(static_cast<char>((value & 0x7FU) | 0x80U));
    value >>= 7U;
  }
  out_.push_back(static_cast<char>(value));
}

void ByteWriter::put_zigzag(Int128 value) {
  UInt128 rest = to_zigzag(value);
  if (rest <= UINT64_MAX) return put_varint(static_cast<std::uint64_t>(rest));
  while (rest >= 0x80U) {
    out_.push_back(static_cast<char>(static_cast<std::uint8_t>(rest & 0x7FU) | 0x80U));
    rest >>= 7U;
  }
  out_.push_back(static_cast<char>(rest));
}

void ByteWriter::put(const std::string& text) {
  ENSURE(text.size() <= kMaxDurableText, "a durable text is too long");
  put_varint(text.size());
  out_.append(text);
}

// Trailing zeros go 9 digits at a time first, then in 64 bits: 128-bit divisions are what this costs.
void ByteWriter::put(Decimal value) {
  Int128 coefficient = value.units();
  int scale = Decimal::kDigits;
  constexpr Int128 kBillion = 1'000'000'000;
  while (scale >= 9 && coefficient % kBillion == 0 && coefficient != 0) { coefficient /= kBillion; scale -= 9; }
  if (coefficient <= INT64_MAX && coefficient >= INT64_MIN) {
    auto small = static_cast<std::int64_t>(coefficient);
    while (scale > 0 && small % 10 == 0 && small != 0) { small /= 10; --scale; }
    coefficient = small;
  }
  while (scale > 0 && coefficient % 10 == 0 && coefficient != 0) { coefficient /= 10; --scale; }
  out_.push_back(coefficient == 0 ? '\0' : static_cast<char>(scale));
  put_zigzag(coefficient);
}

void ByteReader::fail(std::string story) {
  if (!error_) error_ = Error{Errc::damaged, "byte " + std::to_string(position_) + ": " + std::move(story)};
}

std::uint8_t ByteReader::missing_byte(std::string_view name) {
  fail(std::string(name) + ": record ends too early");
  return 0;
}

// The bytes of the number at this place, if it has at most 9 (63 bits) and is whole; else 0: the slow way decides.
std::size_t ByteReader::short_number() const {
  const std::size_t end = std::min(bytes_.size(), position_ + 9);
  for (std::size_t i = position_; i < end; ++i)
    if ((std::to_integer<std::uint8_t>(bytes_[i]) & 0x80U) == 0) return i - position_ + 1;
  return 0;
}

std::uint64_t ByteReader::varint(std::string_view name) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t next = byte(name);
    if (!ok()) return 0;
    if (shift == 63 && next > 1) break;
    value |= std::uint64_t{next & 0x7FU} << shift;
    if ((next & 0x80U) == 0) return value;
  }
  fail(std::string(name) + ": number too long");
  return 0;
}

Int128 ByteReader::zigzag(std::string_view name) {
  if (const std::size_t length = short_number(); length != 0) {
    std::uint64_t small = 0;
    for (std::size_t i = length; i-- > 0;)
      small = (small << 7U) | (std::to_integer<std::uint64_t>(bytes_[position_ + i]) & 0x7FU);
    position_ += length;
    return from_zigzag(small);
  }
  UInt128 value = 0;
  for (unsigned shift = 0; shift < 128; shift += 7) {
    const std::uint8_t next = byte(name);
    if (!ok()) return 0;
    if (shift == 126 && next > 3) break;
    value |= static_cast<UInt128>(next & 0x7FU) << shift;
    if ((next & 0x80U) == 0) return from_zigzag(value);
  }
  fail(std::string(name) + ": number too long");
  return 0;
}

void ByteReader::get(std::string_view name, bool& value) {
  const std::uint8_t number = byte(name);
  if (number > 1) fail(std::string(name) + ": a yes or no that is " + std::to_string(number));
  value = number == 1;
}

void ByteReader::get(std::string_view name, std::uint32_t& value) {
  const std::uint64_t number = varint(name);
  if (number > UINT32_MAX) fail(std::string(name) + ": number too large");
  value = static_cast<std::uint32_t>(number);
}

void ByteReader::get(std::string_view name, std::string& value) {
  const std::uint64_t length = varint(name);
  if (!ok()) return;
  if (length > kMaxDurableText || length > bytes_.size() - position_) return fail(std::string(name) + ": text too long");
  const auto bytes = bytes_.subspan(position_, length);
  value.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  position_ += length;
}

void ByteReader::get(std::string_view name, WallTime& value) {
  const Int128 nanos = zigzag(name);
  if (nanos > INT64_MAX || nanos < INT64_MIN) return fail(std::string(name) + ": time out of range");
  value = from_unix_nanos(static_cast<std::int64_t>(nanos));
}

void ByteReader::get(std::string_view name, Decimal& value) {
  const std::uint8_t scale = byte(name);
  Int128 coefficient = zigzag(name);
  if (!ok()) return;
  if (scale > Decimal::kDigits) return fail(std::string(name) + ": more than 18 fraction digits");
  const Power& power = kPowers[static_cast<std::size_t>(Decimal::kDigits - scale)];
  if (coefficient >= power.limit || coefficient <= -power.limit) return fail(std::string(name) + ": amount out of range");
  value = Decimal::from_units(coefficient * power.factor);
}

Result<void> JsonFieldReader::get(const JsonValue& json, std::uint32_t& value) {
  auto number = json.as_uint();
  if (!number) return std::move(number).error();
  if (*number > UINT32_MAX) return Error{Errc::invalid, "number too large"};
  value = static_cast<std::uint32_t>(*number);
  return {};
}

Result<void> JsonFieldReader::get(const JsonValue& json, WallTime& value) {
  auto text = json.as_text();
  if (!text) return std::move(text).error();
  auto time = parse_rfc3339(*text);
  if (!time) return std::move(time).error();
  value = *time;
  return {};
}

std::string to_exact_rfc3339(WallTime time) {
  std::string text = to_rfc3339(time);   // microseconds
  std::int64_t below = to_unix_nanos(time) % 1000;
  if (below < 0) below += 1000;
  if (below == 0) return text;
  text.pop_back();
  return text + static_cast<char>('0' + below / 100) + static_cast<char>('0' + below / 10 % 10) +
         static_cast<char>('0' + below % 10) + 'Z';
}

}  // namespace s1mple
