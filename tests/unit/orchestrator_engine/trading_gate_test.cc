// The strictest source decides; an operator's halt may concern one strategy alone.
#include "orchestrator/engine/trading_gate.h"

#include "tests/support/catch.h"

namespace s1mple {
namespace {

const WallTime kNow = from_unix_nanos(1'000'000'000);

}  // namespace

TEST_CASE("every source has its mode, and a mode for each is in the table") {
  struct Row {
    ReasonSource source;
    const char* code;
    TradingMode want;
  };
  const auto row = GENERATE(values<Row>({{ReasonSource::operator_halt, "halt", TradingMode::halted},
                                         {ReasonSource::gate, "reconciling", TradingMode::halted},
                                         {ReasonSource::breaker, "silence", TradingMode::reducing},
                                         {ReasonSource::disk, "disk_low", TradingMode::reducing},
                                         {ReasonSource::disk, "disk_out", TradingMode::halted},
                                         {ReasonSource::data, "stale", TradingMode::reducing},
                                         {ReasonSource::safe, "safe_mode", TradingMode::reducing}}));
  CHECK(mode_of(row.source, row.code) == row.want);
}

TEST_CASE("the strictest of all reasons decides, in every combination of sources") {
  struct Source {
    ReasonSource source;
    const char* code;
  };
  const std::vector<Source> sources{
      {ReasonSource::operator_halt, "halt"}, {ReasonSource::gate, "reconciling"},
      {ReasonSource::breaker, "silence"},    {ReasonSource::disk, "disk_low"},
      {ReasonSource::data, "stale"},         {ReasonSource::safe, "safe_mode"}};
  for (unsigned chosen = 0; chosen < (1U << sources.size()); ++chosen) {
    Books books;
    TradingGate gate(books);
    TradingMode want = TradingMode::active;
    std::size_t count = 0;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if ((chosen & (1U << i)) == 0) continue;
      ++count;
      const auto& [source, code] = sources[i];
      want = std::max(want, mode_of(source, code));
      if (source == ReasonSource::operator_halt || source == ReasonSource::breaker)
        REQUIRE(books.apply(ReasonRaised{source, code, "why", kNow}).ok());
      else
        gate.raise(source, code, "why", kNow);
    }
    CHECK(gate.mode() == want);
    CHECK(gate.mode_for(StrategyName("any")) == want);
    CHECK(gate.reasons().size() == count);
  }
}

TEST_CASE("a halt of one strategy halts that one") {
  Books books;
  TradingGate gate(books);
  REQUIRE(books.apply(ReasonRaised{ReasonSource::operator_halt, "halt:grid", "why", kNow}).ok());
  CHECK(gate.mode() == TradingMode::active);
  CHECK(gate.mode_for(StrategyName("grid")) == TradingMode::halted);
  CHECK(gate.mode_for(StrategyName("ema")) == TradingMode::active);
  CHECK_THAT(gate.story(StrategyName("grid")), contains("operator"));
}

TEST_CASE("clearing takes one code, or a whole source") {
  Books books;
  TradingGate gate(books);
  gate.raise(ReasonSource::gate, "reconciling", "a", kNow);
  gate.raise(ReasonSource::gate, "supervisor_lost", "b", kNow);
  gate.raise(ReasonSource::gate, "reconciling", "c", kNow);
  CHECK(gate.reasons().size() == 2);
  gate.clear(ReasonSource::gate, "reconciling");
  CHECK(gate.mode() == TradingMode::halted);
  gate.clear_all(ReasonSource::gate);
  CHECK(gate.mode() == TradingMode::active);
}

}  // namespace s1mple
