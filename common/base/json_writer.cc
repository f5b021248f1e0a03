#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "common/base/ensure.h"
#include "common/base/json.h"
#include "common/base/utf8.h"

namespace s1mple {
namespace {

constexpr std::uint64_t kEachByte = 0x0101010101010101;
constexpr std::uint64_t kHighBits = kEachByte << 7;

// The high bit of each byte that must not stand in a JSON string as it is: below 0x20, from 0x80 on, '"' and '\\'.
// (x - n) & ~x has the high bit of each byte below n, up to the first such byte at least, which is all that is asked.
constexpr std::uint64_t escapes_in(std::uint64_t eight) {
  const std::uint64_t quote = eight ^ (kEachByte * '"');
  const std::uint64_t backslash = eight ^ (kEachByte * '\\');
  return (((eight - kEachByte * 0x20) & ~eight) | ((quote - kEachByte) & ~quote) | ((backslash - kEachByte) & ~backslash) |
          eight) & kHighBits;
}

template <class Word>
std::uint64_t load(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Up to eight characters, the first in the lowest byte; the rest is zero. Two loads may overlap: they agree there.
std::uint64_t first_eight(const char* from, std::size_t size) {
  static_assert(std::endian::native == std::endian::little);
  if (size >= 8) return load<std::uint64_t>(from);
  if (size >= 4) return load<std::uint32_t>(from) | load<std::uint32_t>(from + size - 4) << (8 * (size - 4));
  if (size >= 2) return load<std::uint16_t>(from) | load<std::uint16_t>(from + size - 2) << (8 * (size - 2));
  return load<std::uint8_t>(from);
}

// How many of the first characters stand in a JSON string as they are.
std::size_t plain_length(std::string_view value) {
  for (std::size_t at = 0; at < value.size(); at += 8)
    if (const auto escapes = escapes_in(first_eight(value.data() + at, value.size() - at)); escapes != 0)
      return std::min(value.size(), at + static_cast<std::size_t>(std::countr_zero(escapes)) / 8);
  return value.size();
}

// Appends the first code point of `value` as it stands in a JSON string, and says how many bytes it took.
std::size_t append_json_escaped(std::string& out, std::string_view value) {
  static constexpr char kHex[] = "0123456789abcdef";
  const char c = value.front();
  const std::size_t length = utf8_length(value);
  if (length == 0) return out += "\xef\xbf\xbd", 1;  // U+FFFD
  if (length > 1) return out += value.substr(0, length), length;
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default:
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
  }
  return 1;
}

template <class Number>
void append_number(std::string& out, Number value) {
  char digits[24];
  const auto written = std::to_chars(std::begin(digits), std::end(digits), value);
  out.append(digits, written.ptr);
}

}  // namespace

void JsonWriter::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (open_.empty()) {
    ENSURE(out_.empty(), "second JSON value at the top");
    return;
  }
  ENSURE(open_.back().close == ']', "JSON member without a key");
  if (open_.back().has_items) out_ += ',';
  open_.back().has_items = true;
}

JsonWriter& JsonWriter::begin(char open, char close) {
  before_value();
  out_ += open;
  open_.push_back({close, false});
  return *this;
}

JsonWriter& JsonWriter::end(char close) {
  ENSURE(!open_.empty() && open_.back().close == close && !after_key_, "JSON closed out of order");
  out_ += close;
  open_.pop_back();
  return *this;
}

JsonWriter& JsonWriter::begin_object() { return begin('{', '}'); }
JsonWriter& JsonWriter::end_object() { return end('}'); }
JsonWriter& JsonWriter::begin_array() { return begin('[', ']'); }
JsonWriter& JsonWriter::end_array() { return end(']'); }

JsonWriter& JsonWriter::key(std::string_view name) {
  ENSURE(!open_.empty() && open_.back().close == '}' && !after_key_, "JSON key outside an object");
  if (open_.back().has_items) out_ += ',';
  open_.back().has_items = true;
  append_quoted(name);
  out_ += ':';
  after_key_ = true;
  return *this;
}

void JsonWriter::append_quoted(std::string_view value) {
  out_ += '"';
  while (!value.empty()) {
    const std::size_t plain = plain_length(value);
    out_ += value.substr(0, plain);
    value.remove_prefix(plain);
    if (!value.empty()) value.remove_prefix(append_json_escaped(out_, value));
  }
  out_ += '"';
}

JsonWriter& JsonWriter::text(std::string_view value) {
  before_value();
  append_quoted(value);
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  before_value();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
  before_value();
  append_number(out_, value);
  return *this;
}

JsonWriter& JsonWriter::decimal_number(Decimal value) { return raw(value.text()); }
JsonWriter& JsonWriter::boolean(bool value) {
  return raw(value ? std::string_view("true") : std::string_view("false"));
}
JsonWriter& JsonWriter::null() { return raw("null"); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  ENSURE(!json.empty(), "empty raw JSON");
  before_value();
  out_ += json;
  return *this;
}

const std::string& JsonWriter::str() const {
  ENSURE(open_.empty() && !after_key_, "JSON is not complete");
  return out_;
}

std::string JsonWriter::take() {
  std::string taken = str();
  out_.clear();
  return taken;
}

}  // namespace s1mple
