// When `--wait` may return: what the books say after a halt or a flatten. Decides by evidence alone.
//
// halt: no order is open except the protective ones that positions name; flatten: no position is left and no order is
// open, both for the given scope or symbol. Thread: any; pure.
#pragma once

#include <string>
#include <vector>

#include "common/base/json.h"

namespace s1mple::client {

// What is still missing, for people; empty: the evidence is there. Items as the list methods return them.
[[nodiscard]] std::string missing_after_halt(const std::vector<JsonValue>& orders,
                                             const std::vector<JsonValue>& positions, const std::string& scope);
[[nodiscard]] std::string missing_after_flatten(const std::vector<JsonValue>& orders,
                                                const std::vector<JsonValue>& positions, const std::string& symbol);

}  // namespace s1mple::client
