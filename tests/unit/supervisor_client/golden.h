// Golden texts: what a page or a screen looks like, kept beside the tests and read by people in a review.
//
// S1MPLE_GOLDEN_UPDATE=1 in the environment writes them anew instead of comparing. Thread: one.
#pragma once

#include <string>

namespace s1mple {

// Checks `text` against golden/<name>.txt.
void check_golden(const std::string& name, const std::string& text);

}  // namespace s1mple
