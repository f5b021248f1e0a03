// Golden texts: what a page or a screen looks like, kept beside the tests and read by people in a review.
//
// A text that differs is left in <build>/golden-seen/<name>.txt, from where it may be copied once it was read and found
// right. Thread: one.
#pragma once

#include <string>

namespace s1mple {

// Checks `text` against golden/<name>.txt.
void check_golden(const std::string& name, const std::string& text);

}  // namespace s1mple
