#include "orchestrator/engine/strategy_desk.h"

#include <algorithm>

namespace s1mple {

// What one strategy may see and do during one call.
class StrategyDesk::Context final : public StrategyContext {
 public:
  Context(StrategyDesk& desk, Entry& entry) : desk_(desk), entry_(entry) {}

  Result<ClientId> place(const OrderRequest& request) override {
    return desk_.orders_.place(entry_.name, request, OrderOrigin::strategy);
  }
  void cancel(const ClientId& id) override {
    if (const Order* mine = order(id)) desk_.orders_.cancel(entry_.name, *mine);
  }
  void wake_at(std::optional<WallTime> time) override { entry_.wake_at = time; }

  [[nodiscard]] WallTime now() const override { return desk_.recorder_.now(); }
  [[nodiscard]] const Instrument* instrument(const Symbol& symbol) const override {
    return desk_.recorder_.index().instrument(symbol);
  }
  [[nodiscard]] std::optional<Price> last_price(const Symbol& symbol) const override {
    return desk_.market_.last_price(symbol);
  }
  [[nodiscard]] const Position& position(const Symbol& symbol) const override {
    return desk_.recorder_.books().position({entry_.name, symbol});
  }
  [[nodiscard]] std::vector<const Order*> working_orders() const override {
    std::vector<std::pair<const OrderKey*, const Order*>> mine;
    for (const auto& [key, group] : desk_.recorder_.index().groups())
      if (key.strategy == entry_.name)
        for (const auto& [order_key, entry] : group.working) mine.emplace_back(&order_key, entry.order);
    std::ranges::sort(mine, [](const auto& a, const auto& b) { return *a.first < *b.first; });
    std::vector<const Order*> orders;
    orders.reserve(mine.size());
    for (const auto& [order_key, order] : mine) orders.push_back(order);
    return orders;
  }
  [[nodiscard]] const Order* order(const ClientId& id) const override {
    const Order* found = desk_.recorder_.books().find_order(id);
    return found != nullptr && found->intent.strategy == entry_.name ? found : nullptr;
  }
  [[nodiscard]] Money available(const Asset& asset) const override { return desk_.orders_.available(asset); }

 private:
  StrategyDesk& desk_;
  Entry& entry_;
};

void StrategyDesk::add(StrategyName name, std::unique_ptr<Strategy> strategy) {
  ENSURE(strategy != nullptr && find(name) == nullptr, "a strategy has an object and a name of its own");
  entries_.push_back({std::move(name), std::move(strategy), {}, false, false});
}

std::vector<std::pair<StrategyName, std::string>> StrategyDesk::recall() {
  std::vector<std::pair<StrategyName, std::string>> failures;
  for (Entry& entry : entries_) {
    const auto found = recorder_.books().strategies().find(entry.name);
    if (found == recorder_.books().strategies().end() || found->second.memory.empty()) continue;
    entry.wake_at = found->second.wake_at;
    auto memory = JsonValue::parse(found->second.memory);
    Result<void> restored =
        memory ? entry.strategy->restore(*memory) : Result<void>(std::move(memory).error());
    if (restored) continue;
    entry.set_aside = true;
    entry.wake_at.reset();
    failures.emplace_back(entry.name, restored.error().story);
  }
  return failures;
}

void StrategyDesk::on_market(const MarketTrade& trade) {
  for (Entry& entry : entries_) {
    if (entry.set_aside) continue;
    Context context(*this, entry);
    entry.dirty = true;
    entry.strategy->on_market(trade, context);
  }
}

void StrategyDesk::on_timers() {
  for (Entry& entry : entries_) {
    if (entry.set_aside || !entry.wake_at || *entry.wake_at > recorder_.now()) continue;
    Context context(*this, entry);
    entry.dirty = true;
    entry.wake_at.reset();
    entry.strategy->on_timer(context);
  }
}

void StrategyDesk::queue(const Report& report) {
  if (find(report.strategy) != nullptr)
    recorder_.record(ReportQueued{report.strategy, report.kind, report.client_id, report.execution_id});
}

void StrategyDesk::tell(const Report& report) {
  Entry* entry = find(report.strategy);
  if (entry == nullptr) return;
  if (entry->set_aside) return queue(report);
  tell(*entry, report.kind, report.client_id, report.execution_id);
}

void StrategyDesk::tell(Entry& entry, ReportKind kind, const ClientId& id, const ExecutionId& execution) {
  // Told very late (the strategy was not configured for long), both may have left the books.
  const Order* order = recorder_.books().find_order(id);
  const auto old_order = order == nullptr ? recorder_.old_order(id, {}) : Result(std::optional<Order>());
  if (order == nullptr && old_order.ok() && *old_order) order = &**old_order;
  std::optional<Fill> fill;  // a copy: the books' list may move while the strategy acts
  if (kind == ReportKind::filled) {
    const Fill* counted = recorder_.books().find_fill(execution);
    const auto old_fill = counted == nullptr ? recorder_.old_fill(execution) : Result(std::optional(*counted));
    if (old_fill.ok()) fill = *old_fill;
  }
  if (order == nullptr || (kind == ReportKind::filled && !fill)) return;  // the archive cannot be read
  Context context(*this, entry);
  entry.dirty = true;
  entry.strategy->on_execution({kind, order, fill ? &*fill : nullptr}, context);
}

bool StrategyDesk::deliver_one() {
  for (Entry& entry : entries_) {
    if (!has_queued(entry.name)) continue;
    const QueuedReport report = recorder_.books().strategies().at(entry.name).reports.front();
    recorder_.record(ReportDelivered{entry.name});
    tell(entry, report.kind, report.client_id, report.execution_id);
    return true;
  }
  return false;
}

// What is queued for a strategy that was set aside waits until its memory can be read.
bool StrategyDesk::has_queued(const StrategyName& name) const {
  const Entry* entry = find(name);
  if (entry == nullptr || entry->set_aside) return false;
  const auto found = recorder_.books().strategies().find(name);
  return found != recorder_.books().strategies().end() && !found->second.reports.empty();
}

bool StrategyDesk::has_queued() const {
  return std::ranges::any_of(entries_, [&](const Entry& entry) { return has_queued(entry.name); });
}

bool StrategyDesk::has_dirty() const {
  return std::ranges::any_of(entries_, [](const Entry& entry) { return entry.dirty; });
}

void StrategyDesk::save() {
  for (Entry& entry : entries_) {
    if (!entry.dirty) continue;
    entry.dirty = false;
    JsonWriter out;
    entry.strategy->save(out);
    std::string memory = out.take();
    const auto found = recorder_.books().strategies().find(entry.name);
    const bool same = found != recorder_.books().strategies().end() && found->second.memory == memory &&
                      found->second.wake_at == entry.wake_at;
    if (!same) recorder_.record(StrategySaved{entry.name, std::move(memory), entry.wake_at});
  }
}

std::optional<WallTime> StrategyDesk::wake_at() const {
  std::optional<WallTime> earliest;
  for (const Entry& entry : entries_)
    if (!entry.set_aside && entry.wake_at)
      earliest = earliest ? std::min(*earliest, *entry.wake_at) : entry.wake_at;
  return earliest;
}

const StrategyDesk::Entry* StrategyDesk::find(const StrategyName& name) const {
  const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

StrategyDesk::Entry* StrategyDesk::find(const StrategyName& name) {
  const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

}  // namespace s1mple
