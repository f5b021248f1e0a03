// Client order ids: never repeated, never longer than the venue takes, never taken for somebody else's.
#include "orchestrator/execution/order_ids.h"

#include <limits>
#include <set>

#include "tests/support/catch.h"

namespace s1mple {

TEST_CASE("base 36 counts as people would") {
  CHECK(to_base36(0) == "0");
  CHECK(to_base36(35) == "z");
  CHECK(to_base36(36) == "10");
  CHECK(to_base36(std::numeric_limits<std::uint64_t>::max()) == "3w5e11264sgsf");
}

TEST_CASE("an id is made of tag, epoch and number, and read back") {
  const ClientId id = make_client_id("a1z9", {37, 1296});
  CHECK(id.text() == "sa1z911-100");
  const auto parsed = parse_client_id(id.text());
  REQUIRE(parsed);
  CHECK(parsed->tag == "a1z9");
  CHECK(parsed->serial == OrderSerial{37, 1296});
}

TEST_CASE("the longest ids still fit") {
  const ClientId id =
      make_client_id("zzzz", {60'466'175, 60'466'175});  // five digits each: 60 million starts
  CHECK(id.text().size() <= kMaxClientId);
  CHECK(parse_client_id(id.text()));
}

TEST_CASE("ids of one start grow, another tag of the same start goes on, another epoch begins anew") {
  OrderIds ids;
  ids.restart("aaaa", 7);
  std::set<ClientId> seen;
  OrderSerial last;
  for (int i = 0; i < 100; ++i) {
    const ClientId id = ids.next();
    CHECK(seen.insert(id).second);
    CHECK(serial_of(id) > last);
    last = serial_of(id);
  }
  ids.restart("bbbb", 7);
  CHECK(serial_of(ids.next()) > last);
  ids.restart("bbbb", 8);
  CHECK(ids.next().text() == "sbbbb8-1");
}

TEST_CASE("what is not exactly of our form is foreign") {
  const char* const text =
      GENERATE("", "s", "saaaa", "saaaa1", "saaaa-1", "saaaa1-", "saaaa1-01", "saaaa01-1", "xaaaa1-1",
               "sAAAA1-1", "saaaa1-1 ", "saaaa1--1", "saaaa1-1-1",
               "saaa\xc3\xa4"
               "1-1",
               "saaaa1234567-1234567", "00000000-0000-0000");
  INFO(text);
  CHECK_FALSE(parse_client_id(text));
}

TEST_CASE("ours are those of the present tag and of earlier ones") {
  IdentitySet identity;
  identity.tag = "bbbb";
  identity.earlier_tags = {"aaaa"};
  CHECK(is_ours(ClientId("sbbbb1-1"), identity));
  CHECK(is_ours(ClientId("saaaa1-1"), identity));
  CHECK_FALSE(is_ours(ClientId("scccc1-1"), identity));
  CHECK_FALSE(is_ours(ClientId(), identity));
}

}  // namespace s1mple
