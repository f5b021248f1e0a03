// Records of the exchange as bytes and for people.
#include "orchestrator/venue/paper/paper_codec.h"

#include <fstream>
#include <iterator>

#include "orchestrator/domain/codec_visitor.h"
#include "orchestrator/venue/paper/paper_folding.h"
#include "tests/support/catch.h"
#include "tests/unit/orchestrator_venue_paper/paper_rig.h"

using namespace s1mple;

namespace {

const WallTime kMoment = from_unix_nanos(1'700'000'000'123'456'789);

// One of each kind, in the order of PaperFact.
PaperRecord one_of_each() {
  return {PaperOpened{"ab12", kMoment},
          PaperListed{kBtcEur, Asset("BTC"), Asset("EUR")},
          PaperDeposited{Asset("EUR"), Money(decimal("10000")), kMoment},
          PaperEpochSeen{7, kMoment},
          PaperPriceSeen{kBtcEur, Price(decimal("50000.1"))},
          PaperMarketSeen{12, "row 12", kMoment},
          PaperQueueMoved{3, Quantity(decimal("0.5"))},
          PaperOrderPlaced{1,
                           ClientId("a"),
                           kBtcEur,
                           Side::sell,
                           OrderType::stop_loss,
                           Quantity(decimal("0.1")),
                           Price(decimal("49000")),
                           false,
                           {},
                           Money(decimal("0.1")),
                           kMoment},
          PaperOrderRefused{2, ClientId("b"), kBtcEur, Side::buy, OrderType::market, Quantity(decimal("9")),
                            std::nullopt, "insufficient funds", kMoment},
          PaperTraded{1, 1, Price(decimal("48999.9")), Quantity(decimal("0.1")), Money(decimal("19.59996")),
                      false, Money{}, 12, kMoment},
          PaperOrderEnded{1, VenueStatus::cancelled, "cancelled on request", kMoment}};
}

std::string json_of(const PaperRecord& record) {
  JsonWriter out;
  out.begin_array();
  for (const PaperFact& fact : record) write_json(fact, out);
  out.end_array();
  return out.take();
}

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string hex(const std::string& bytes) {
  std::string out;
  for (const char byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += kDigits[static_cast<unsigned char>(byte) >> 4U];
    out += kDigits[static_cast<unsigned char>(byte) & 15U];
  }
  return out;
}

}  // namespace

TEST_CASE("every fact survives its bytes") {
  const PaperRecord record = one_of_each();
  for (std::size_t i = 0; i < record.size(); ++i) REQUIRE(record[i].index() == i);
  REQUIRE(record.size() == std::variant_size_v<PaperFact>);
  std::string bytes;
  encode(record, bytes);
  const auto back = decode_paper_record(bytes_of(bytes));
  REQUIRE(back.ok());
  CHECK(json_of(*back) == json_of(record));
}

TEST_CASE("the bytes of a record are what is on disk for ever") {
  std::string bytes;
  encode({PaperQueueMoved{3, Quantity(decimal("0.5"))}, PaperPriceSeen{kBtcEur, Price(decimal("50000.1"))}},
         bytes);
  CHECK(hex(bytes) ==
        "01"
        "07"
        "03"
        "010a"
        "05"
        "07"
        "4254432f455552"
        "01"
        "c2843d");
}

TEST_CASE("FORMAT.md lists every fact with its fields") {
  std::ifstream file(S1MPLE_FORMAT_MD);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  REQUIRE_FALSE(text.empty());
  for (const PaperFact& fact : one_of_each()) {
    std::string row =
        "| " + std::to_string(fact.index() + 1) + " | " + std::string(kPaperFactNames[fact.index()]) + " | ";
    std::string separator;
    const auto name_field = [&](std::string_view name, const auto&) {
      row += separator + std::string(name);
      separator = ", ";
    };
    std::visit([&](const auto& body) { visit_fields(name_field, body); }, fact);
    CHECK_THAT(text, contains(row + " | "));
  }
}

TEST_CASE("a record cut anywhere, or with anything behind it, is refused") {
  std::string bytes;
  encode(one_of_each(), bytes);
  std::size_t whole = 0;
  for (std::size_t length = 0; length < bytes.size(); ++length)
    if (decode_paper_record(bytes_of(bytes).first(length)).ok()) ++whole;
  CHECK(whole == std::variant_size_v<PaperFact>);  // only between two facts, and behind the version
  CHECK_FALSE(decode_paper_record(bytes_of(bytes + '\0')).ok());
}

TEST_CASE("unknown versions, types and enum values are refused") {
  CHECK(decode_paper_record(bytes_of("\2")).error().code == Errc::unsupported);
  CHECK_THAT(decode_paper_record(bytes_of("\1\14")).error().story, contains("unknown fact type 12"));
  std::string bytes;
  encode({PaperOrderEnded{1, VenueStatus::cancelled, "", kMoment}}, bytes);
  bytes[3] = '\11';
  CHECK_THAT(decode_paper_record(bytes_of(bytes)).error().story, contains("status: unknown value 9"));
}

TEST_CASE("a record is shown to people as a list of facts, and garbage as what it is") {
  PaperBooks books;
  const PaperFolding folding(books);
  std::string bytes;
  encode({PaperEpochSeen{7, kMoment}}, bytes);
  JsonWriter out;
  folding.describe(bytes_of(bytes), out);
  CHECK(out.take() == R"([{"fact":"epoch_seen","epoch":7,"at":"2023-11-14T22:13:20.123456789Z"}])");
  folding.describe(bytes_of("\xff"), out);
  CHECK_THAT(out.take(), contains("ff"));
}

TEST_CASE("a snapshot in slices shows the moment of its making, whatever happens meanwhile") {
  PaperConfig config = rig_config();
  config.balances["EUR"] = decimal("1000000");
  PaperRig rig(config);
  rig.row("50100.0", "1");
  for (int i = 0; i < 2'500; ++i) {
    auto order = intent(("o" + std::to_string(i)).c_str()).amount("0.0001");
    if (i % 3 == 0) order.market();
    CHECK(rig.exchange->on_request(SendOrder{order}, 1, rig.time).has_effect());
  }
  const std::string want = rig.snapshot();
  const PaperFolding folding(*rig.books);
  const auto slices = folding.snapshot_slices();
  std::string text;
  int count = 1;
  while (slices->append_slice(text)) {
    MarketTrade trade{kBtcEur, Price(decimal("49000.0")), Quantity(decimal("0.01")), {}, rig.time, 0, ""};
    CHECK(rig.exchange->on_market(trade, {static_cast<std::uint64_t>(count + 1), ""}).has_effect());
    auto later = intent(("later" + std::to_string(count++)).c_str());
    CHECK(rig.exchange->on_request(SendOrder{later}, 1, rig.time).has_effect());
  }
  CHECK(count > 3);
  CHECK(text == want);
  CHECK(rig.snapshot() != want);
}

TEST_CASE("the folding is the books: records in, snapshot out and in again") {
  PaperRig rig;
  rig.row("50100.0", "1");
  rig.send(intent("a"));
  PaperFolding live(*rig.books);
  CHECK(live.kind() == "paper");
  JsonWriter out;
  live.write_snapshot(out);
  const auto json = JsonValue::parse(out.take());
  REQUIRE(json.ok());
  PaperBooks books;
  PaperFolding recovered(books);
  REQUIRE(recovered.read_snapshot(*json, 1).ok());
  CHECK(snapshot_of(books) == rig.snapshot());
  CHECK_FALSE(recovered.apply(bytes_of("\xff")).ok());
}
