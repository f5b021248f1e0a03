#include "supervisor/client/text.h"

#include "tests/support/catch.h"

using namespace s1mple::client;

TEST_CASE("text from outside is neutral: printable, one line, in reading order") {
  struct Row {
    const char* name;
    std::string raw;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({
      {"plain text stays", "halt: drill", "halt: drill"},
      {"an escape sequence loses its escape", "\x1b[31mred", "¿[31mred"},
      {"the one-byte CSI of C1 is replaced too", "\xc2\x9b" "2J", "¿2J"},
      {"an operating system command loses its bell", "\x1b]0;t\x07", "¿]0;t¿"},
      {"a line end becomes a blank", "one\r\ntwo\tthree", "one  two three"},
      {"a zero byte is shown", std::string("a\0b", 3), "a¿b"},
      {"a right-to-left override is dropped", "a\u202Eexe.gnp", "aexe.gnp"},
      {"zero width and combining marks are dropped", "e\u0301\u200B\uFEFFx", "ex"},
      {"separators of lines become blanks", "a\u2028b", "a b"},
      {"broken UTF-8 is replaced byte by byte", "a\xff\xc3(", "a¿¿("},
      {"an overlong form is broken", "\xc0\x9b", "¿¿"},
      {"other scripts stay", "Привет 世界", "Привет 世界"},
  }));
  INFO(row.name);
  CHECK(neutral(row.raw) == row.want);
}

TEST_CASE("text from outside is bounded, and says that it was cut") {
  CHECK(neutral(std::string(kTextMax, 'x')) == std::string(kTextMax, 'x'));
  CHECK(neutral(std::string(kTextMax + 1, 'x')) == std::string(kTextMax, 'x') + "…");
}

TEST_CASE("every byte string becomes neutral, and neutral text stays as it is") {
  bool all_printable = true;
  bool all_stay = true;
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; b += 3) {
      const std::string raw{static_cast<char>(a), static_cast<char>(b), 'x'};
      const std::string once = neutral(raw);
      for (const char c : once) all_printable = all_printable && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
      all_stay = all_stay && neutral(once) == once;
    }
  CHECK(all_printable);
  CHECK(all_stay);
}

TEST_CASE("widths are those of a terminal") {
  CHECK(columns_of("abc") == 3);
  CHECK(columns_of("µ…─") == 3);
  CHECK(columns_of("世界") == 4);
  CHECK(columns_of("") == 0);
}

TEST_CASE("clipping never exceeds the room and never cuts a character in half") {
  CHECK(clipped("abcdef", 6) == "abcdef");
  CHECK(clipped("abcdef", 5) == "abcd…");
  CHECK(clipped("abcdef", 1) == "…");
  CHECK(clipped("abcdef", 0).empty());
  CHECK(clipped("世界世界", 4) == "世…");
  for (int columns = 0; columns < 12; ++columns) CHECK(columns_of(clipped("a世b界c世d", columns)) <= columns);
}

TEST_CASE("a word for the shell is one word, whatever is in it") {
  CHECK(shell_word("d-7/BTC") == "d-7/BTC");
  CHECK(shell_word("a b") == "'a b'");
  CHECK(shell_word("$(reboot)") == "'$(reboot)'");
  CHECK(shell_word("it's") == "'it'\\''s'");
  CHECK(shell_word("") == "''");
}

TEST_CASE("without UTF-8 every glyph is one ASCII character of the same width") {
  CHECK(to_ascii("─ 12 µs → …") == "- 12 us > ~");
  CHECK(to_ascii("世") == "? ");
}
