// The running digest over all records of a store: d(0) = 0, d(n) = CRC32C(d(n-1) as 4 bytes little-endian, record n).
//
// It is carried in snapshots and marks and printed by the store commands, so that a wrong middle shows even where
// every single checksum is right. Thread: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace s1mple {

[[nodiscard]] std::uint32_t next_digest(std::uint32_t previous, std::span<const std::byte> record);
// 8 lower-case hex digits.
[[nodiscard]] std::string digest_text(std::uint32_t digest);

}  // namespace s1mple
