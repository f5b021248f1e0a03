// The version of this build, from the CMake project, and the version of the link's messages.
//
// The two programs fit when their link versions are equal; the product version is shown, never compared.
// Thread: constants.
#pragma once

#include <string_view>

namespace s1mple {

// "0.1.0"
[[nodiscard]] std::string_view product_version();

// Raised whenever a link message changes so that an older reader would misunderstand it.
inline constexpr int kLinkVersion = 1;

}  // namespace s1mple
