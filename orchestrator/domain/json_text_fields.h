// The visitor that reads a durable value straight from a snapshot's text, by the same declaration that wrote
// it.
//
// Fields stand in the order of their declaration, spelled as JsonFieldWriter spells them; anything else makes
// the cursor fail, and the owner then reads the text as a tree (JsonFieldReader), which is strict about
// content and not about spelling. What this takes, that takes, with the same result; a test holds the two
// against each other. Thread: one owner per visitor.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/base/json_cursor.h"
#include "orchestrator/domain/codec_visitor.h"

namespace s1mple {

class JsonTextReader {
 public:
  explicit JsonTextReader(JsonCursor& cursor) : cursor_(cursor) { cursor_.expect('{'); }

  template <class T>
  void operator()(std::string_view name, T& value) {
    if (!cursor_.ok()) return;
    if (!std::exchange(is_first_, false)) cursor_.expect(',');
    cursor_.key(name);
    get(value);
  }
  // A member that is written for readers and not read back.
  void skip_text(std::string_view name) {
    cursor_.expect(',');
    cursor_.key(name);
    (void)cursor_.plain_text();
  }
  void end() { cursor_.expect('}'); }

 private:
  template <class T, class R>
  void assign(T& value, R&& read) {
    if (read)
      value = *std::forward<R>(read);
    else
      cursor_.fail();
  }
  void get(bool& value) { value = cursor_.boolean(); }
  void get(std::uint64_t& value) { value = cursor_.uint(); }
  void get(std::uint32_t& value) {
    const std::uint64_t number = cursor_.uint();
    if (number > UINT32_MAX) cursor_.fail();
    value = static_cast<std::uint32_t>(number);
  }
  void get(std::string& value) { cursor_.text(value); }
  void get(WallTime& value) { assign(value, parse_rfc3339(cursor_.plain_text())); }
  void get(Decimal& value) { assign(value, Decimal::parse(cursor_.plain_text())); }
  template <class Tag>
  void get(Amount<Tag>& value) {
    get(value.value);
  }
  template <class Tag>
  void get(Name<Tag>& value) {
    get(value.value);
  }
  template <DurableEnum T>
  void get(T& value) {
    assign(value, parse_enum<T>(cursor_.plain_text()));
  }
  template <class T>
  void get(std::optional<T>& value) {
    value.reset();
    if (!cursor_.take_if(std::string_view("null"))) get(value.emplace());
  }
  template <class T>
  void get(std::vector<T>& list) {
    list.clear();
    cursor_.expect('[');
    if (cursor_.take_if(']')) return;
    do get(list.emplace_back());
    while (cursor_.take_if(','));
    cursor_.expect(']');
  }
  template <class T>
  requires std::is_class_v<T>
  void get(T& value) {
    JsonTextReader inner(cursor_);
    visit_fields(inner, value);
    inner.end();
  }

  JsonCursor& cursor_;
  bool is_first_ = true;
};

// Calls read_item(cursor) for each item of a list, until one fails.
template <class ReadItem>
void each_item_of_text(JsonCursor& cursor, ReadItem&& read_item) {
  cursor.expect('[');
  if (cursor.take_if(']')) return;
  do read_item(cursor);
  while (cursor.take_if(','));
  cursor.expect(']');
}

// Calls take_member(name, cursor) for each member of an object; it must take the member's value.
template <class TakeMember>
void each_member_of_text(JsonCursor& cursor, TakeMember&& take_member) {
  cursor.expect('{');
  do {
    const std::string_view name = cursor.plain_text();
    cursor.expect(':');
    if (cursor.ok()) take_member(name, cursor);
  } while (cursor.take_if(','));
  cursor.expect('}');
}

}  // namespace s1mple
