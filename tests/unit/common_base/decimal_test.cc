#include "common/base/decimal.h"

#include <vector>

#include "common/base/random.h"
#include "tests/support/catch.h"

using namespace s1mple;
using namespace s1mple::literals;

namespace {
const Decimal kLargest =
    Decimal::from_units(Int128(99'999'999'999'999'999) * 1'000'000'000'000'000'000 * 1000 +
                        Int128(999'999'999'999'999'999) * 1000 + 999);
const Decimal kUnit = Decimal::from_units(1);
}  // namespace

TEST_CASE("decimal: text is read exactly and written in its shortest form") {
  struct Row {
    const char *text, *shortest;
  };
  const auto row = GENERATE(
      values<Row>({{"0", "0"},
                   {"-0", "0"},
                   {"-0.000", "0"},
                   {"7", "7"},
                   {"-12.50", "-12.5"},
                   {"0.00005100", "0.000051"},
                   {"1e-08", "0.00000001"},
                   {"1E+2", "100"},
                   {"1.5e3", "1500"},
                   {"0.1e1", "1"},
                   {"0e9999", "0"},
                   {"0.000000000000000001", "0.000000000000000001"},
                   {"0.10000000000000000000000", "0.1"},
                   {"1000e-21", "0.000000000000000001"},
                   {"999999999999999999.999999999999999999", "999999999999999999.999999999999999999"},
                   {"-999999999999999999", "-999999999999999999"},
                   {"67123.45000", "67123.45"}}));
  CAPTURE(row.text);
  const auto decimal = Decimal::parse(row.text);
  REQUIRE(decimal);
  CHECK(decimal->text() == row.shortest);
  CHECK(Decimal::parse(decimal->text()).value() == *decimal);
}

TEST_CASE("decimal: everything that is no plain number is refused") {
  const auto text = GENERATE(
      values<const char*>({"",      "-",    "+1",    " 1",      "1 ",  "1.",       ".5",   "-.5", "1,5",
                           "1_000", "0x10", "inf",   "nan",     "1e",  "1e+",      "1e1.", "--1", "007",
                           "00.5",  "-01",  "1.2.3", "1e99999", "1d3", "\xc2\xbd", "1e-"}));
  CAPTURE(text);
  const auto decimal = Decimal::parse(text);
  REQUIRE_FALSE(decimal);
  CHECK(decimal.error().code == Errc::invalid);
}

TEST_CASE("decimal: a zero byte inside the text is refused") { CHECK_FALSE(Decimal::parse({"1\0", 2})); }
TEST_CASE("decimal: a text of megabytes is refused at once") {
  CHECK_FALSE(Decimal::parse("0." + std::string(1'000'000, '0')));
}

TEST_CASE("decimal: what does not fit is an error and never rounded in silence") {
  const auto text = GENERATE(values<const char*>(
      {"1000000000000000000", "-1000000000000000000", "1e18", "1e9999", "1e-19", "0.0000000000000000001",
       "1.0000000000000000005", "1e-9999", "99999999999999999999999999999999999999999999"}));
  CAPTURE(text);
  const auto decimal = Decimal::parse(text);
  REQUIRE_FALSE(decimal);
  CHECK(decimal.error().code == Errc::overflow);
}

TEST_CASE("decimal: text pads with zeros up to the digits asked for") {
  CHECK(Decimal::from_int(9000).text(2) == "9000.00");
  CHECK("0.125"_dec.text(2) == "0.125");
  CHECK("-0.5"_dec.text(2) == "-0.50");
  CHECK(Decimal().text(18) == "0.000000000000000000");
  CHECK(kLargest.text() == "99999999999999999999.999999999999999999");
}

TEST_CASE("decimal: addition stops at the end of the range instead of wrapping") {
  CHECK(Decimal::checked_add(kLargest, kUnit) == std::nullopt);
  CHECK(Decimal::checked_add(-kLargest, -kUnit) == std::nullopt);
  CHECK(Decimal::checked_add(kLargest, kLargest) == std::nullopt);
  CHECK(Decimal::checked_add(kLargest, -kUnit).value() + kUnit == kLargest);
  CHECK("0.1"_dec + "0.2"_dec == "0.3"_dec);
  CHECK("0.1"_dec - "0.3"_dec == "-0.2"_dec);
}

TEST_CASE("decimal: products are exact up to 18 digits and rounded as told beyond") {
  struct Row {
    const char *a, *b;
    Rounding rounding;
    const char* product;
  };
  const auto row = GENERATE(values<Row>({
      {"67123.4567891234", "0.00012345", Rounding::half_even, "8.286390740617283730"},
      {"-1.5", "2", Rounding::half_even, "-3"},
      {"99999999999", "999999999", Rounding::half_even, "99999999899000000001"},
      {"1e-18", "0.5", Rounding::half_even, "0"},
      {"3e-18", "0.5", Rounding::half_even, "2e-18"},
      {"1e-18", "0.5", Rounding::away_from_zero, "1e-18"},
      {"1e-18", "0.9", Rounding::toward_zero, "0"},
      {"-1e-18", "0.1", Rounding::floor, "-1e-18"},
      {"-1e-18", "0.9", Rounding::ceiling, "0"},
      {"1e-18", "0.1", Rounding::ceiling, "1e-18"},
      {"1e-18", "0.51", Rounding::half_even, "1e-18"},
  }));
  CAPTURE(row.a, row.b);
  const auto product =
      Decimal::checked_multiply(Decimal::parse(row.a).value(), Decimal::parse(row.b).value(), row.rounding);
  REQUIRE(product);
  const std::string_view expected = row.product;
  CHECK((product->text() == expected || Decimal::parse(expected).value() == *product));
}

TEST_CASE("decimal: a product beyond the range is nothing") {
  CHECK(Decimal::checked_multiply(kLargest, kLargest) == std::nullopt);
  CHECK(Decimal::checked_multiply(-kLargest, "1.000000000000000001"_dec) == std::nullopt);
  CHECK(Decimal::checked_multiply("1e17"_dec, "1000"_dec) == std::nullopt);
  CHECK(Decimal::checked_multiply(kLargest, Decimal::from_int(1)).value() == kLargest);
}

TEST_CASE("decimal: quotients are rounded as told") {
  struct Row {
    const char *a, *b;
    Rounding rounding;
    const char* quotient;
  };
  const auto row = GENERATE(values<Row>({
      {"1", "3", Rounding::half_even, "0.333333333333333333"},
      {"2", "3", Rounding::half_even, "0.666666666666666667"},
      {"2", "3", Rounding::toward_zero, "0.666666666666666666"},
      {"-2", "3", Rounding::floor, "-0.666666666666666667"},
      {"-2", "3", Rounding::ceiling, "-0.666666666666666666"},
      {"1000", "0.02", Rounding::half_even, "50000"},
      {"123456789012345678.9", "0.1", Rounding::half_even, "1234567890123456789"},
      {"123456789.123456789", "987654321987.654321", Rounding::half_even, "0.000124999998860938"},
      {"0", "5", Rounding::away_from_zero, "0"},
  }));
  CAPTURE(row.a, row.b);
  const auto quotient =
      Decimal::checked_divide(Decimal::parse(row.a).value(), Decimal::parse(row.b).value(), row.rounding);
  REQUIRE(quotient);
  CHECK(quotient->text() == row.quotient);
}

TEST_CASE("decimal: division by zero and quotients beyond the range are nothing") {
  CHECK(Decimal::checked_divide("1"_dec, Decimal()) == std::nullopt);
  CHECK(Decimal::checked_divide(kLargest, kUnit) == std::nullopt);
  CHECK(Decimal::checked_divide(kLargest, "0.5"_dec) == std::nullopt);
  CHECK(Decimal::checked_divide(kLargest, kLargest).value() == Decimal::from_int(1));
}

TEST_CASE("decimal: a product divided by one factor gives the other, for a thousand random pairs") {
  Random random(20);
  for (int i = 0; i < 1000; ++i) {
    const auto a = Decimal::from_scaled(random.between(1, 1'000'000'000'000), 9);
    const auto b = Decimal::from_scaled(random.between(-1'000'000'000'000, -1), 9);
    const auto product = Decimal::checked_multiply(a, b).value();
    REQUIRE(Decimal::checked_divide(product, b).value() == a);
    REQUIRE(Decimal::checked_divide(product, a).value() == b);
  }
}

TEST_CASE("decimal: quotients of the widest operands agree with long division by hand") {
  Random random(21);
  const auto below_end =
      [&] {  // up to 127 bits, of any size, since small and large divisors take different ways
        const auto bits = static_cast<int>(random.between(1, 126));
        const auto units = (UInt128(random.next()) << 64 | random.next()) >> (128 - bits);
        return Decimal::from_units(static_cast<Int128>(units % 99'999'999'999'999'999) + 1) +
               Decimal::from_units(static_cast<Int128>(units >> 1) % kLargest.units() / 2);
      };
  for (int i = 0; i < 20'000; ++i) {
    const Decimal a = below_end(), b = below_end();
    const auto quotient = Decimal::checked_divide(a, b, Rounding::toward_zero);
    // Digit by digit in base ten: whole part first, then eighteen fraction digits.
    const auto divisor = static_cast<UInt128>(b.units());
    auto rest = static_cast<UInt128>(a.units());
    UInt128 expected = rest / divisor;
    rest %= divisor;
    if (expected >= UInt128(100'000'000'000) * 1'000'000'000) {
      REQUIRE_FALSE(quotient);
      continue;
    }
    for (int digit = 0; digit < Decimal::kDigits; ++digit) {
      unsigned value = 0;
      UInt128 next = 0;
      for (int ten = 0; ten < 10; ++ten) {  // rest * 10 by addition, since it may not fit
        next += rest;
        if (next >= divisor) next -= divisor, ++value;
      }
      rest = next;
      expected = expected * 10 + value;
    }
    REQUIRE(quotient);
    REQUIRE((static_cast<UInt128>(quotient->units()) == expected));
    REQUIRE(Decimal::checked_multiply(*quotient, b, Rounding::toward_zero).value() <= a);
  }
}

TEST_CASE("decimal: rounding to a step goes where it is told, on both sides of zero") {
  struct Row {
    const char *value, *step;
    Rounding rounding;
    const char* rounded;
  };
  const auto row = GENERATE(values<Row>({
      {"1.25", "0.1", Rounding::half_even, "1.2"},
      {"1.35", "0.1", Rounding::half_even, "1.4"},
      {"1.26", "0.1", Rounding::half_even, "1.3"},
      {"1.29", "0.1", Rounding::toward_zero, "1.2"},
      {"-1.21", "0.1", Rounding::away_from_zero, "-1.3"},
      {"-1.29", "0.1", Rounding::toward_zero, "-1.2"},
      {"-1.21", "0.1", Rounding::floor, "-1.3"},
      {"-1.29", "0.1", Rounding::ceiling, "-1.2"},
      {"1.21", "0.1", Rounding::floor, "1.2"},
      {"1.21", "0.1", Rounding::ceiling, "1.3"},
      {"7", "2.5", Rounding::half_even, "7.5"},
      {"1.2", "0.1", Rounding::away_from_zero, "1.2"},
  }));
  CAPTURE(row.value, row.step);
  const auto rounded =
      Decimal::parse(row.value).value().rounded_to(Decimal::parse(row.step).value(), row.rounding);
  CHECK(rounded.text() == row.rounded);
  CHECK(rounded.is_multiple_of(Decimal::parse(row.step).value()));
}

// An exponent of 0 changes nothing but the way the text is read.
TEST_CASE("decimal: short texts, which are read at once, mean what every text means") {
  Random random(7);
  const std::string_view kMarks = "0123456789.-";
  int numbers = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    const auto length = random.between(1, 20);
    for (std::int64_t at = 0; at < length; ++at)
      text += kMarks[static_cast<std::size_t>(random.between(0, random.between(0, 9) == 0 ? 11 : 9))];
    CAPTURE(text);
    const auto read = Decimal::parse(text);
    const auto want = Decimal::parse(text + "e0");
    REQUIRE(read.ok() == want.ok());
    if (read) REQUIRE(*read == *want);
    numbers += read.ok() ? 1 : 0;
  }
  CHECK(numbers > 1'000);
}

TEST_CASE("decimal: order, sign and steps") {
  CHECK("-1"_dec < "0.5"_dec);
  CHECK("1.0"_dec == "1"_dec);
  CHECK((-"2"_dec).abs() == "2"_dec);
  CHECK(step_of_digits(0) == "1"_dec);
  CHECK(step_of_digits(2) == "0.01"_dec);
  CHECK(step_of_digits(18) == kUnit);
  CHECK("0.03"_dec.is_multiple_of("0.01"_dec));
  CHECK_FALSE("0.035"_dec.is_multiple_of("0.01"_dec));
  CHECK(Decimal::from_scaled(12345, 2).text() == "123.45");
  CHECK(Decimal::from_scaled(-9'223'372'036'854'775'807, 0).text() == "-9223372036854775807");
}
