// CRC-32C (Castagnoli, RFC 3720 appendix B.4), with the processor's instruction where there is one.
// crc32c("123456789") is 0xe3069283. Thread: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace s1mple {

// Continues `seed`: crc32c(b, crc32c(a)) is crc32c(a followed by b).
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t seed = 0) noexcept;

namespace detail {
// What crc32c falls back to; declared so that a test compares the two on every machine.
[[nodiscard]] std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t seed = 0) noexcept;
}  // namespace detail

}  // namespace s1mple
