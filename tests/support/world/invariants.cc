#include "tests/support/world/invariants.h"

#include <algorithm>
#include <map>
#include <set>

namespace s1mple {
namespace {

class Checker {
 public:
  explicit Checker(const TradingWorld& world)
      : books_(world.books()),
        exchange_(world.exchange()),
        broken_(world.broken()),
        is_listed_(world.engine().trading() != TradingMode::active && has_open_discrepancy()) {}

  std::vector<std::string> run() {
    check_orders();
    check_open_orders();
    check_fills();
    check_balances();
    check_sent_once();
    return std::move(broken_);
  }

 private:
  void fails(const std::string& rule, const std::string& story) { broken_.push_back(rule + ": " + story); }
  // I3 lets the two sides differ where trading is restricted and the difference is listed.
  void differs(const std::string& story) {
    if (!is_listed_) fails("I3", story);
  }
  [[nodiscard]] bool has_open_discrepancy() const {
    return std::ranges::any_of(books_.discrepancies(),
                               [](const Discrepancy& one) { return one.found.open && !one.accepted; });
  }
  [[nodiscard]] bool is_ours(const ClientId& id) const {
    return id.text().starts_with("s" + books_.identity().tag);
  }

  void check_orders() {
    for (const PaperOrder& order : exchange_.orders()) {
      if (!is_ours(order.client_id)) continue;
      const Order* ours = books_.find_order(order.client_id);
      if (ours == nullptr)
        fails("I1", order.client_id.text() + " is at the exchange without an intent");
      else if (ours->outcome == Outcome::abandoned && order.status != VenueStatus::rejected)
        fails("I10", order.client_id.text() + " was given up but is at the exchange");
    }
  }
  void check_open_orders() {
    for (const std::uint64_t number : exchange_.open_orders()) {
      const ClientId& id = exchange_.order(number).client_id;
      const Order* ours = is_ours(id) ? books_.find_order(id) : nullptr;
      if (ours != nullptr && ours->is_closed()) differs(id.text() + " is open at the exchange, closed here");
    }
    for (const auto& [number, ours] : books_.orders().working()) {
      const PaperOrder* theirs = exchange_.find_order(ours->intent.client_id);
      const bool listed = ours->in_doubt() && is_listed_;
      if ((theirs == nullptr || !theirs->is_open()) && !listed)
        differs(ours->intent.client_id.text() + " is " + std::string(to_text(status_of(*ours))) +
                " here, not open at the exchange");
    }
  }
  void check_fills() {
    std::set<ExecutionId> theirs;
    for (const PaperTrade& trade : exchange_.trades()) {
      const Fill fill = exchange_.fill(trade);
      if (!is_ours(fill.client_id)) continue;
      theirs.insert(fill.execution_id);
      const Fill* ours = books_.find_fill(fill.execution_id);
      if (ours == nullptr)
        differs("fill " + fill.execution_id.text() + " is not counted");
      else if (ours->price != fill.price || ours->quantity != fill.quantity || ours->fee != fill.fee)
        differs("fill " + fill.execution_id.text() + " is counted as another one");
    }
    std::set<ExecutionId> counted;
    for (const Fill& fill : books_.fills()) {
      if (!counted.insert(fill.execution_id).second)
        fails("I4", fill.execution_id.text() + " is counted twice");
      if (!fill.strategy.empty() && !theirs.contains(fill.execution_id))
        differs("fill " + fill.execution_id.text() + " is none of the exchange");
    }
  }
  void check_balances() {
    for (const auto& [key, position] : books_.positions()) {
      if (position.quantity.is_negative()) fails("I3", key.symbol.text() + ": a position below zero");
    }
    for (const auto& [asset, balance] : exchange_.balances()) {
      const auto ours = books_.balances().find(asset);
      const Money counted = ours == books_.balances().end() ? Money() : ours->second;
      if (counted != balance.total)
        differs(asset.text() + " is " + counted.text() + " here, " + balance.total.text() +
                " at the exchange");
    }
  }
  // I2: one intent, at most one order there. The exchange refuses an id it knows, so a second sending shows as such.
  void check_sent_once() {
    std::set<ClientId> seen;
    for (const PaperOrder& order : exchange_.orders())
      if (is_ours(order.client_id) && !seen.insert(order.client_id).second)
        fails("I2", order.client_id.text() + " is at the exchange twice");
  }

  const Books& books_;
  const PaperBooks& exchange_;
  std::vector<std::string> broken_;
  bool is_listed_;
};

}  // namespace

std::vector<std::string> broken_invariants(const TradingWorld& world) { return Checker(world).run(); }

}  // namespace s1mple
