// OrderIndex: the working orders of every strategy and symbol, oldest first, with their worst case, kept step
// by step.
//
// Worst case: everything that may still be executed, in doubt and being cancelled included; plus what an
// order that was abandoned and then seen at the venue may still do (a revenant). Amounts held follow
// domain/reserve.h. Derived from the books alone and refreshed after each fact about an order; nothing here
// is durable.
// Owner: Recorder. Thread: loop. Invariant: equal to rebuild() at any time.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "orchestrator/domain/books.h"
#include "orchestrator/execution/market_view.h"
#include "orchestrator/execution/order_ids.h"

namespace s1mple {

struct OrderKey {  // order of making, whatever the ids look like as text
  OrderSerial serial;
  ClientId id;
  friend auto operator<=>(const OrderKey&, const OrderKey&) = default;
};

class OrderIndex {
 public:
  struct Entry {
    const Order* order = nullptr;
    Quantity remaining;
    bool in_doubt = false;
    Asset held_asset;
    Money held;
  };
  struct Group {  // one strategy and symbol
    std::map<OrderKey, Entry> working;
    Quantity buys, sells;  // may still be bought and sold
    std::size_t in_doubt = 0;
  };

  OrderIndex(std::vector<Instrument> instruments, Decimal taker_fee_rate, const MarketView& market);

  void rebuild(const Books& books, WallTime now);
  void refresh(const Order& order, WallTime now);
  // An order that the books hold for closed is open at the venue: it counts until proven gone.
  void set_revenant(const Order& order, Quantity remaining);
  void drop_revenant(const ClientId& id);

  [[nodiscard]] const Group& group(const PositionKey& key) const;
  [[nodiscard]] const std::map<PositionKey, Group>& groups() const { return groups_; }
  [[nodiscard]] std::size_t working() const { return working_; }
  [[nodiscard]] std::size_t working_of(const StrategyName& strategy) const;
  [[nodiscard]] std::size_t in_doubt() const { return doubts_.size(); }
  [[nodiscard]] std::optional<WallTime> oldest_doubt() const;  // since when; of this process' knowledge
  [[nodiscard]] Money held(const Asset& asset) const;
  [[nodiscard]] const Instrument* instrument(const Symbol& symbol) const;
  [[nodiscard]] const std::vector<Instrument>& instruments() const { return instruments_; }
  [[nodiscard]] std::vector<const Order*> all_working() const;  // oldest first

 private:
  void add(Group& group, const Order& order, WallTime now);
  void remove(Group& group, std::map<OrderKey, Entry>::iterator entry);
  void set_doubt(Group& group, Entry& entry, WallTime now);
  void hold(Entry& entry);

  std::vector<Instrument> instruments_;
  Decimal taker_fee_rate_;
  const MarketView& market_;
  std::map<PositionKey, Group> groups_;
  std::map<StrategyName, std::size_t> per_strategy_;
  std::map<Asset, Money> held_;
  std::map<ClientId, WallTime> doubts_;
  std::set<std::pair<WallTime, ClientId>> doubts_by_age_;
  std::map<ClientId, std::pair<PositionKey, std::pair<Side, Quantity>>> revenants_;
  std::size_t working_ = 0;
};

}  // namespace s1mple
