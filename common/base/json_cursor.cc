#include "common/base/json_cursor.h"

#include <array>
#include <charconv>

#include "common/base/json.h"

namespace s1mple {
namespace {

// Bytes that stand for themselves inside a text, and are one character each.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0x20; byte < 0x7f; ++byte) plain[byte] = byte != '"' && byte != '\\';
  return plain;
}();

}  // namespace

std::string_view JsonCursor::plain_text() {
  expect('"');
  const char* const begin = at_;
  while (at_ != end_ && kPlain[static_cast<unsigned char>(*at_)]) ++at_;
  const std::string_view text(begin, static_cast<std::size_t>(at_ - begin));
  expect('"');
  return text;
}

void JsonCursor::text(std::string& out) {
  const char* const quote = at_;
  if (at_ == end_ || *at_ != '"') return fail();
  ++at_;
  while (at_ != end_ && kPlain[static_cast<unsigned char>(*at_)]) ++at_;
  if (take_if('"')) {
    out.assign(quote + 1, at_ - 1);
    return;
  }
  at_ = end_of_text(quote + 1);
  const auto parsed = JsonValue::parse({quote, static_cast<std::size_t>(at_ - quote)});
  if (!parsed || !parsed->is_text()) return fail();
  out = parsed->as_text().value();
}

// Behind the closing quote of the text that `from` lies in.
const char* JsonCursor::end_of_text(const char* from) const {
  for (; from != end_; ++from) {
    if (*from == '"') return from + 1;
    if (*from == '\\' && ++from == end_) break;
  }
  return end_;
}

std::uint64_t JsonCursor::uint() {
  std::uint64_t number = 0;
  const auto read = std::from_chars(at_, end_, number);
  const bool has_leading_zero = read.ptr - at_ > 1 && *at_ == '0';
  if (read.ec != std::errc() || has_leading_zero) {
    fail();
    return 0;
  }
  at_ = read.ptr;
  return number;
}

bool JsonCursor::boolean() {
  if (take_if(std::string_view("true"))) return true;
  if (!take_if(std::string_view("false"))) fail();
  return false;
}

std::string_view JsonCursor::value() {
  const char* const begin = at_;
  std::array<char, JsonValue::kMaxDepth> closing{};  // of the containers that are open
  std::size_t depth = 0;
  while (at_ != end_) {
    const char next = *at_;
    const bool closes = next == '}' || next == ']';
    if (depth == 0 && (closes || next == ',')) break;
    if (next == '"') {
      at_ = end_of_text(at_ + 1);
      continue;
    }
    if (closes && closing[--depth] != next) return fail(), std::string_view();
    if (next == '{' || next == '[') {
      if (depth == closing.size()) return fail(), std::string_view();
      closing[depth++] = next == '{' ? '}' : ']';
    }
    ++at_;
  }
  if (at_ == begin || depth != 0) fail();
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

}  // namespace s1mple
