// TradingGate: may orders leave? The strictest of all sources decides (DESIGN section 5), and each says why.
//
// Durable reasons (operator, breaker) live in the books; gate, disk, data and safe are made anew at each
// start and live here. An operator's halt may be for one strategy alone: its code is then "halt:<strategy>".
// Modes: halted lets nothing but cancels leave, reducing only what reduces risk, active everything.
// Owner: the engine; borrows the books. Thread: loop.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/enum_text.h"
#include "orchestrator/domain/books.h"

namespace s1mple {

enum class TradingMode : std::uint8_t { active = 1, reducing, halted };  // ordered by strictness
inline constexpr EnumTexts<TradingMode, 3> kTradingModeTexts{
    {{TradingMode::active, "active"}, {TradingMode::reducing, "reducing"}, {TradingMode::halted, "halted"}}};
constexpr const auto& enum_texts(TradingMode) { return kTradingModeTexts; }

inline constexpr std::string_view kHaltCode = "halt";
inline constexpr std::string_view kScopedHaltPrefix = "halt:";
inline constexpr std::string_view kDiskOutCode = "disk_out";

// What one reason alone allows.
[[nodiscard]] TradingMode mode_of(ReasonSource source, std::string_view code);
[[nodiscard]] bool is_scoped(const Reason& reason);                               // to one strategy
[[nodiscard]] bool concerns(const Reason& reason, const StrategyName& strategy);  // every unscoped one does

class TradingGate {
 public:
  explicit TradingGate(const Books& books) : books_(books) {}

  // Of gate, disk, data and safe; the same source and code again only changes the text.
  void raise(ReasonSource source, std::string_view code, std::string text, WallTime now);
  void clear(ReasonSource source, std::string_view code);
  void clear_all(ReasonSource source);
  [[nodiscard]] bool has(ReasonSource source) const;  // of those made here
  [[nodiscard]] bool has(ReasonSource source, std::string_view code) const;

  [[nodiscard]] TradingMode mode() const;  // for everybody
  [[nodiscard]] TradingMode mode_for(const StrategyName& strategy) const;
  // Without the sources that a restart makes anew: would trading be allowed if all were connected?
  [[nodiscard]] TradingMode durable_mode_for(const StrategyName& strategy) const;
  [[nodiscard]] std::vector<Reason> reasons() const;  // durable ones first, oldest first
  // "operator: halt (flash crash)": the strictest reason for this strategy, for a refusal.
  [[nodiscard]] std::string story(const StrategyName& strategy) const;

 private:
  const Books& books_;
  std::vector<Reason> transient_;
};

}  // namespace s1mple
