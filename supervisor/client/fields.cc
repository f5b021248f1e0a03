#include "supervisor/client/fields.h"

namespace s1mple::client {

std::string shown_text(const JsonValue& value) {
  if (value.is_text()) {
    const auto text = value.as_text();
    return text ? neutral(*text) : std::string();
  }
  if (value.is_number()) return neutral(value.raw_number());
  if (const auto truth = value.as_bool()) return *truth ? "true" : "false";
  return {};
}

std::optional<std::int64_t> Fields::whole(std::string_view key) const {
  const auto number = value_.int_at(key);
  return number ? std::optional(*number) : std::nullopt;
}

std::optional<WallTime> Fields::time(std::string_view key) const {
  const auto text = value_.text_at(key);
  if (!text) return std::nullopt;
  const auto time = parse_rfc3339(*text);
  if (!time || to_unix_nanos(*time) < 0) return std::nullopt;  // differences of later times cannot overflow
  return *time;
}

std::optional<Nanos> Fields::seconds(std::string_view key) const {
  const auto number = value_.decimal_at(key);
  if (!number) return std::nullopt;
  const Int128 nanos = number->units() / 1'000'000'000;
  if (nanos < 0 || nanos > INT64_MAX) return std::nullopt;
  return Nanos(static_cast<std::int64_t>(nanos));
}

bool Fields::flag(std::string_view key) const {
  const auto truth = value_.bool_at(key);
  return truth.ok() && *truth;
}

JsonValue Fields::object(std::string_view key) const {
  const auto member = value_.find(key);
  return member && member->is_object() ? *member : JsonValue();
}

}  // namespace s1mple::client
