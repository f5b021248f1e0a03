// PlannedStrategy: places and cancels what a test planned, one step after the other, each exactly once.
//
// It remembers how far it came, in the same record as what it did; so a plan goes on after any crash. What it was
// told is written down in the test's own journal, which outlives the process. Thread: one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/engine/strategy_port.h"

namespace s1mple {

struct Plan {
  // What to do from the given row of the market on; false: not yet, asked again with the next row.
  struct Step {
    std::uint64_t row = 0;
    std::function<bool(StrategyContext&)> act;
  };
  std::vector<Step> steps;
  std::vector<std::string> journal;  // "filled <id> 4", "closed <id> cancelled", "market 3"
};

class PlannedStrategy final : public Strategy {
 public:
  explicit PlannedStrategy(std::shared_ptr<Plan> plan) : plan_(std::move(plan)) {}

  void on_market(const MarketTrade& trade, StrategyContext& context) override {
    plan_->journal.push_back("market " + std::to_string(trade.row));
    while (done_ < plan_->steps.size() && plan_->steps[done_].row <= trade.row) {
      if (!plan_->steps[done_].act(context)) return;
      ++done_;
    }
  }
  void on_execution(const ExecutionReport& report, StrategyContext&) override {
    std::string line = std::string(to_text(report.kind)) + " " + report.order->intent.client_id.text();
    if (report.fill != nullptr) line += " " + report.fill->quantity.text();
    if (report.kind == ReportKind::closed) line += " " + std::string(to_text(report.order->outcome));
    told_fills_ += report.kind == ReportKind::filled ? 1U : 0U;
    told_ends_ += report.kind == ReportKind::closed ? 1U : 0U;
    plan_->journal.push_back(std::move(line));
  }
  void on_timer(StrategyContext&) override {}

  void save(JsonWriter& out) const override {
    out.begin_object().number("done", done_);
    out.number("told_fills", told_fills_).number("told_ends", told_ends_).end_object();
  }
  Result<void> restore(const JsonValue& saved) override {
    const std::pair<const char*, std::uint64_t*> members[] = {
        {"done", &done_}, {"told_fills", &told_fills_}, {"told_ends", &told_ends_}};
    for (const auto& [name, member] : members) {
      auto value = saved.uint_at(name);
      if (!value) return std::move(value).error();
      *member = *value;
    }
    return {};
  }

 private:
  std::shared_ptr<Plan> plan_;
  std::uint64_t done_ = 0, told_fills_ = 0, told_ends_ = 0;
};

}  // namespace s1mple
