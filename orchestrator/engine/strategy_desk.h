// StrategyDesk: runs the strategies, one call at a time, and brings each of them every execution exactly
// once.
//
// What a call decided and what the strategy remembers of it are in the same step as the mark that it was
// told. A report that cannot be told at once (not running, lock-step) is queued as a fact; queues are emptied
// in the order of the configuration, oldest first, before the next market event. A strategy whose memory
// cannot be read back is set aside: it is told nothing and does nothing.
// Owner: the engine; owns the strategies. Thread: loop.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/engine/order_entry.h"
#include "orchestrator/engine/strategy_port.h"
#include "orchestrator/execution/findings.h"

namespace s1mple {

class StrategyDesk {
 public:
  struct Entry {
    StrategyName name;
    std::unique_ptr<Strategy> strategy;
    std::optional<WallTime> wake_at;
    bool dirty = false;  // it may remember something that is no fact yet
    bool set_aside = false;
  };

  StrategyDesk(Recorder& recorder, OrderEntry& orders, const MarketView& market)
      : recorder_(recorder), orders_(orders), market_(market) {}

  void add(StrategyName name, std::unique_ptr<Strategy> strategy);
  // Gives every strategy its memory back; the stories of those that could not read it.
  [[nodiscard]] std::vector<std::pair<StrategyName, std::string>> recall();

  void on_market(const MarketTrade& trade);
  void on_timers();
  void queue(const Report& report);
  void tell(const Report& report);  // at once; only when nothing is queued for it
  bool deliver_one();               // the oldest report of the first strategy that has one; false: none
  [[nodiscard]] bool has_queued() const;
  [[nodiscard]] bool has_queued(const StrategyName& name) const;
  [[nodiscard]] bool has_dirty() const;
  void save();                                            // a fact for each memory that has changed
  [[nodiscard]] std::optional<WallTime> wake_at() const;  // of the strategies' timers
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] bool knows(const StrategyName& name) const { return find(name) != nullptr; }

 private:
  class Context;
  [[nodiscard]] const Entry* find(const StrategyName& name) const;
  [[nodiscard]] Entry* find(const StrategyName& name);
  void tell(Entry& entry, ReportKind kind, const ClientId& id, const ExecutionId& execution);

  Recorder& recorder_;
  OrderEntry& orders_;
  const MarketView& market_;
  std::vector<Entry> entries_;
};

}  // namespace s1mple
