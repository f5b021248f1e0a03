#include "orchestrator/engine/trading_gate.h"

#include <algorithm>

namespace s1mple {

TradingMode mode_of(ReasonSource source, std::string_view code) {
  switch (source) {
    case ReasonSource::operator_halt:
    case ReasonSource::gate: return TradingMode::halted;
    case ReasonSource::disk: return code == kDiskOutCode ? TradingMode::halted : TradingMode::reducing;
    case ReasonSource::breaker:
    case ReasonSource::data:
    case ReasonSource::safe: return TradingMode::reducing;
  }
  ENSURE(false, "ReasonSource out of range");
}

bool is_scoped(const Reason& reason) {
  return reason.source == ReasonSource::operator_halt && reason.code.starts_with(kScopedHaltPrefix);
}

bool concerns(const Reason& reason, const StrategyName& strategy) {
  return !is_scoped(reason) ||
         std::string_view(reason.code).substr(kScopedHaltPrefix.size()) == strategy.text();
}

void TradingGate::raise(ReasonSource source, std::string_view code, std::string text, WallTime now) {
  ENSURE(source != ReasonSource::operator_halt && source != ReasonSource::breaker,
         "durable reasons are facts");
  const auto same =
      std::ranges::find_if(transient_, [&](const Reason& r) { return r.source == source && r.code == code; });
  if (same != transient_.end())
    same->text = std::move(text);
  else
    transient_.push_back({source, std::string(code), std::move(text), now});
}

void TradingGate::clear(ReasonSource source, std::string_view code) {
  std::erase_if(transient_, [&](const Reason& r) { return r.source == source && r.code == code; });
}

void TradingGate::clear_all(ReasonSource source) {
  std::erase_if(transient_, [&](const Reason& r) { return r.source == source; });
}

bool TradingGate::has(ReasonSource source) const {
  return std::ranges::any_of(transient_, [&](const Reason& r) { return r.source == source; });
}

bool TradingGate::has(ReasonSource source, std::string_view code) const {
  return std::ranges::any_of(transient_,
                             [&](const Reason& r) { return r.source == source && r.code == code; });
}

TradingMode TradingGate::mode() const {
  TradingMode mode = TradingMode::active;
  for (const Reason& reason : books_.reasons())
    if (!is_scoped(reason)) mode = std::max(mode, mode_of(reason.source, reason.code));
  for (const Reason& reason : transient_) mode = std::max(mode, mode_of(reason.source, reason.code));
  return mode;
}

TradingMode TradingGate::durable_mode_for(const StrategyName& strategy) const {
  TradingMode mode = TradingMode::active;
  for (const Reason& reason : books_.reasons())
    if (concerns(reason, strategy)) mode = std::max(mode, mode_of(reason.source, reason.code));
  return mode;
}

TradingMode TradingGate::mode_for(const StrategyName& strategy) const {
  TradingMode mode = durable_mode_for(strategy);
  for (const Reason& reason : transient_) mode = std::max(mode, mode_of(reason.source, reason.code));
  return mode;
}

std::vector<Reason> TradingGate::reasons() const {
  std::vector<Reason> all = books_.reasons();
  all.insert(all.end(), transient_.begin(), transient_.end());
  return all;
}

std::string TradingGate::story(const StrategyName& strategy) const {
  const TradingMode mode = mode_for(strategy);
  for (const Reason& reason : reasons())
    if (concerns(reason, strategy) && mode_of(reason.source, reason.code) == mode)
      return std::string(to_text(reason.source)) + ": " + reason.code + " (" + reason.text + ")";
  return "no reason";
}

}  // namespace s1mple
