// What the tests of this room begin with: books, recorder and handler, over one instrument and a time that the test sets.
// Every member may be reached into; nothing here decides anything. Prices are in EUR, quantities in BTC.
// Thread: the test's. Errors: none.
#pragma once

#include <string>

#include "orchestrator/execution/execution_handler.h"

namespace s1mple {

struct ExecutionFixture {
  Books books;
  MarketView market;
  ExecutionConfig config;
  Recorder recorder{books, OrderIndex({instrument()}, *Decimal::parse("0.001"), market)};
  ExecutionHandler handler{recorder, config};
  WallTime now = from_unix_nanos(1'700'000'000'000'000'000);

  ExecutionFixture() { recorder.begin(now); }

  static Decimal dec(const std::string& text) { return *Decimal::parse(text); }
  static Instrument instrument() {
    Instrument rules;
    rules.symbol = Symbol("BTC/EUR");
    rules.base = Asset("BTC");
    rules.quote = Asset("EUR");
    rules.price_step = Price(dec("0.1"));
    rules.quantity_step = Quantity(dec("0.0001"));
    rules.cost_digits = 2;
    return rules;
  }
  OrderIntent intent(const std::string& id, Side side, const std::string& quantity,
                     const std::string& price) const {
    OrderIntent made;
    made.client_id = ClientId(id);
    made.strategy = StrategyName("alpha");
    made.symbol = Symbol("BTC/EUR");
    made.side = side;
    made.quantity = Quantity(dec(quantity));
    made.price = Price(dec(price));
    made.created_at = now;
    made.deadline = now + 10s;
    return made;
  }
  const Order& place(const std::string& id, Side side = Side::buy, const std::string& quantity = "10",
                     const std::string& price = "100") {
    handler.place(intent(id, side, quantity, price));
    return *books.find_order(ClientId(id));
  }
  Fill fill(const std::string& execution, const std::string& id, const std::string& quantity,
            Side side = Side::buy) const {
    Fill made;
    made.execution_id = ExecutionId(execution);
    made.venue_id = VenueOrderId("V-" + id);
    made.client_id = ClientId(id);
    made.symbol = Symbol("BTC/EUR");
    made.side = side;
    made.price = Price(dec("100"));
    made.quantity = Quantity(dec(quantity));
    made.fee_asset = Asset("EUR");
    made.time = now;
    return made;
  }
  OrderAnswer answer(const std::string& id, AnswerKind kind, RefusalCode code = RefusalCode::other) const {
    return {ClientId(id), kind, VenueOrderId(kind == AnswerKind::accepted ? "V-" + id : ""), code, "why"};
  }
  const OrderIndex::Group& group() const {
    return recorder.index().group({StrategyName("alpha"), Symbol("BTC/EUR")});
  }
};

}  // namespace s1mple
