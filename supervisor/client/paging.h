// Paging: the pages of a list method, merged into one answer of at most `limit` items.
//
// A server that returns an empty page, or the same `next` twice, ends it: no answer makes it ask for ever.
// Thread: any; pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/json.h"

namespace s1mple::client {

class Paging {
 public:
  static constexpr std::int64_t kPageMax = 100;

  Paging(std::string params_json, std::int64_t limit) : params_json_(std::move(params_json)), limit_(limit) {}

  // Parameters of the next request.
  [[nodiscard]] std::string next_params() const;
  // True: ask for another page.
  [[nodiscard]] bool take(const JsonValue& page);

  [[nodiscard]] const std::vector<JsonValue>& items() const { return items_; }
  [[nodiscard]] std::string merged_json() const;  // {"items":[...],"next":...}

 private:
  std::string params_json_;
  std::int64_t limit_;
  std::vector<JsonValue> items_;
  JsonValue next_;
};

}  // namespace s1mple::client
