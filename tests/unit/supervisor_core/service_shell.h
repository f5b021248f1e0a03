// Shell: a shell for the tests of ServiceMachine that does what it is told and remembers it.
//
// The lock is free and the disk works, unless told otherwise. Time stands still but for pass and wake. Thread: one.
#pragma once

#include <algorithm>
#include <vector>

#include "common/contract/version.h"
#include "supervisor/core/service_machine.h"

namespace s1mple {

struct Shell {
  explicit Shell(const SupervisorSettings& settings = {}) : machine(settings, "me", random) {}

  Random random{5};
  ServiceMachine machine;
  Instant now{100s};
  bool lock_free = true;
  bool keeps = false;  // spawns wait for Kept
  bool answers_saves = true;
  bool answers_pings = true;
  ProcessCondition condition = ProcessCondition::running;
  std::vector<ServiceAction> done;

  void perform(ServiceActions actions) {
    for (auto& action : actions) {
      done.push_back(action);
      if (std::holds_alternative<action::CheckLock>(action)) on(event::LockSeen{lock_free, "pid 1"});
      if (std::holds_alternative<action::Spawn>(action)) on(event::Spawned{keeps});
      if (const auto* save = std::get_if<action::Save>(&action); save != nullptr && save->tell && answers_saves)
        on(event::Saved{true});
      if (const auto* inspect = std::get_if<action::Inspect>(&action); inspect != nullptr && inspect->decide)
        on(event::Inspected{condition});
      if (const auto* ping = std::get_if<action::SendPing>(&action); ping != nullptr && answers_pings)
        on(event::Pong{"me", ping->number, ping->nonce, {}});
    }
  }
  void ask(std::variant<ServiceActions, Refusal> answer) {
    if (auto* actions = std::get_if<ServiceActions>(&answer)) perform(std::move(*actions));
  }
  void on(const ServiceEvent& event) { perform(machine.on(event, now)); }
  bool wake() {
    const auto at = machine.wake_at();
    if (!at) return false;
    now = std::max(now, *at);
    on(event::Woke{});
    return true;
  }
  void pass(Nanos span) {
    const Instant end = now + span;
    while (machine.wake_at() && *machine.wake_at() <= end) wake();
    now = end;
  }
  template <class Action>
  std::vector<Action> all() const {
    std::vector<Action> found;
    for (const auto& action : done)
      if (const auto* a = std::get_if<Action>(&action)) found.push_back(*a);
    return found;
  }
  std::size_t spawns() const { return all<action::Spawn>().size(); }
  bool raised(std::string_view code) const {
    const auto alerts = all<action::Raise>();
    return std::any_of(alerts.begin(), alerts.end(), [&](const auto& a) { return a.code == code; });
  }
  std::vector<action::Signal> signals() const {
    std::vector<action::Signal> sent;
    for (const auto& send : all<action::Send>()) sent.push_back(send.signal);
    return sent;
  }
  void start() {
    on(event::Begin{});
    hello();
  }
  void hello() { on(event::Hello{kLinkVersion, "0.1.0"}); }
  void start_ready() {
    start();
    on(event::Ready{});
  }
  void exit(int code) { on(event::Exited{ExitStatus{code, 0, false}}); }
  void die(int signal) { on(event::Exited{ExitStatus{std::nullopt, signal, false}}); }
};

}  // namespace s1mple
