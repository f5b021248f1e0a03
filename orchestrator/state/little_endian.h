// Whole numbers in the store's files: little-endian, unaligned.
//
// Errors: none; the caller guarantees the room. Thread: any.
#pragma once

#include <cstddef>
#include <cstdint>

namespace s1mple {

inline void put_u32(std::byte* at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<std::byte>(value >> (8 * i));
}
inline void put_u64(std::byte* at, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) at[i] = static_cast<std::byte>(value >> (8 * i));
}
[[nodiscard]] inline std::uint32_t get_u32(const std::byte* at) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value |= std::to_integer<std::uint32_t>(at[i]) << (8 * i);
  return value;
}
[[nodiscard]] inline std::uint64_t get_u64(const std::byte* at) {
  return get_u32(at) | std::uint64_t{get_u32(at + 4)} << 32;
}

}  // namespace s1mple
