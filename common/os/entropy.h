// Random bits of the kernel (getrandom), to seed Random and to draw tags that must never repeat.
//
// The only source of true randomness; everything else takes a Random that was seeded from it once.
// Errors: none; a kernel without getrandom aborts. Thread: any.
#pragma once

#include <cstdint>

namespace s1mple {

[[nodiscard]] std::uint64_t entropy();

}  // namespace s1mple
