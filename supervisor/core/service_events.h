// What happens to the supervisor's one service, and what is to be done about it: the vocabulary of ServiceMachine.
//
// Events are facts the shell has seen; actions are performed by the shell in the order given. Units: Nanos inside,
// as the names say in texts. Thread: plain values. Source: DESIGN section 6.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/enum_text.h"
#include "common/base/time.h"
#include "common/contract/exit_code.h"
#include "common/contract/health.h"
#include "common/contract/link.h"
#include "supervisor/core/restart_policy.h"

namespace s1mple {

enum class ServiceState : std::uint8_t {
  starting,          // it runs and is not ready yet
  running,
  stopping,          // it is being ended: asked, or by signals
  backing_off,
  waiting_for_lock,  // somebody holds the store, or the last process cannot be killed
  safe_mode,         // it runs, ready, in safe mode
  parked,
  stopped,
};
inline constexpr EnumTexts<ServiceState, 8> kServiceStateTexts{{{ServiceState::starting, "starting"},
                                                               {ServiceState::running, "running"},
                                                               {ServiceState::stopping, "stopping"},
                                                               {ServiceState::backing_off, "backing_off"},
                                                               {ServiceState::waiting_for_lock, "waiting_for_lock"},
                                                               {ServiceState::safe_mode, "safe_mode"},
                                                               {ServiceState::parked, "parked"},
                                                               {ServiceState::stopped, "stopped"}}};
constexpr const auto& enum_texts(ServiceState) { return kServiceStateTexts; }

// What the kernel says about a process.
enum class ProcessCondition : std::uint8_t { running, stopped, traced, gone };
inline constexpr EnumTexts<ProcessCondition, 4> kProcessConditionTexts{{{ProcessCondition::running, "running"},
                                                                       {ProcessCondition::stopped, "stopped"},
                                                                       {ProcessCondition::traced, "traced"},
                                                                       {ProcessCondition::gone, "gone"}}};
constexpr const auto& enum_texts(ProcessCondition) { return kProcessConditionTexts; }

namespace event {

struct Begin {};                                   // the supervisor is up
struct LockSeen { bool free; std::string holder; };  // after CheckLock
struct Spawned { bool keeping = false; };          // keeping: Kept follows, when its descriptors are safe
struct Kept { bool confirmed; };
struct Adopted { bool stable; };                   // instead of Begin: the last supervisor's orchestrator is ours
struct SpawnFailed { std::string why; };
struct Hello { int link_version; std::string version; std::optional<StartMode> mode = std::nullopt; };
struct Progress { std::string phase; std::uint64_t done; };
struct Ready {};
struct Pong {
  std::string instance;
  std::uint64_t number;
  std::uint64_t nonce;
  HealthCounters counters;
  bool data_live = false;
};
struct Bye { int code; std::string reason; bool halt; };
struct LinkLost {};                                // EOF, or a packet that cannot be sent
struct Exited { ExitStatus status; };
struct Inspected { ProcessCondition condition; };  // after Inspect with `decide`
struct Saved { bool ok; };                         // after Save with `tell`
struct CancelAllEnded { bool ok; std::string story; };  // after CancelAll
struct Woke {};
struct StopAsked { std::string by; bool flatten; };

}  // namespace event

using ServiceEvent =
    std::variant<event::Begin, event::LockSeen, event::Spawned, event::Kept, event::Adopted, event::SpawnFailed,
                 event::Hello, event::Progress, event::Ready, event::Pong, event::Bye, event::LinkLost, event::Exited,
                 event::Inspected, event::Saved, event::CancelAllEnded, event::Woke, event::StopAsked>;

namespace action {

enum class Signal : std::uint8_t { term, abort, kill_group };

struct CheckLock {};
struct Spawn { StartMode mode; StartCause cause; std::uint32_t attempt; };
struct SendGo {};
struct SendPing { std::uint64_t number; std::uint64_t nonce; };
struct SendShutdown { Nanos grace; bool flatten; std::string reason; };
struct Send { Signal signal; };
struct Inspect { bool decide; };  // collect evidence; with `decide` answer Inspected
struct Save { bool tell; };       // supervisor.json, off the loop; with `tell` answer Saved
struct CancelAll {};              // run it; answer CancelAllEnded, within a time limit
struct LatchHalt { std::string reason; };  // the next start is halted, durably
struct Moved { ServiceState from; ServiceState to; std::string why; };
struct Raise { AlertLevel level; std::string code; std::string text; };
struct Report { Death death; bool counted; StartMode mode; std::uint32_t attempt; std::string why; };
struct Note { std::string event; std::string text; };  // one line of log
struct Ended { ExitCode code; };                       // leave the loop

}  // namespace action

using ServiceAction = std::variant<action::CheckLock, action::Spawn, action::SendGo, action::SendPing,
                                   action::SendShutdown, action::Send, action::Inspect, action::Save,
                                   action::LatchHalt, action::CancelAll, action::Moved, action::Raise,
                                   action::Report, action::Note, action::Ended>;
using ServiceActions = std::vector<ServiceAction>;

}  // namespace s1mple
