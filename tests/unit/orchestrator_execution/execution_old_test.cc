// Evidence about orders that the books have forgotten: known, never counted twice, never called foreign.
#include <map>

#include "orchestrator/execution/reconciliation.h"
#include "tests/support/catch.h"
#include "tests/unit/orchestrator_execution/execution_fixture.h"

namespace s1mple {
namespace {

constexpr const char* kOldId = "st3st1-1";

// An archive of one order and one fill, or one that cannot be read.
class OneOldOrder final : public OldBooks {
 public:
  Result<std::optional<Order>> find_order(const ClientId& id) override {
    if (broken) return Error{Errc::damaged, "rotten"};
    return id == order.intent.client_id ? std::optional(order) : std::optional<Order>();
  }
  Result<std::optional<Order>> find_order(const VenueOrderId& id) override {
    if (broken) return Error{Errc::damaged, "rotten"};
    return id == order.venue_id ? std::optional(order) : std::optional<Order>();
  }
  Result<std::optional<Fill>> find_fill(const ExecutionId& id) override {
    if (broken) return Error{Errc::damaged, "rotten"};
    return id == fill.execution_id ? std::optional(fill) : std::optional<Fill>();
  }
  Order order;
  Fill fill;
  bool broken = false;
};

struct OldFixture : ExecutionFixture {
  OldFixture() {
    REQUIRE(books.apply(IdentitySet{"paper", "paper", "paper", "t3st", {}}).ok());
    old.order.intent = intent(kOldId, Side::buy, "10", "100");
    old.order.venue_id = VenueOrderId("V-st3st1-1");
    old.order.stage = Stage::closed;
    old.order.outcome = Outcome::filled;
    old.fill = fill("E-old", kOldId, "10");
    recorder.look_up_in(old);
  }
  VenueOrder seen(VenueStatus status) const {
    VenueOrder row;
    row.venue_id = old.order.venue_id;
    row.client_id = ClientId(kOldId);
    row.symbol = old.order.intent.symbol;
    row.side = old.order.intent.side;
    row.quantity = old.order.intent.quantity;
    row.status = status;
    return row;
  }
  std::vector<std::string> troubles() {
    std::vector<std::string> codes;
    for (const Trouble& trouble : handler.take_findings().troubles) codes.push_back(trouble.code);
    return codes;
  }
  OneOldOrder old;
};
using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("a fill out of the archive's depth is known as counted, with or without the order's id") {
  OldFixture f;
  Fill pushed = f.old.fill;
  CHECK(f.handler.merge(pushed, Provenance::pushed));
  pushed.client_id = ClientId();
  CHECK(f.handler.merge(pushed, Provenance::reconciled));
  CHECK(f.troubles().empty());
  CHECK_FALSE(f.recorder.has_facts());
  CHECK(f.books.balances().empty());
}

TEST_CASE("a new fill of an order in the archive is counted once, for its strategy, and halts") {
  OldFixture f;
  Fill late = f.fill("E-late", kOldId, "1");
  late.client_id = ClientId();  // the venue names only its own order
  CHECK(f.handler.merge(late, Provenance::pushed));
  CHECK(f.handler.merge(late, Provenance::pushed));
  CHECK(f.troubles() == Codes{"fill_after_closing"});
  CHECK(f.books.fills().size() == 1);
  CHECK(f.books.fills()[0].client_id == ClientId(kOldId));
  CHECK(f.books.position({StrategyName("alpha"), Symbol("BTC/EUR")}).quantity == Quantity(f.dec("1")));
}

TEST_CASE("an order in the archive that is open at the venue is cancelled there and counts until it is gone") {
  OldFixture f;
  CHECK(f.handler.merge(f.seen(VenueStatus::filled), Provenance::pushed));
  CHECK(f.troubles().empty());
  CHECK(f.handler.merge(f.seen(VenueStatus::open), Provenance::pushed));
  CHECK(f.troubles() == Codes{"abandoned_live"});
  CHECK(f.group().buys == Quantity(f.dec("10")));
  const Step step = f.recorder.take();
  REQUIRE(step.actions.size() == 1);
  CHECK(std::get<SendCancel>(step.actions[0]).client_id == ClientId(kOldId));
  f.handler.on(CancelAnswer{ClientId(kOldId), AnswerKind::accepted, RefusalCode::other, ""});
  CHECK(f.handler.merge(f.seen(VenueStatus::cancelled), Provenance::pushed));
  CHECK(f.group().buys == Quantity());
  CHECK(f.troubles().empty());
}

TEST_CASE("while the archive cannot be read, nothing new is counted and nothing is called foreign") {
  OldFixture f;
  f.old.broken = true;
  CHECK(f.handler.merge(f.old.fill, Provenance::pushed));
  CHECK(f.handler.merge(f.seen(VenueStatus::open), Provenance::pushed));
  CHECK(f.troubles() == Codes{"archive_unreadable", "archive_unreadable"});
  CHECK(f.books.fills().empty());
}

TEST_CASE("a wide view shows orders and fills of the archive, and none of them is a stranger") {
  OldFixture f;
  Reconciliation reconciliation(f.recorder, f.handler, f.config);
  VenueView view;
  view.began = view.as_of = f.now;
  view.closed = {f.seen(VenueStatus::filled)};
  view.trades = {f.old.fill};
  view.trades[0].client_id = ClientId();
  CHECK(reconciliation.judge(view, RoundRules{}).settled);
  CHECK(f.troubles().empty());
  CHECK(f.books.discrepancies().empty());
  f.old.broken = true;
  CHECK_FALSE(reconciliation.judge(view, RoundRules{}).settled);
  CHECK(f.books.fills().empty());
  CHECK_FALSE(f.troubles().empty());
  f.old.broken = false;
  f.old.order.intent.client_id = ClientId("st3st1-2");  // the archive lacks it: our log was rolled back
  CHECK(reconciliation.judge(view, RoundRules{}).settled);
  CHECK(f.troubles() == Codes{"identity"});
}

}  // namespace s1mple
