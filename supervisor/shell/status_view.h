// Composes `status` and the pages of the list methods from what is in memory: nothing here waits.
//
// Shapes: PROTOCOL.md section 3. Thread: plain functions on the loop's thread. Failure: none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/json.h"
#include "common/base/result.h"
#include "supervisor/core/saved_state.h"
#include "supervisor/shell/runner.h"

namespace s1mple {

struct StatusFacts {
  const Runner* runner;
  const HaltLatch* halt;
  std::string home;
  Nanos uptime{};
  Instant now{};
  std::size_t alerts_pending = 0;
  std::uint64_t output_dropped_bytes = 0;
};
[[nodiscard]] std::string status_json(const StatusFacts& facts);

// Params of the notification `event`: kind, at, and the members of params_json (an object; anything else adds none).
// An `at` of its own stands in place of `now`: it says when it happened. No member stands twice.
[[nodiscard]] std::string event_params_json(std::string_view kind, WallTime now, std::string_view params_json);

// {after?, limit?} of a list method.
struct PageRequest {
  static constexpr std::uint64_t kDefault = 50;
  static constexpr std::uint64_t kMax = 100;
  std::string after;
  std::uint64_t limit = kDefault;
};
[[nodiscard]] Result<PageRequest> page_request(const JsonValue& params);

struct PageItem {
  std::string id;
  std::string json;
};
// {"items":[...],"next":...} of `items`, which are in the order of the list. An unknown `after` is an Error.
[[nodiscard]] Result<std::string> page_json(const std::vector<PageItem>& items, const PageRequest& request);

}  // namespace s1mple
