// The visitors behind every durable value: one declaration of fields gives bytes, JSON, and both ways back.
//
// A type is durable when it has `static fields(visitor, self)` or a free `describe(visitor, self)` that calls
// visitor("name", member) for each member in order. The byte grammar stands in fact_codec.h.
// Readers are strict and remember the first error; after one they leave the remaining members as they are.
// Thread: one owner per visitor.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/base/enum_text.h"
#include "common/base/json.h"
#include "common/base/time.h"
#include "orchestrator/domain/amounts.h"
#include "orchestrator/domain/names.h"

namespace s1mple {

inline constexpr std::size_t kMaxDurableText = 1U << 20U;
inline constexpr std::size_t kMaxDurableList = 1U << 20U;

template <class V, class T>
concept HasFields = requires(V& v, T& t) { std::remove_cvref_t<T>::fields(v, t); };

template <class V, class T>
void visit_fields(V& visitor, T& value) {
  if constexpr (HasFields<V, T>) std::remove_cvref_t<T>::fields(visitor, value);
  else describe(visitor, value);
}

template <class T>
concept DurableEnum = std::is_enum_v<T>;

// ---- bytes out

class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  template <class T>
  void operator()(std::string_view, const T& value) { put(value); }

  void put_varint(std::uint64_t value);
  void put_zigzag(Int128 value);
  void put(bool value) { out_.push_back(value ? '\1' : '\0'); }
  void put(std::uint32_t value) { put_varint(value); }
  void put(std::uint64_t value) { put_varint(value); }
  void put(const std::string& text);
  void put(WallTime time) { put_zigzag(to_unix_nanos(time)); }
  void put(Decimal value);
  template <class Tag> void put(const Amount<Tag>& amount) { put(amount.value); }
  template <class Tag> void put(const Name<Tag>& name) { put(name.value); }
  template <DurableEnum T> void put(T value) { out_.push_back(static_cast<char>(value)); }
  template <class T> void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T> void put(const std::vector<T>& list) {
    put_varint(list.size());
    for (const T& item : list) put(item);
  }
  template <class T> requires std::is_class_v<T>
  void put(const T& value) { visit_fields(*this, value); }

 private:
  std::string& out_;
};

// ---- bytes in

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class T>
  void operator()(std::string_view name, T& value) {
    if (ok()) get(name, value);
  }

  [[nodiscard]] bool ok() const { return !error_; }
  [[nodiscard]] bool at_end() const { return position_ == bytes_.size(); }
  [[nodiscard]] Error take_error() const { return *error_; }   // only when not ok
  void fail(std::string story);

  [[nodiscard]] std::uint64_t varint(std::string_view name);
  [[nodiscard]] std::uint8_t byte(std::string_view name) {
    if (position_ >= bytes_.size()) [[unlikely]] return missing_byte(name);
    return std::to_integer<std::uint8_t>(bytes_[position_++]);
  }

 private:
  [[nodiscard]] std::uint8_t missing_byte(std::string_view name);
  [[nodiscard]] std::size_t short_number() const;
  [[nodiscard]] Int128 zigzag(std::string_view name);
  void get(std::string_view name, bool& value);
  void get(std::string_view name, std::uint32_t& value);
  void get(std::string_view name, std::uint64_t& value) { value = varint(name); }
  void get(std::string_view name, std::string& value);
  void get(std::string_view name, WallTime& value);
  void get(std::string_view name, Decimal& value);
  template <class Tag> void get(std::string_view name, Amount<Tag>& value) { get(name, value.value); }
  template <class Tag> void get(std::string_view name, Name<Tag>& value) { get(name, value.value); }
  template <DurableEnum T> void get(std::string_view name, T& value) {
    const std::uint8_t number = byte(name);
    for (const auto& [entry, text] : enum_texts(T{}))
      if (static_cast<std::uint8_t>(entry) == number) { value = entry; return; }
    fail(std::string(name).append(": unknown value ").append(std::to_string(number)));
  }
  template <class T> void get(std::string_view name, std::optional<T>& value) {
    bool present = false;
    get(name, present);
    if (!ok() || !present) { value.reset(); return; }
    get(name, value.emplace());
  }
  template <class T> void get(std::string_view name, std::vector<T>& list) {
    const std::uint64_t count = varint(name);
    if (count > kMaxDurableList || count > bytes_.size() - position_) return fail(std::string(name).append(": list too long"));
    list.clear();
    for (std::uint64_t i = 0; i < count && ok(); ++i) get(name, list.emplace_back());
  }
  template <class T> requires std::is_class_v<T>
  void get(std::string_view, T& value) { visit_fields(*this, value); }

  std::span<const std::byte> bytes_;
  std::size_t position_ = 0;
  std::optional<Error> error_;
};

