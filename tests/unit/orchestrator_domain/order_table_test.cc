#include "orchestrator/domain/order_table.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

using namespace s1mple;

namespace {

Order order_named(const std::string& id, Stage stage = Stage::live) {
  Order order;
  order.intent.client_id = ClientId(id);
  order.stage = stage;
  return order;
}

std::string ids_of(const auto& rows) {
  std::string ids;
  for (const auto& [number, row] : rows) {
    if constexpr (std::is_pointer_v<std::remove_cvref_t<decltype(row)>>)
      ids += row->intent.client_id.text() + " ";
    else
      ids += row.intent.client_id.text() + " ";
  }
  return ids;
}

}  // namespace

TEST_CASE("order table: orders stand in the order of making, whatever their ids look like as text") {
  OrderTable table;
  for (const char* id : {"s-9", "s-10", "s-a"}) REQUIRE(table.insert(order_named(id)) != nullptr);
  CHECK(ids_of(table.rows()) == "s-9 s-10 s-a ");
  CHECK(ids_of(table.working()) == "s-9 s-10 s-a ");
  CHECK(ids_of(std::map(table.rows().upper_bound(table.number_of(ClientId("s-10"))), table.rows().end())) == "s-a ");
}

TEST_CASE("order table: an id is there once") {
  OrderTable table;
  Order* first = table.insert(order_named("s-1"));
  CHECK(table.insert(order_named("s-1", Stage::sent)) == nullptr);
  CHECK(table.size() == 1);
  CHECK(table.find(ClientId("s-1")) == first);
  CHECK(first->stage == Stage::live);
  CHECK(table.find(ClientId("s-2")) == nullptr);
  CHECK(table.number_of(ClientId("s-2")) == 0);
}

TEST_CASE("order table: a closed order leaves the working ones and stays in the table") {
  OrderTable table;
  for (const char* id : {"a", "b", "c"}) table.insert(order_named(id));
  table.insert(order_named("closed before", Stage::closed));
  Order& middle = *table.find(ClientId("b"));
  middle.stage = Stage::closed;
  table.take_from_working(middle);
  table.take_from_working(middle);  // closing again (an abandoned order that filled) changes nothing
  CHECK(ids_of(table.working()) == "a c ");
  CHECK(ids_of(table.rows()) == "a b c closed before ");
}

TEST_CASE("order table: rows keep their place in memory while it grows and when it is moved") {
  OrderTable table;
  const Order* first = table.insert(order_named("an id too long to stand in the string itself"));
  for (int i = 0; i < 10'000; ++i) table.insert(order_named(std::to_string(i)));
  const OrderTable moved = std::move(table);
  CHECK(moved.find(ClientId("an id too long to stand in the string itself")) == first);
  CHECK(moved.working().begin()->second == first);
}
