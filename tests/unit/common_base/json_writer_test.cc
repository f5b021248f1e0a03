#include "common/base/json.h"
#include "tests/support/catch.h"

using namespace s1mple;
using namespace s1mple::literals;

TEST_CASE("json writer: keys in the order written, commas where they belong") {
  JsonWriter out;
  out.begin_object().number("seq", 7).text("name", "x").boolean("ok", true).null("none").raw("raw", "[1]");
  out.key("list")
      .begin_array()
      .text("a")
      .number(-1)
      .begin_object()
      .end_object()
      .begin_array()
      .end_array()
      .end_array();
  out.key("amount")
      .decimal_number("1.50"_dec)
      .number("big", std::uint64_t{18446744073709551615u})
      .end_object();
  CHECK(out.str() == R"({"seq":7,"name":"x","ok":true,"none":null,"raw":[1],"list":["a",-1,{},[]],)"
                     R"("amount":1.5,"big":18446744073709551615})");
}

TEST_CASE("json writer: a text is escaped so that it reads back the same") {
  std::string every_byte_but_utf8;
  for (int byte = 0; byte < 128; ++byte) every_byte_but_utf8 += static_cast<char>(byte);
  const std::string text = every_byte_but_utf8 + "\xc2\x80\xe2\x82\xac\xf0\x9f\x98\x80";
  JsonWriter out;
  out.text(text);
  CHECK(JsonValue::parse(out.str()).value().as_text().value() == text);
}

TEST_CASE("json writer: every character is escaped or not wherever it stands in a text of any length") {
  for (int byte = 0; byte < 128; ++byte)
    for (std::size_t size = 1; size <= 18; ++size)
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, '~');
        text[at] = static_cast<char>(byte);
        JsonWriter out;
        out.text(text);
        const bool plain = byte >= 0x20 && byte != '"' && byte != '\\';
        if ((out.str().size() == size + 2) != plain || JsonValue::parse(out.str()).value().as_text().value() != text)
          FAIL("byte " << byte << " at " << at << " of " << size << ": " << out.str());
      }
}

TEST_CASE("json writer: broken UTF-8 becomes the replacement character, byte by byte") {
  struct Row {
    std::string_view text, written;
  };
  const auto row =
      GENERATE(values<Row>({{"\xff", "\"\xef\xbf\xbd\""},
                            {"a\xc2", "\"a\xef\xbf\xbd\""},
                            {"\xc0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
                            {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
                            {"\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
                            {"\xe2\x82x", "\"\xef\xbf\xbd\xef\xbf\xbdx\""}}));
  JsonWriter out;
  out.text(row.text);
  CHECK(out.str() == row.written);
  CHECK(JsonValue::parse(out.str()));
}

TEST_CASE("json writer: taking the text leaves a writer that can start again") {
  JsonWriter out;
  out.begin_array().end_array();
  CHECK(out.bytes() == 2);
  CHECK(out.take() == "[]");
  out.number(5);
  CHECK(out.take() == "5");
}
