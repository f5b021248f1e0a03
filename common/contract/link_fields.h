// Reading members of a link message with one error at the end instead of one check a line. Private to contract.
//
// The first member that is missing or wrong is remembered; later reads still return values. Thread: plain value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/enum_text.h"
#include "common/base/json.h"

namespace s1mple::link {

class FieldReader {
 public:
  explicit FieldReader(const JsonValue& object) : object_(object) {}

  std::string text(std::string_view key) { return taken(object_.text_at(key)); }
  std::uint64_t count(std::string_view key) { return taken(object_.uint_at(key)); }
  std::int64_t whole(std::string_view key) { return taken(object_.int_at(key)); }
  bool flag(std::string_view key) { return taken(object_.bool_at(key)); }

  // Members that may be absent or null.
  std::string text_or(std::string_view key) { return has(key) ? text(key) : std::string(); }
  bool flag_or_false(std::string_view key) { return has(key) && flag(key); }
  std::int64_t whole_or_zero(std::string_view key) { return has(key) ? whole(key) : 0; }
  std::uint64_t count_or_zero(std::string_view key) { return has(key) ? count(key) : 0; }
  [[nodiscard]] bool has(std::string_view key) const {
    const auto value = object_.find(key);
    return value && !value->is_null();
  }
  [[nodiscard]] std::optional<JsonValue> find(std::string_view key) const { return object_.find(key); }

  // A whole number that fits an int.
  int number(std::string_view key) {
    const std::int64_t value = whole(key);
    if (value < INT32_MIN || value > INT32_MAX) fail(std::string(key) + " is out of range");
    return static_cast<int>(value);
  }

  // An object as JSON text; empty when absent or null.
  std::string object_json_or(std::string_view key) {
    const auto value = object_.find(key);
    if (!value || value->is_null()) return {};
    if (!value->is_object()) fail(std::string(key).append(" must be an object"));
    return value->dump();
  }

  template <class Enum>
  Enum choice(std::string_view key) {
    const std::string value = text(key);
    if (const auto parsed = parse_enum<Enum>(value)) return *parsed;
    fail(std::string(key) + " must be one of " + allowed_texts<Enum>());
    return Enum{};
  }

  void fail(std::string story) {
    if (!error_) error_ = Error{Errc::invalid, std::move(story)};
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  template <class T>
  T taken(Result<T> value) {
    if (value) return std::move(value).value();
    if (!error_) error_ = std::move(value).error();
    return T{};
  }
  const JsonValue& object_;
  std::optional<Error> error_;
};

}  // namespace s1mple::link
