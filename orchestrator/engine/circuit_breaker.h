// CircuitBreaker: stops new risk when the world misbehaves, and finds back by proof (DESIGN section 5).
//
//   closed -trip-> open -probe due, data fresh, conditions clear-> half_open -clean reconciliation-> closed
//   half_open -anything else-> open, the interval doubled     latched reasons: only resume() takes them away
// Self-healing reasons (silence, failures) go with a good probe; conditions (in_doubt, slow_disk) must be
// clear for clear_period before one; latched ones keep it open. State and reasons are facts and survive a
// restart.
// Owner: the engine; borrows the recorder. Thread: loop. Invariant: closed exactly while the books hold no
// breaker reason.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/engine/engine_config.h"
#include "orchestrator/execution/recorder.h"

namespace s1mple {

enum class ReasonWay : std::uint8_t { self_healing = 1, condition, latched };  // how a reason goes away
[[nodiscard]] ReasonWay way_of(std::string_view code);                         // an unknown code is latched

class CircuitBreaker {
 public:
  enum class Move : std::uint8_t { none = 0, opened, probing, closed };
  struct World {  // what it looks at; the engine fills it in
    std::size_t in_doubt = 0;
    std::optional<WallTime> oldest_doubt;
    std::optional<WallTime> data_fresh_since;  // nothing: not fresh
    bool may_probe = false;                    // running, and no round of reads under way
  };

  CircuitBreaker(Recorder& recorder, const BreakerConfig& config) : recorder_(recorder), config_(config) {}

  [[nodiscard]] Move trip(std::string_view code, const std::string& text);
  [[nodiscard]] Move failure(const std::string& text);  // max_failures in a row trip
  void success() { failures_ = 0; }
  void slow_disk() { slow_disk_at_ = recorder_.now(); }
  [[nodiscard]] Move tick(const World& world);
  [[nodiscard]] Move probe_ended(bool clean, const std::string& why);
  [[nodiscard]] Move resume(const std::string& why);  // takes away what is latched

  [[nodiscard]] BreakerState state() const { return recorder_.books().breaker().state; }
  [[nodiscard]] bool is_closed() const { return state() == BreakerState::closed; }
  [[nodiscard]] bool is_latched() const;
  [[nodiscard]] std::optional<WallTime> wake_at(const World& world) const;

 private:
  [[nodiscard]] bool has(std::string_view code) const;
  [[nodiscard]] bool condition_holds(const World& world) const;
  [[nodiscard]] WallTime probe_at(const World& world) const;
  [[nodiscard]] Move close(const std::string& why);
  void move_to(BreakerState state, std::uint32_t failed_probes, const std::string& why);

  Recorder& recorder_;
  const BreakerConfig& config_;
  std::uint32_t failures_ = 0;
  WallTime last_bad_{};  // when a condition was last seen to hold
  std::optional<WallTime> slow_disk_at_;
};

}  // namespace s1mple
