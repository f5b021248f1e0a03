#include "orchestrator/strategy/retry.h"

#include <algorithm>

namespace s1mple {

void Retry::fail(WallTime now) {
  if (failures_ > 0 && now - failed_at_ >= kForget) failures_ = 0;
  Nanos delay = kBase;
  for (std::int64_t i = 0; i < failures_ && delay < kCap; ++i) delay *= 2;
  ++failures_;
  failed_at_ = now;
  at_ = now + std::min(delay, kCap);
}

void Retry::save(JsonWriter& out) const {
  if (!at_) return;
  out.number("failures", failures_)
      .number("failed_at", to_unix_nanos(failed_at_))
      .number("retry_at", to_unix_nanos(*at_));
}

Result<Retry> Retry::restore(const JsonValue& object) {
  Retry retry;
  if (!object.find("failures")) return retry;
  const auto failures = object.int_at("failures");
  if (!failures) return failures.error();
  const auto failed_at = object.int_at("failed_at");
  if (!failed_at) return failed_at.error();
  const auto at = object.int_at("retry_at");
  if (!at) return at.error();
  retry.failures_ = *failures;
  retry.failed_at_ = from_unix_nanos(*failed_at);
  retry.at_ = from_unix_nanos(*at);
  return retry;
}

std::optional<WallTime> earlier(std::optional<WallTime> a, std::optional<WallTime> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace s1mple