// RFC 3339 UTC with microseconds, or with nanoseconds where they are needed to be exact.
[[nodiscard]] std::string to_exact_rfc3339(WallTime time);

// ---- JSON out: members of an object that the caller has begun

class JsonFieldWriter {
 public:
  explicit JsonFieldWriter(JsonWriter& out) : out_(out) {}

  template <class T>
  void operator()(std::string_view name, const T& value) {
    out_.key(name);
    put(value);
  }

 private:
  void put(bool value) { out_.boolean(value); }
  void put(std::uint32_t value) { out_.number(std::uint64_t{value}); }
  void put(std::uint64_t value) { out_.number(value); }
  void put(const std::string& text) { out_.text(text); }
  void put(WallTime time) { out_.text(to_exact_rfc3339(time)); }
  void put(Decimal value) { out_.text(value.text()); }
  template <class Tag> void put(const Amount<Tag>& amount) { put(amount.value); }
  template <class Tag> void put(const Name<Tag>& name) { out_.text(name.value); }
  template <DurableEnum T> void put(T value) { out_.text(to_text(value)); }
  template <class T> void put(const std::optional<T>& value) {
    if (value) put(*value);
    else out_.null();
  }
  template <class T> void put(const std::vector<T>& list) {
    out_.begin_array();
    for (const T& item : list) put(item);
    out_.end_array();
  }
  template <class T> requires std::is_class_v<T>
  void put(const T& value) {
    out_.begin_object();
    visit_fields(*this, value);
    out_.end_object();
  }
  JsonWriter& out_;
};

// ---- JSON in: members of an object; a missing member is an error

class JsonFieldReader {
 public:
  explicit JsonFieldReader(const JsonValue& object) : object_(object) {}

  template <class T>
  void operator()(std::string_view name, T& value) {
    if (error_) return;
    auto member = object_.at(name);
    if (!member) { error_ = std::move(member).error(); return; }
    if (auto read = get(*member, value); !read) error_ = std::move(read).error().during(name);
  }

  [[nodiscard]] Result<void> result() const { return error_ ? Result<void>(*error_) : Result<void>(); }

 private:
  template <class T, class R>
  static Result<void> assign(T& value, Result<R> read) {
    if (!read) return std::move(read).error();
    value = std::move(*read);
    return {};
  }
  static Result<void> get(const JsonValue& json, bool& value) { return assign(value, json.as_bool()); }
  static Result<void> get(const JsonValue& json, std::uint64_t& value) { return assign(value, json.as_uint()); }
  static Result<void> get(const JsonValue& json, std::uint32_t& value);
  static Result<void> get(const JsonValue& json, std::string& value) { return assign(value, json.as_text()); }
  static Result<void> get(const JsonValue& json, WallTime& value);
  static Result<void> get(const JsonValue& json, Decimal& value) { return assign(value, json.as_decimal()); }
  template <class Tag> static Result<void> get(const JsonValue& json, Amount<Tag>& value) { return get(json, value.value); }
  template <class Tag> static Result<void> get(const JsonValue& json, Name<Tag>& value) { return get(json, value.value); }
  template <DurableEnum T> static Result<void> get(const JsonValue& json, T& value) {
    auto text = json.as_text();
    if (!text) return std::move(text).error();
    const auto parsed = parse_enum<T>(*text);
    if (!parsed) return Error{Errc::invalid, "\"" + *text + "\" is none of " + allowed_texts<T>()};
    value = *parsed;
    return {};
  }
  template <class T> static Result<void> get(const JsonValue& json, std::optional<T>& value) {
    value.reset();
    return json.is_null() ? Result<void>() : get(json, value.emplace());
  }
  template <class T> static Result<void> get(const JsonValue& json, std::vector<T>& list) {
    if (!json.is_array()) return Error{Errc::invalid, "must be a list"};
    list.clear();
    for (std::size_t i = 0; i < json.size(); ++i)
      if (auto read = get(json.item(i), list.emplace_back()); !read) return read;
    return {};
  }
  template <class T> requires std::is_class_v<T>
  static Result<void> get(const JsonValue& json, T& value) {
    JsonFieldReader inner(json);
    visit_fields(inner, value);
    return inner.result();
  }

  const JsonValue& object_;
  std::optional<Error> error_;
};

// One durable value as an object, and back.
template <class T>
void write_object(const T& value, JsonWriter& out) {
  out.begin_object();
  JsonFieldWriter writer(out);
  visit_fields(writer, value);
  out.end_object();
}
template <class T>
[[nodiscard]] Result<void> read_object(const JsonValue& json, T& value) {
  JsonFieldReader reader(json);
  visit_fields(reader, value);
  return reader.result();
}

}  // namespace s1mple
