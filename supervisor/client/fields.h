// Reading members that may be missing or wrong: what cannot be read is absent, never an error and never raw.
//
// Texts pass neutral() here, so that nothing behind a decoder holds an escape sequence. Thread: plain value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/json.h"
#include "common/base/time.h"
#include "supervisor/client/text.h"

namespace s1mple::client {

// Text as it is shown: text, number or truth value; everything else is empty.
[[nodiscard]] std::string shown_text(const JsonValue& value);

class Fields {
 public:
  explicit Fields(const JsonValue& value) : value_(value) {}

  [[nodiscard]] std::string text(std::string_view key) const {
    const auto member = value_.find(key);
    return member ? shown_text(*member) : std::string();
  }
  // The first of two names that is there.
  [[nodiscard]] std::string text(std::string_view key, std::string_view other) const {
    const std::string found = text(key);
    return found.empty() ? text(other) : found;
  }
  [[nodiscard]] std::optional<std::int64_t> whole(std::string_view key) const;
  [[nodiscard]] std::optional<WallTime> time(std::string_view key) const;
  [[nodiscard]] std::optional<Nanos> seconds(std::string_view key) const;  // may have a fraction
  [[nodiscard]] bool flag(std::string_view key) const;
  [[nodiscard]] JsonValue object(std::string_view key) const;              // null when there is none

  // visit(item) for each item of an array, `max` at most.
  template <class Visit>
  void each(std::string_view key, std::size_t max, Visit&& visit) const {
    const auto list = value_.find(key);
    if (!list || !list->is_array()) return;
    for (std::size_t i = 0; i < list->size() && i < max; ++i) visit(list->item(i));
  }

 private:
  JsonValue value_;
};

}  // namespace s1mple::client
