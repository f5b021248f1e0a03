#include "common/base/enum_text.h"

#include "tests/support/catch.h"

namespace s1mple {
namespace {

enum class Colour { red, green };
inline constexpr EnumTexts<Colour, 2> kColourTexts{{{Colour::red, "red"}, {Colour::green, "green"}}};
constexpr const auto& enum_texts(Colour) { return kColourTexts; }

TEST_CASE("enum text: every row of the table goes both ways") {
  for (const auto& [colour, text] : kColourTexts) {
    CHECK(to_text(colour) == text);
    CHECK(parse_enum<Colour>(text) == colour);
  }
}

TEST_CASE("enum text: a text that is in no row is nothing") {
  CHECK(parse_enum<Colour>("blue") == std::nullopt);
  CHECK(parse_enum<Colour>("") == std::nullopt);
  CHECK(parse_enum<Colour>("Red") == std::nullopt);
}

TEST_CASE("enum text: an error message can list what is allowed") {
  CHECK(allowed_texts<Colour>() == "red, green");
}

}  // namespace
}  // namespace s1mple
