#include <string>

#include "common/base/json.h"
#include "tests/support/catch.h"

using namespace s1mple;
using namespace s1mple::literals;

namespace {
JsonValue parsed(std::string_view text) { return JsonValue::parse(text).value(); }
std::string story_of(const Error& error) { return error.story; }
}  // namespace

TEST_CASE("json: a value comes out as it went in, numbers to the letter") {
  const auto text = GENERATE(values<const char*>({"null",
                                                  "true",
                                                  "false",
                                                  "0",
                                                  "-0",
                                                  "1.10000",
                                                  "1e-08",
                                                  "1.5E+3",
                                                  "123456789012345678901234567890",
                                                  "\"\"",
                                                  "\"a b\"",
                                                  "[]",
                                                  "{}",
                                                  "[[],{}]",
                                                  R"({"a":1,"b":[true,null,"x"],"c":{"d":"e"}})",
                                                  R"(["\"\\\n\r\t\u0001"])",
                                                  R"({"":0})",
                                                  "[1.00000000000000e-2147483639]",
                                                  "[128.74836467836484838364836483643636483648e-336]",
                                                  "\"\xe2\x82\xac\xf0\x9f\x98\x80\""}));
  CAPTURE(text);
  const auto value = JsonValue::parse(text);
  REQUIRE(value);
  CHECK(value->dump() == text);
}

TEST_CASE("json: escapes are read as the characters they stand for") {
  CHECK(parsed(R"("\u20ac\ud83d\ude00\/\b\f")").as_text().value() == "\xe2\x82\xac\xf0\x9f\x98\x80/\b\f");
  CHECK(parsed(R"("a\u0000b")").as_text().value() == std::string("a\0b", 3));
  CHECK(parsed(" [ 1 , 2 ] \r\n").dump() == "[1,2]");
}

TEST_CASE("json: what is not strict JSON is refused, with the byte where it went wrong") {
  const auto text = GENERATE(values<std::string_view>({"",
                                                       " ",
                                                       "nul",
                                                       "nulll",
                                                       "{",
                                                       "}",
                                                       "[",
                                                       "[1",
                                                       "[1,",
                                                       "[1,]",
                                                       "[,1]",
                                                       "{\"a\"}",
                                                       "{\"a\":}",
                                                       "{\"a\":1,}",
                                                       "{a:1}",
                                                       "{'a':1}",
                                                       "01",
                                                       "-",
                                                       "+1",
                                                       "1.",
                                                       ".5",
                                                       "1e",
                                                       "0x1",
                                                       "NaN",
                                                       "Infinity",
                                                       "-Infinity",
                                                       "\"",
                                                       "\"\\x\"",
                                                       "\"\\u12\"",
                                                       "\"a\nb\"",
                                                       "1 2",
                                                       "{} {}",
                                                       "[] x",
                                                       "// c\n1",
                                                       "\"\\ud800\"",
                                                       "\"\\udc00\"",
                                                       "\"\\udc00\\ud800\"",
                                                       "\"\xff\"",
                                                       "\"\xc0\x80\"",
                                                       "\"\xed\xa0\x80\"",
                                                       "\"\xe2\x82\"",
                                                       "\xef\xbb\xbf{}x",
                                                       std::string_view("{}\0", 3),
                                                       std::string_view("1\0 2", 4),
                                                       std::string_view("\"a\0b\"", 5),
                                                       std::string_view("\0", 1)}));
  CAPTURE(text);
  const auto value = JsonValue::parse(text);
  REQUIRE_FALSE(value);
  CHECK(value.error().code == Errc::invalid);
  CHECK_THAT(value.error().story, starts_with("JSON at byte "));
}

TEST_CASE("json: duplicate keys are refused in small and large objects") {
  CHECK_THAT(JsonValue::parse(R"({"a":1,"b":2,"a":3})").error().story, contains("duplicate key 'a'"));
  CHECK_FALSE(JsonValue::parse(R"([{"x":{"":1,"":2}}])"));
  CHECK_FALSE(JsonValue::parse(R"({"a":1,"\u0061":2})"));
  std::string many = "{";
  for (int i = 0; i < 1000; ++i) many += "\"k" + std::to_string(i) + "\":0,";
  CHECK(JsonValue::parse(many + "\"last\":0}"));
  CHECK_THAT(JsonValue::parse(many + "\"k500\":0}").error().story, contains("duplicate key 'k500'"));
}

