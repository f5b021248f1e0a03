#include "common/base/random.h"

#include <array>
#include <limits>

#include "tests/support/catch.h"

using namespace s1mple;

TEST_CASE("random: the published sequence of xoshiro256** for the state 1, 2, 3, 4") {
  auto random = Random::restore("0000000000000001000000000000000200000000000000030000000000000004").value();
  for (const std::uint64_t expected : {11520ull, 0ull, 1509978240ull, 1215971899390074240ull})
    CHECK(random.next() == expected);
}

TEST_CASE("random: one seed gives one sequence, another seed another") {
  Random a(1), b(1), c(2);
  const auto first = a.next();
  CHECK(first == b.next());
  CHECK(first != c.next());
}

TEST_CASE("random: a saved state goes on where it was") {
  Random random(99);
  for (int i = 0; i < 10; ++i) (void)random.next();
  auto restored = Random::restore(random.save()).value();
  for (int i = 0; i < 10; ++i) CHECK(restored.next() == random.next());
}

TEST_CASE("random: a state that save never wrote is refused") {
  CHECK_FALSE(Random::restore(""));
  CHECK_FALSE(Random::restore(std::string(63, '1')));
  CHECK_FALSE(Random::restore(std::string(65, '1')));
  CHECK_FALSE(Random::restore(std::string(63, '1') + "g"));
  CHECK_FALSE(Random::restore(std::string(63, '1') + "A"));
  CHECK_FALSE(Random::restore(std::string(64, '0')));
}

TEST_CASE("random: below reaches every value under its bound about equally often, and no other") {
  Random random(3);
  std::array<int, 6> seen{};
  for (int i = 0; i < 60'000; ++i) ++seen.at(random.below(seen.size()));
  for (const int times : seen) {
    CHECK(times > 9'500);
    CHECK(times < 10'500);
  }
  CHECK(random.below(1) == 0);
}

TEST_CASE("random: between includes both ends, over the whole range too") {
  Random random(4);
  bool low = false, high = false;
  for (int i = 0; i < 200; ++i) {
    const auto value = random.between(-2, 2);
    REQUIRE(value >= -2);
    REQUIRE(value <= 2);
    low |= value == -2;
    high |= value == 2;
  }
  CHECK(low);
  CHECK(high);
  using Limits = std::numeric_limits<std::int64_t>;
  bool negative = false, positive = false;
  for (int i = 0; i < 100; ++i)
    (random.between(Limits::min(), Limits::max()) < 0 ? negative : positive) = true;
  CHECK(negative);
  CHECK(positive);
  CHECK(random.between(5, 5) == 5);
}

TEST_CASE("random: chance is never at 0 and always at 1") {
  Random random(5);
  for (int i = 0; i < 100; ++i) {
    CHECK_FALSE(random.chance(0, 3));
    CHECK(random.chance(3, 3));
  }
}
