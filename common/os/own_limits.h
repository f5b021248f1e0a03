// Limits that this process lays on itself, so that a leak of ours ends here and not with the whole machine.
//
// Soft limits only, and never above what was given: kDescriptors open descriptors, kDataBytes of writable memory (not
// in a sanitizer's build, which needs more). What is over the limit fails as on a full machine.
// Children (Child) and the program that replaces this one (replace_program) get back what was given.
// Thread: take_own_limits in main, before there are others, or again after give_back_limits. give_back_limits only calls the kernel: safe in a child.
// Failure: none; where the kernel refuses, the limits stay as they are.
#pragma once

#include <cstdint>

namespace s1mple {

inline constexpr std::uint64_t kOwnDescriptors = 256;
inline constexpr std::uint64_t kOwnDataBytes = 128ULL * 1024 * 1024;

void take_own_limits();
void give_back_limits() noexcept;

}  // namespace s1mple
