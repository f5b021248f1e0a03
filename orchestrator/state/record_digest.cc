#include "orchestrator/state/record_digest.h"

#include <array>
#include <string_view>

#include "common/base/crc32c.h"
#include "orchestrator/state/little_endian.h"

namespace s1mple {

std::uint32_t next_digest(std::uint32_t previous, std::span<const std::byte> record) {
  std::array<std::byte, 4> head;
  put_u32(head.data(), previous);
  return crc32c(record, crc32c(head));
}

std::string digest_text(std::uint32_t digest) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text(8, '0');
  for (std::size_t i = 0; i < 8; ++i) text[7 - i] = kHex[(digest >> (4 * i)) & 15U];
  return text;
}

}  // namespace s1mple
