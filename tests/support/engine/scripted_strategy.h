// ScriptedStrategy: does what the test says, and writes down what it was told.
//
// `journal` outlives a restart (it is the test's own); `told` is what the strategy remembers: it is saved and
// restored, so that a test sees whether memory and reports stay together. Thread: the test's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/engine/strategy_port.h"

namespace s1mple {

struct Script {
  std::function<void(const MarketTrade&, StrategyContext&)> on_market = [](const MarketTrade&,
                                                                           StrategyContext&) {};
  std::function<void(const ExecutionReport&, StrategyContext&)> on_execution = [](const ExecutionReport&,
                                                                                  StrategyContext&) {};
  std::function<void(StrategyContext&)> on_timer = [](StrategyContext&) {};
  std::vector<std::string>
      journal;  // "accepted <id>", "filled <id> 4", "closed <id> cancelled", "market 100"
  bool refuses_memory = false;
};

class ScriptedStrategy final : public Strategy {
 public:
  explicit ScriptedStrategy(std::shared_ptr<Script> script) : script_(std::move(script)) {}

  void on_market(const MarketTrade& trade, StrategyContext& context) override {
    script_->journal.push_back("market " + trade.price.text());
    script_->on_market(trade, context);
  }
  void on_execution(const ExecutionReport& report, StrategyContext& context) override {
    ++told_;
    std::string line = std::string(to_text(report.kind)) + " " + report.order->intent.client_id.text();
    if (report.fill != nullptr) line += " " + report.fill->quantity.text();
    if (report.kind == ReportKind::closed) line += " " + std::string(to_text(report.order->outcome));
    script_->journal.push_back(line);
    script_->on_execution(report, context);
  }
  void on_timer(StrategyContext& context) override {
    script_->journal.push_back("timer");
    script_->on_timer(context);
  }
  void save(JsonWriter& out) const override { out.begin_object().number("told", told_).end_object(); }
  Result<void> restore(const JsonValue& saved) override {
    if (script_->refuses_memory) return Error{Errc::invalid, "told: cannot be read"};
    auto told = saved.uint_at("told");
    if (!told) return std::move(told).error();
    told_ = *told;
    return {};
  }

 private:
  std::shared_ptr<Script> script_;
  std::uint64_t told_ = 0;
};

}  // namespace s1mple
