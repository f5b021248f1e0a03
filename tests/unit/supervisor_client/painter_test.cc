#include "supervisor/client/painter.h"

#include "common/base/random.h"
#include "tests/support/catch.h"
#include "tests/unit/supervisor_client/fake_terminal.h"

using namespace s1mple;
using namespace s1mple::client;

namespace {

void scribble(Screen& screen, Random& random) {
  const std::vector<std::string> words{"abc", "世界", "─", " ", "x世y", "12.5", "……"};
  const std::vector<Tone> tones{Tone::plain, Tone::dim, Tone::bad, Tone::live_badge, Tone::good};
  const int column = static_cast<int>(random.between(-2, screen.size().columns));
  const int row = static_cast<int>(random.between(0, screen.size().rows - 1));
  screen.put(column, row, 20, words[random.below(words.size())], tones[random.below(tones.size())]);
}

}  // namespace

TEST_CASE("after every paint the terminal shows exactly the screen") {
  for (const bool colour : {true, false})
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      INFO("seed " << seed);
      Random random(seed);
      const Size size{static_cast<int>(random.between(1, 30)), static_cast<int>(random.between(1, 6))};
      Painter painter(colour);
      FakeTerminal terminal(size, colour);
      Screen screen(size);
      for (int frame = 0; frame < 30; ++frame) {
        for (auto changes = random.below(4); changes > 0; --changes) scribble(screen, random);
        if (random.chance(1, 10)) painter.forget();
        terminal.receive(painter.paint(screen));
        REQUIRE(terminal.shows(screen));
      }
    }
}

TEST_CASE("an unchanged screen costs no byte, a changed digit only a few") {
  Painter painter(true);
  Screen screen({80, 24});
  screen.put(10, 5, 20, "equity 10012.34", Tone::strong);
  CHECK(painter.paint(screen).size() < 100);
  CHECK(painter.paint(screen).empty());
  screen.put(24, 5, 1, "5", Tone::strong);
  CHECK(painter.paint(screen).size() < 24);
}

TEST_CASE("another size, or a forgotten screen, is painted whole") {
  Painter painter(true);
  Screen screen({10, 2});
  screen.put(0, 0, 10, "abc", Tone::plain);
  static_cast<void>(painter.paint(screen));
  painter.forget();
  CHECK_THAT(painter.paint(screen), contains("\x1b[2J"));
  Screen larger({20, 4});
  CHECK_THAT(painter.paint(larger), contains("\x1b[2J"));
}
