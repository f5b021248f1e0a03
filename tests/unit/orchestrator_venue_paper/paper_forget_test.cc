// What the exchange's books let go of when it is old, and that nobody can tell from outside.
#include <map>

#include "orchestrator/venue/paper/paper_folding.h"
#include "orchestrator/venue/paper/paper_saved.h"
#include "tests/support/catch.h"
#include "tests/unit/orchestrator_venue_paper/paper_rig.h"

namespace s1mple {
namespace {

// Entries that left, by their keys.
class MapArchive final : public ArchiveLookup {
 public:
  Result<std::optional<std::string>> archived(std::string_view key) override {
    if (broken) return Error{Errc::damaged, "rotten"};
    const auto found = rows.find(std::string(key));
    return found == rows.end() ? std::optional<std::string>() : std::optional(found->second);
  }
  void take(const ArchiveBatch& batch) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const ArchiveEntry entry = batch.entry(i);
      for (const std::string& key : entry.keys) rows[key] = entry.row;
    }
  }
  std::map<std::string, std::string> rows;
  bool broken = false;
};

// Old: a filled buy, a cancelled one, a resting one that stays open with a fill, a refused one. Then time passes.
struct AgedRig : PaperRig {
  AgedRig() {
    row("50100.0", "1");
    send(intent("filled").market().amount("0.01"));
    send(intent("resting").limit("40000.0").amount("0.02"));
    row("40000.0", "0.005");
    send(intent("cancelled").limit("30000.0"));
    cancel("cancelled");
    send(intent("refused").limit("50000.05"));
    const WallTime old = time;
    for (int i = 0; i < 100; ++i) row("45000.0", "0.001");
    send(intent("young").market().amount("0.01"));
    exchange->look_up_in(archive);
    folding = std::make_unique<PaperFolding>(*books, 50s);
    CHECK(folding->evict().batch == nullptr);  // nobody has asked yet
    books->asked_from(old + 30s);
    before = snapshot();
    const auto batch = folding->evict().batch;
    archive.take(*batch);
    left = batch->size();
  }
  MapArchive archive;
  std::unique_ptr<PaperFolding> folding;
  std::string before;
  std::size_t left = 0;
};

}  // namespace

TEST_CASE("old closed orders and old trades leave the exchange's books, open and young ones stay") {
  AgedRig rig;
  CHECK(rig.left == 5);  // three orders, two trades
  CHECK(rig.books->find_order(ClientId("filled")) == nullptr);
  CHECK(rig.books->find_order(ClientId("refused")) == nullptr);
  CHECK(rig.order("resting").is_open());
  CHECK(rig.order("young").status == VenueStatus::filled);
  CHECK(rig.books->trades().size() == 1);
  CHECK(rig.books->closed_orders().size() == 1);
  CHECK(rig.archive.rows.contains("cfilled"));
  CHECK(rig.archive.rows.contains("e" + rig.books->execution_id(1).text()));
  const auto whole = JsonValue::parse(rig.before);
  CHECK(rig.archive.rows.at("ccancelled") == whole->at("orders")->item(2).dump());
  CHECK(rig.archive.rows.at("e" + rig.books->execution_id(2).text()) == whole->at("fills")->item(1).dump());
}

TEST_CASE("books that have forgotten read back the same from their snapshot, and go on") {
  AgedRig rig;
  for (const bool by_text : {true, false}) {
    PaperBooks again;
    const std::string text = rig.snapshot();
    REQUIRE((by_text ? again.read_text(text) : again.read_json(*JsonValue::parse(text))).ok());
    CHECK(snapshot_of(again) == text);
    CHECK(again.next_order() == rig.books->next_order());
    CHECK(again.next_trade() == rig.books->next_trade());
    CHECK(again.order(2).client_id == ClientId("resting"));
    CHECK(again.forget(again.latest() + 1s).orders.size() == 1);
    CHECK(again.order(2).is_open());
    PaperBooks third;
    CHECK(third.read_text(snapshot_of(again)).ok());
  }
}

TEST_CASE("a snapshot with archived trades that does not add up is damage") {
  AgedRig rig;
  std::string text = rig.snapshot();
  const auto at = text.find("\"net\":\"");
  REQUIRE(at != std::string::npos);
  text.insert(at + 8, "7");
  PaperBooks books;
  const auto read = books.read_text(text);
  REQUIRE_FALSE(read.ok());
}

TEST_CASE("a client id is used once, for ever: also when its order is in the archive, or that cannot be told") {
  AgedRig rig;
  const auto refused = [&](const char* id) {
    PaperStep step = rig.exchange->on_request(SendOrder{intent(id).market().amount("0.01")}, rig.epoch, rig.time);
    return std::get<OrderAnswer>(step.emissions.front()).code;
  };
  CHECK(refused("filled") == RefusalCode::duplicate_client_id);
  CHECK(refused("refused") == RefusalCode::duplicate_client_id);
  rig.archive.broken = true;
  CHECK(refused("fresh") == RefusalCode::other);
  CHECK(rig.books->find_order(ClientId("fresh")) == nullptr);
}

}  // namespace s1mple
