#include "orchestrator/domain/fact_codec.h"

#include "tests/support/catch.h"

using namespace s1mple;
using namespace s1mple::literals;

namespace {

OrderIntent an_intent() {
  OrderIntent intent;
  intent.client_id = ClientId("sab121-7");
  intent.strategy = StrategyName("grid");
  intent.symbol = Symbol("BTC/EUR");
  intent.side = Side::sell;
  intent.type = OrderType::stop_loss;
  intent.quantity = Quantity("0.00005100"_dec);
  intent.price = Price("-49000.1"_dec);
  intent.protective = true;
  intent.protection = {ProtectionKind::stop, Price("1"_dec)};
  intent.purpose = "stop \"below\" the grid\n";
  intent.created_at = from_unix_nanos(1'672'531'436'000'000'001);
  intent.deadline = from_unix_nanos(-5);
  return intent;
}

Fill a_fill() {
  return {ExecutionId("P1"), VenueOrderId("O1"), ClientId("sab121-7"), StrategyName("grid"), Symbol("BTC/EUR"), Side::buy,
          Price("123456789012345.123456789"_dec), Quantity("0.000000000000000001"_dec), Money("0"_dec), Asset("EUR"), true,
          from_unix_nanos(1)};
}

// One of each type, with values that are not the defaults.
Record one_of_each() {
  const WallTime at = from_unix_nanos(1'700'000'000'123'456'789);
  return {IdentitySet{"paper", "paper", "main", "ab12", {"zz99", "0000"}},
          RunStarted{at, 7, "recovery", "signal"},
          RunEnded{at, "shutdown"},
          OrderIntended{an_intent()},
          OrderSent{ClientId("c"), at},
          OrderAccepted{ClientId("c"), VenueOrderId("O"), at, Provenance::reconciled},
          OrderClosed{ClientId("c"), Outcome::abandoned, "not_sent", at, Provenance::decided},
          RequestChanged{ClientId("c"), RequestKind::cancelling, false, at, "no answer"},
          FillCounted{a_fill(), Provenance::adopted},
          BalanceSet{Asset("EUR"), Money("10000"_dec), at, Provenance::adopted},
          ProtectionSet{StrategyName("s"), Symbol("A/B"), {ProtectionKind::stop, Price("2.5"_dec)}},
          ReasonRaised{ReasonSource::breaker, "silence", "no data", at},
          ReasonCleared{ReasonSource::breaker, "silence", "data again", at},
          BreakerMoved{BreakerState::half_open, 4'000'000'000U, at, "probe"},
          AlertRaised{"a1", "critical", "halt", "halted", at},
          AlertHandedOver{"a1"},
          StrategySaved{StrategyName("s"), "{\"x\":1}", at},
          ReportQueued{StrategyName("s"), ReportKind::filled, ClientId("c"), ExecutionId("P")},
          ReportDelivered{StrategyName("s")},
          MarketSeen{Symbol("A/B"), 18'446'744'073'709'551'615ULL, Price("1"_dec), at, "offset 12"},
          DiscrepancyFound{"d1", "balance_mismatch", "EUR", "1", "2", "Balance", "none", true, at},
          DiscrepancyAccepted{"d1", "deposit", at},
          ReconciliationEnded{at, "start", 3},
          CommandHandled{"id", "halt", "{}", at},
          Refused{StrategyName("s"), Symbol("A/B"), "max_position", "2 over 1", at}};
}

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string as_json(const Record& record) {
  JsonWriter out;
  out.begin_array();
  for (const Fact& fact : record) write_json(fact, out);
  out.end_array();
  return out.str();
}

}  // namespace

TEST_CASE("facts: the test knows every type") {
  const Record record = one_of_each();
  REQUIRE(record.size() == std::variant_size_v<Fact>);
  for (std::size_t i = 0; i < record.size(); ++i) CHECK(record[i].index() == i);
}

TEST_CASE("facts: a record of every type comes back as it was") {
  std::string bytes;
  encode(one_of_each(), bytes);
  const auto back = decode_record(bytes_of(bytes));
  REQUIRE(back.ok());
  CHECK(as_json(*back) == as_json(one_of_each()));
  std::string again;
  encode(*back, again);
  CHECK(again == bytes);
}

TEST_CASE("facts: a record cut anywhere inside a fact is refused") {
  for (const Fact& fact : one_of_each()) {
    std::string bytes;
    encode({fact}, bytes);
    for (std::size_t length = 2; length < bytes.size(); ++length) {
      INFO(kFactNames[fact.index()] << " cut to " << length);
      CHECK_FALSE(decode_record(bytes_of(bytes.substr(0, length))).ok());
    }
  }
}

TEST_CASE("facts: no single wrong byte crashes the reader") {
  std::string bytes;
  encode(one_of_each(), bytes);
  for (std::size_t at = 0; at < bytes.size(); ++at)
    for (const int flip : {0x01, 0x80, 0xFF}) {
      std::string wrong = bytes;
      wrong[at] = static_cast<char>(wrong[at] ^ flip);
      const auto read = decode_record(bytes_of(wrong));
      if (!read) CHECK_FALSE(read.error().story.empty());
    }
}

TEST_CASE("facts: unknown versions, types and values are refused by name") {
  struct Row { const char* name; std::string bytes; const char* story; };
  const auto row = GENERATE(values<Row>({
      {"a newer record", std::string("\x02", 1), "record version 2"},
      {"an unknown type", std::string("\x01\x7F", 2), "unknown fact type 127"},
      {"type zero", std::string("\x01\x00", 2), "unknown fact type 0"},
      {"an empty record", "", "version"},
      {"a number without end", std::string("\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 12), "too long"},
      {"a text longer than the record", std::string("\x01\x10\x7F", 3), "text too long"},
  }));
  INFO(row.name);
  const auto read = decode_record(bytes_of(row.bytes));
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().story.find(row.story) != std::string::npos);
}
