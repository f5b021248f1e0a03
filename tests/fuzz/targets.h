// What is fuzzed: every reader of bytes that come from outside the process, behind one signature.
//
// A target gets any bytes and must neither crash nor abort. What it accepts it returns in its normal form, and
// reading the normal form must give the same normal form again; what it refuses is nullopt. Seeds are valid inputs.
// Thread: pure functions. Errors: none; a refusal is an answer.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace s1mple::fuzz {

struct Target {
  std::string_view name;
  std::optional<std::string> (*normal_form)(std::string_view input);
  std::vector<std::string> seeds;
};

[[nodiscard]] const std::vector<Target>& targets();

}  // namespace s1mple::fuzz
