// Findings: what the execution learnt from one event, beside the facts, that somebody else must act on.
//
// reports:  executions to be told to their strategies, in this order. troubles: alerts, halts and latches.
// failures and success feed the circuit breaker; lookup asks for a round of reads because evidence is
// missing.
// Owner: ExecutionHandler until taken. Thread: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "orchestrator/domain/fact.h"

namespace s1mple {

struct Report {
  StrategyName strategy;
  ReportKind kind = ReportKind::accepted;
  ClientId client_id;
  ExecutionId execution_id;  // of kind filled
  bool asked_for = false;    // of kind closed: a cancel of ours was on its way
};

enum class TroubleKind : std::uint8_t {
  warning = 1,  // an alert
  critical,     // a critical alert
  halt,         // a critical alert, and only a person lifts the halt
  latch,        // the breaker opens, and only a person closes it
};

struct Trouble {
  TroubleKind kind = TroubleKind::warning;
  std::string code, text;
};

enum class Lookup : std::uint8_t { none = 0, soon, now };  // ordered by urgency

struct Findings {
  std::vector<Report> reports;
  std::vector<Trouble> troubles;
  std::vector<std::string> failures;
  bool success = false;
  Lookup lookup = Lookup::none;
};

}  // namespace s1mple
