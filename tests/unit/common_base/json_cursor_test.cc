#include "common/base/json_cursor.h"

#include "common/base/json.h"
#include "tests/support/catch.h"

using namespace s1mple;

TEST_CASE("json cursor: what JsonWriter writes is read back value by value") {
  JsonWriter out;
  out.begin_object()
      .text("name", "grid")
      .number("seq", std::uint64_t{18'446'744'073'709'551'615U})
      .boolean("on", false);
  out.key("rows").begin_array().raw(R"({"a":"]}","b":[1,2]})").null().end_array().end_object();
  JsonCursor in(out.str());
  in.expect('{');
  in.key("name");
  CHECK(in.plain_text() == "grid");
  in.expect(',');
  in.key("seq");
  CHECK(in.uint() == 18'446'744'073'709'551'615U);
  in.expect(',');
  in.key("on");
  CHECK_FALSE(in.boolean());
  in.expect(',');
  in.key("rows");
  in.expect('[');
  CHECK(in.value() == R"({"a":"]}","b":[1,2]})");
  in.expect(',');
  CHECK(in.value() == "null");
  in.expect(']');
  in.expect('}');
  CHECK(in.at_end());
}

TEST_CASE("json cursor: texts with escapes and beyond ASCII come out as JsonValue reads them") {
  const auto text = GENERATE(values<std::string>(
      {R"("")", R"("plain")", R"("a\"b\\c\n\u00e4")", "\"\xc3\xa4 euro \xe2\x82\xac\"", "\"\x7f\""}));
  JsonCursor in(text);
  std::string read;
  in.text(read);
  CHECK(in.at_end());
  CHECK(read == JsonValue::parse(text)->as_text().value());
}

TEST_CASE("json cursor: whatever is spelled otherwise makes it fail, and stay failed") {
  struct Row {
    const char* name;
    const char* text;
    void (*read)(JsonCursor&);
  };
  const auto row = GENERATE(values<Row>({
      {"an open text", "\"ab", [](JsonCursor& in) { (void)in.plain_text(); }},
      {"an open text with an escape", "\"a\\",
       [](JsonCursor& in) {
         std::string text;
         in.text(text);
       }},
      {"an escape where none may be", R"("a\n")", [](JsonCursor& in) { (void)in.plain_text(); }},
      {"broken UTF-8", "\"\xff\"",
       [](JsonCursor& in) {
         std::string text;
         in.text(text);
       }},
      {"a control character", "\"\x01\"",
       [](JsonCursor& in) {
         std::string text;
         in.text(text);
       }},
      {"a number below zero", "-1", [](JsonCursor& in) { (void)in.uint(); }},
      {"a number of 65 bits", "18446744073709551616", [](JsonCursor& in) { (void)in.uint(); }},
      {"a leading zero", "01", [](JsonCursor& in) { (void)in.uint(); }},
      {"no number", "", [](JsonCursor& in) { (void)in.uint(); }},
      {"a blank", " true", [](JsonCursor& in) { (void)in.boolean(); }},
      {"another key", R"("b":1)", [](JsonCursor& in) { in.key("a"); }},
      {"a longer key", R"("ab":1)", [](JsonCursor& in) { in.key("a"); }},
      {"brackets that do not match", "{]", [](JsonCursor& in) { (void)in.value(); }},
      {"no value", ",", [](JsonCursor& in) { (void)in.value(); }},
      {"a value without its end", R"({"a":[1)", [](JsonCursor& in) { (void)in.value(); }},
  }));
  INFO(row.name);
  JsonCursor in{std::string_view(row.text)};
  row.read(in);
  CHECK_FALSE(in.ok());
  CHECK_FALSE(in.at_end());
  CHECK_FALSE(in.take_if('}'));
}
