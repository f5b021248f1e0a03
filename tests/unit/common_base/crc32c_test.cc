#include "common/base/crc32c.h"

#include <string_view>
#include <vector>

#include "common/base/random.h"
#include "tests/support/catch.h"

using namespace s1mple;

namespace {
std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::vector<std::byte> random_bytes(std::size_t size) {
  Random random(7);
  std::vector<std::byte> bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random.below(256));
  return bytes;
}
}  // namespace

TEST_CASE("crc32c: the published check values") {
  struct Row {
    std::string_view name, text;
    std::uint32_t crc;
  };
  static const std::string zeros(32, '\0');
  static const std::string ones(32, '\xff');
  const auto row = GENERATE(values<Row>({{"nothing", "", 0},
                                         {"the nine digits", "123456789", 0xe3069283},
                                         {"RFC 3720: 32 zeros", zeros, 0x8a9136aa},
                                         {"RFC 3720: 32 ones", ones, 0x62a8ab43}}));
  CAPTURE(row.name);
  CHECK(crc32c(bytes_of(row.text)) == row.crc);
  CHECK(detail::crc32c_by_table(bytes_of(row.text)) == row.crc);
}

TEST_CASE("crc32c: instruction and table agree at every length and alignment") {
  const auto bytes = random_bytes(80);
  for (std::size_t from = 0; from < 9; ++from)
    for (std::size_t size = 0; from + size <= bytes.size(); ++size) {
      const auto part = std::span(bytes).subspan(from, size);
      REQUIRE(crc32c(part, 0x1234) == detail::crc32c_by_table(part, 0x1234));
    }
}

TEST_CASE("crc32c: a seed continues where the first part ended") {
  const auto bytes = random_bytes(100);
  const auto whole = crc32c(bytes);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
    REQUIRE(crc32c(std::span(bytes).subspan(cut), crc32c(std::span(bytes).first(cut))) == whole);
}

TEST_CASE("crc32c: every flipped bit is noticed") {
  auto bytes = random_bytes(64);
  const auto intact = crc32c(bytes);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    const auto mask = static_cast<std::byte>(1 << (bit % 8));
    bytes[bit / 8] ^= mask;
    REQUIRE(crc32c(bytes) != intact);
    bytes[bit / 8] ^= mask;
  }
}
