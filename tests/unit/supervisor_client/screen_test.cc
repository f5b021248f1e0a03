#include "supervisor/client/screen.h"

#include "tests/support/catch.h"

using namespace s1mple::client;

TEST_CASE("drawing is clipped to the screen and to its room") {
  Screen screen({6, 2});
  CHECK(screen.put(1, 0, 3, "abcdef", Tone::plain) == 4);
  screen.put(4, 1, 99, "xyz", Tone::plain);
  screen.put(-1, 1, 3, "abc", Tone::plain);
  screen.put(0, 5, 3, "abc", Tone::plain);
  screen.fill(0, -1, 99, U'#', Tone::plain);
  CHECK(screen.text() == " abc\nbc  xy\n");
}

TEST_CASE("a wide character is never left in half") {
  Screen screen({6, 1});
  screen.put(0, 0, 6, "世界!", Tone::plain);
  CHECK(screen.text() == "世界!\n");
  screen.put(1, 0, 1, "x", Tone::plain);  // over the right half of the first
  CHECK(screen.text() == " x界!\n");
  screen.put(2, 0, 1, "y", Tone::plain);  // over the left half of the second
  CHECK(screen.text() == " xy !\n");
  screen.put(5, 0, 1, "世", Tone::plain);  // no room for both halves
  CHECK(screen.text() == " xy !\n");
}

TEST_CASE("a line that is too long ends in an ellipsis") {
  Screen screen({8, 1});
  screen.put(0, 0, 8, Line{{"abc"}, {"defghij", Tone::bad}, {"more"}});
  CHECK(screen.text() == "abcdefg…\n");
  CHECK(screen.at(4, 0).tone == Tone::bad);
}

TEST_CASE("any size is clamped to what can be") {
  CHECK(Screen({0, -5}).size() == Size{1, 1});
  CHECK(Screen({100'000, 100'000}).size() == Size{Screen::kColumnsMax, Screen::kRowsMax});
}

TEST_CASE("an ASCII screen has no other characters and the same places") {
  Screen screen({6, 1});
  screen.put(0, 0, 6, "─世…x", Tone::plain);
  CHECK(ascii_screen(screen).text() == "-? ~x\n");
}