TEST_CASE("json: nesting is read up to its limit and refused one past it, however deep") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(JsonValue::parse(nested(JsonValue::kMaxDepth)));
  CHECK(parsed(nested(JsonValue::kMaxDepth)).dump() == nested(JsonValue::kMaxDepth));
  CHECK_THAT(JsonValue::parse(nested(JsonValue::kMaxDepth + 1)).error().story,
             contains("nested deeper than 64"));
  CHECK_FALSE(JsonValue::parse(std::string(1'000'000, '[')));
}

TEST_CASE("json: cutting or changing any byte of a message never does more than refuse it") {
  const std::string message =
      R"({"method":"ping","params":{"n":17,"x":[1.50,"\u20ac",null,true]},"id":"a-1"})";
  for (std::size_t cut = 0; cut < message.size(); ++cut)
    CHECK_FALSE(JsonValue::parse(message.substr(0, cut)));
  for (std::size_t at = 0; at < message.size(); ++at)
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = message;
      changed[at] = static_cast<char>(byte);
      const auto value = JsonValue::parse(changed);
      if (value) REQUIRE(JsonValue::parse(value->dump()));
    }
}

TEST_CASE("json: members and items are found, and nothing where there is none") {
  const auto value = parsed(R"({"a":[10,{"b":"x"}],"n":null})");
  CHECK(value.size() == 2);
  CHECK(value.find("a")->size() == 2);
  CHECK(value.find("a")->item(1).find("b")->as_text().value() == "x");
  CHECK(value.find("n")->is_null());
  CHECK_FALSE(value.find("z"));
  CHECK_FALSE(value.find("a")->find("b"));
  CHECK_FALSE(JsonValue().find("a"));
  CHECK(JsonValue().is_null());
  CHECK(JsonValue().dump() == "null");
  CHECK(JsonValue().size() == 0);
}

TEST_CASE("json: members are visited in the order written") {
  std::string seen;
  parsed(R"({"z":1,"a":"2"})").each_member([&](std::string_view key, const JsonValue& value) {
    seen += std::string(key) + "=" + value.dump() + ";";
  });
  CHECK(seen == "z=1;a=\"2\";");
}

TEST_CASE("json: a member outlives the value it came from") {
  std::optional<JsonValue> member;
  member = parsed(R"({"deep":{"text":"kept"}})").find("deep");
  CHECK(member->text_at("text").value() == "kept");
}

TEST_CASE("json: numbers stay text until somebody says what they are") {
  const auto value =
      parsed(R"([1.10000,"2.50",9223372036854775807,-9223372036854775808,18446744073709551615,1e2,true])");
  CHECK(value.item(0).raw_number() == "1.10000");
  CHECK(value.item(0).is_number());
  CHECK(value.item(1).is_text());
  CHECK(value.item(1).raw_number().empty());
  CHECK(value.item(0).as_decimal().value() == "1.1"_dec);
  CHECK(value.item(1).as_decimal().value() == "2.5"_dec);
  CHECK(value.item(2).as_int().value() == std::numeric_limits<std::int64_t>::max());
  CHECK(value.item(3).as_int().value() == std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(value.item(3).as_uint());
  CHECK(value.item(4).as_uint().value() == std::numeric_limits<std::uint64_t>::max());
  CHECK_FALSE(value.item(4).as_int());
  CHECK_FALSE(value.item(5).as_int());
  CHECK_FALSE(value.item(0).as_int());
  CHECK_FALSE(value.item(1).as_int());
  CHECK(value.item(6).as_bool().value());
  CHECK_FALSE(value.item(0).as_bool());
}

TEST_CASE("json: an error names the path to the value that is wrong") {
  const auto value = parsed(R"({"params":{"limit":"x","list":[1,{"price":"1e"},[[2]]]},"id":7})");
  const auto params = value.at("params").value();
  CHECK(story_of(params.int_at("limit").error()) ==
        "params.limit: must be a whole number of at most 64 bits");
  CHECK(story_of(params.text_at("reason").error()) == "params: lacks 'reason'");
  CHECK(story_of(value.at("x").error()) == "lacks 'x'");
  const auto list = params.at("list").value();
  CHECK(story_of(list.item(1).decimal_at("price").error()) ==
        "params.list[1].price: number '1e': must be a decimal number, like 12.50");
  CHECK(story_of(list.item(2).item(0).item(0).as_text().error()) == "params.list[2][0][0]: must be a text");
  CHECK(story_of(list.at("a").error()) == "params.list: must be an object");
  CHECK(story_of(value.bool_at("id").error()) == "id: must be true or false");
  CHECK(story_of(value.uint_at("params").error()) ==
        "params: must be a whole number from 0, of at most 64 bits");
  CHECK(story_of(parsed("[]").as_bool().error()) == "must be true or false");
  CHECK(story_of(JsonValue().as_text().error()) == "must be a text");
}
