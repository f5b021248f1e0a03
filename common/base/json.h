// Strict JSON for everything that crosses a boundary: links, sockets, files, venues.
//
// Reading:  RapidJSON, iterative, numbers kept as their raw text, UTF-8 validated; refused: anything after the
//           value, duplicate keys, depth over kMaxDepth, text over kMaxBytes. Errors say at which byte. Values are
//           immutable and share ownership of the parsed document, so that one may be kept and copied cheaply.
// Access:   the typed readers (text_at, ...) return Results whose story names the path: "params.limit: must be
//           a whole number from 1 to 100". They are for input from outside; nothing here aborts on it.
// Writing:  JsonWriter appends compact JSON to a string; keys in the order written; misuse aborts.
// Thread:   a JsonValue belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/decimal.h"
#include "common/base/result.h"

namespace s1mple {

class JsonValue {
 public:
  static constexpr int kMaxDepth = 64;
  static constexpr std::size_t kMaxBytes = std::size_t{1} << 30;
  enum class Kind : std::uint8_t { null, boolean, number, text, array, object };

  [[nodiscard]] static Result<JsonValue> parse(std::string_view text);
  JsonValue();  // null

  [[nodiscard]] Kind kind() const;
  [[nodiscard]] bool is_null() const { return kind() == Kind::null; }
  [[nodiscard]] bool is_object() const { return kind() == Kind::object; }
  [[nodiscard]] bool is_array() const { return kind() == Kind::array; }
  [[nodiscard]] bool is_text() const { return kind() == Kind::text; }
  [[nodiscard]] bool is_number() const { return kind() == Kind::number; }

  // Object members and array items; nothing where there is none (or this is no object, no array).
  [[nodiscard]] std::optional<JsonValue> find(std::string_view key) const;
  [[nodiscard]] std::size_t size() const;                     // of an array or object, else 0
  [[nodiscard]] JsonValue item(std::size_t index) const;      // of an array; aborts out of range
  void each_member(const std::function<void(std::string_view key, const JsonValue& value)>& visit) const;

  // This value itself.
  [[nodiscard]] Result<bool> as_bool() const;
  [[nodiscard]] Result<std::string> as_text() const;
  [[nodiscard]] Result<std::int64_t> as_int() const;          // a whole number without fraction or exponent
  [[nodiscard]] Result<std::uint64_t> as_uint() const;
  [[nodiscard]] Result<Decimal> as_decimal() const;           // a number, or a number as text
  [[nodiscard]] std::string_view raw_number() const;          // "1.10000"; empty when no number

  // A member of this object; a missing member is an error that names it.
  [[nodiscard]] Result<JsonValue> at(std::string_view key) const;
  [[nodiscard]] Result<bool> bool_at(std::string_view key) const;
  [[nodiscard]] Result<std::string> text_at(std::string_view key) const;
  [[nodiscard]] Result<std::int64_t> int_at(std::string_view key) const;
  [[nodiscard]] Result<std::uint64_t> uint_at(std::string_view key) const;
  [[nodiscard]] Result<Decimal> decimal_at(std::string_view key) const;

  // Compact JSON again, numbers as they came.
  [[nodiscard]] std::string dump() const;

 private:
  struct Node;
  struct Document;
  class Builder;
  JsonValue(std::shared_ptr<const Document> document, const Node* node);
  [[nodiscard]] std::string_view text_of(const Node& node) const;
  [[nodiscard]] Error mismatch(std::string_view expected) const;  // "params.limit: must be a number"
  [[nodiscard]] std::string path() const;                         // "params.items[3]"; empty for the root
  void dump_to(class JsonWriter& out) const;
  std::shared_ptr<const Document> document_;  // null together with node_: the value null
  const Node* node_ = nullptr;
};

// JsonWriter out;  out.begin_object().number("seq", 7).text("name", "x").end_object();  out.take()
class JsonWriter {
 public:
  JsonWriter() = default;
  explicit JsonWriter(std::size_t expected_bytes) { out_.reserve(expected_bytes); }

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& text(std::string_view value);                   // escaped; invalid UTF-8 becomes U+FFFD
  JsonWriter& number(std::int64_t value);
  JsonWriter& number(std::uint64_t value);
  JsonWriter& number(int value) { return number(std::int64_t{value}); }
  JsonWriter& number(unsigned value) { return number(std::uint64_t{value}); }
  JsonWriter& decimal_number(Decimal value);                  // a JSON number; amounts of money are text() instead
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& raw(std::string_view json);                     // a whole value that is JSON already

  // key + value in one call.
  JsonWriter& text(std::string_view name, std::string_view value) { return key(name).text(value); }
  template <class Number>
  JsonWriter& number(std::string_view name, Number value) { return key(name).number(value); }
  JsonWriter& boolean(std::string_view name, bool value) { return key(name).boolean(value); }
  JsonWriter& null(std::string_view name) { return key(name).null(); }
  JsonWriter& raw(std::string_view name, std::string_view json) { return key(name).raw(json); }

  [[nodiscard]] const std::string& str() const;               // aborts while an object or array is open
  [[nodiscard]] std::string take();                           // likewise; the writer is empty and usable again
  [[nodiscard]] std::size_t bytes() const { return out_.size(); }

 private:
  struct Level { char close; bool has_items; };
  void before_value();
  JsonWriter& begin(char open, char close);
  JsonWriter& end(char close);
  void append_quoted(std::string_view value);
  std::string out_;
  std::vector<Level> open_;       // one entry per open object or array
  bool after_key_ = false;
};

}  // namespace s1mple
