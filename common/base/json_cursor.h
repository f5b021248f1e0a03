// JsonCursor: reads JSON just as JsonWriter writes it, value by value, without a tree: for snapshots of many
// rows.
//
// It knows exactly one spelling: no blanks, members in the order in which the reader asks for them. Whatever
// else a text holds, right or wrong, makes it fail, and stays failed; the caller then throws away what it
// took and reads the text with JsonValue::parse, which decides. So it never has to say what is wrong.
// Texts with escapes or beyond ASCII are read by JsonValue::parse, one by one.
// Ownership: refers to the text, which outlives it. Thread: any. Errors: ok(); afterwards every call does
// nothing.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace s1mple {

class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return ok_ && at_ == end_; }
  void fail() {
    ok_ = false;
    at_ = end_;
  }
  [[nodiscard]] bool take_if(char next) {
    if (at_ == end_ || *at_ != next) return false;
    ++at_;
    return true;
  }
  void expect(char next) {
    if (!take_if(next)) fail();
  }
  [[nodiscard]] bool take_if(std::string_view literal) {
    if (static_cast<std::size_t>(end_ - at_) < literal.size() ||
        std::memcmp(at_, literal.data(), literal.size()) != 0)
      return false;
    at_ += literal.size();
    return true;
  }
  // "name":
  void key(std::string_view name) {
    expect('"');
    if (!take_if(name)) fail();
    expect('"');
    expect(':');
  }
  // A text of printable ASCII without escapes; it points into the input.
  [[nodiscard]] std::string_view plain_text();
  // Any text.
  void text(std::string& out);
  [[nodiscard]] std::uint64_t uint();
  [[nodiscard]] bool boolean();
  // The whole next value as it stands, its end found by brackets and quotes alone.
  [[nodiscard]] std::string_view value();

 private:
  [[nodiscard]] const char* end_of_text(const char* from) const;

  const char* at_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace s1mple
