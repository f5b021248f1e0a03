// Kraken's own material, where it lies beside the repository.
//
// Tests that need it say so, and pass where it is missing: it is no part of the repository. Thread: any.
#pragma once

#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace s1mple {

// S1MPLE_VECTORS is defined by the CMakeLists.txt of the test.
inline std::optional<std::string> kraken_vector(const std::string& name) {
  std::ifstream file(std::string(S1MPLE_VECTORS) + "/" + name, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace s1mple
