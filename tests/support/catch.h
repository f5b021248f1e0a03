// Catch2, whichever of its two generations is installed: 2.13 (Debian 12) or 3 (Debian 13).
//
// Every test includes this and nothing of Catch2 itself. The main function comes from the target
// Catch2::Catch2WithMain, which both generations export. GENERATE and values are the same in both; of the string
// matchers use starts_with and contains below: CHECK_THAT(error.story, contains("crc mismatch")).
#pragma once

#include <string>

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

namespace s1mple {

inline auto starts_with(const std::string& start) { return Catch::Matchers::StartsWith(start); }

#if __has_include(<catch2/catch_all.hpp>)
inline auto contains(const std::string& part) { return Catch::Matchers::ContainsSubstring(part); }
#else
inline auto contains(const std::string& part) { return Catch::Matchers::Contains(part); }
#endif

}  // namespace s1mple
