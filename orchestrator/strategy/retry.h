// Retry: when something that was refused may be tried again. Delays double from kBase to kCap; failures that
// lie kForget apart do not add up. It bounds the pace, not the count: who gives up after some failures asks
// failures().
// Units: engine time. Owner: the strategy that saves it with its memory. Errors: restore().
#pragma once

#include <optional>
#include <string_view>

#include "common/base/json.h"
#include "common/base/time.h"

namespace s1mple {

class Retry {
 public:
  static constexpr Nanos kBase = 500ms;
  static constexpr Nanos kCap = 60s;
  static constexpr Nanos kForget = 120s;

  void fail(WallTime now);
  void reset() { *this = Retry(); }
  [[nodiscard]] bool ready(WallTime now) const { return !at_ || now >= *at_; }
  // When the next try may be; nothing: at any time.
  [[nodiscard]] std::optional<WallTime> at() const { return at_; }
  [[nodiscard]] std::int64_t failures() const { return failures_; }

  // Two members of the object that is being written; nothing while nothing has failed.
  void save(JsonWriter& out) const;
  [[nodiscard]] static Result<Retry> restore(const JsonValue& object);

 private:
  std::int64_t failures_ = 0;
  std::optional<WallTime> at_;
  WallTime failed_at_;
};

// The earlier of two times of which either may be missing.
[[nodiscard]] std::optional<WallTime> earlier(std::optional<WallTime> a, std::optional<WallTime> b);

}  // namespace s1mple
