// Every message on the link (DESIGN section 7): a Unix SOCK_SEQPACKET pair, one JSON-RPC 2.0 object a packet.
//
// A message with an id is an operator's command passed on, or the answer to one; all others are notifications
// whose method names the struct. PROTOCOL.md shows each with an example. Decoding is strict about what a struct
// needs, ignores members it does not know, and never aborts on input: a packet that cannot be read is an Error,
// which its reader records; it ends nothing. `..._json` members hold one whole JSON value as text.
// Units: in the names. Times: RFC 3339 UTC text. Thread: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/base/enum_text.h"
#include "common/base/result.h"
#include "common/contract/health.h"
#include "common/contract/start_mode.h"

namespace s1mple {

inline constexpr int kLinkDescriptor = 3;                    // of the orchestrator
inline constexpr std::size_t kLinkPacketMax = 128 * 1024;    // longer ones are neither sent nor read

// Why this start, or how the previous run ended.
enum class StartCause : std::uint8_t { start, exit, signal, hang, restart, unknown };
inline constexpr EnumTexts<StartCause, 6> kStartCauseTexts{{{StartCause::start, "start"},       // first one of this supervisor
                                                           {StartCause::exit, "exit"},          // it ended by itself
                                                           {StartCause::signal, "signal"},      // a signal not of ours
                                                           {StartCause::hang, "hang"},          // ended by us: no answer
                                                           {StartCause::restart, "restart"},    // an operator asked
                                                           {StartCause::unknown, "unknown"}}};  // adopted, no status
constexpr const auto& enum_texts(StartCause) { return kStartCauseTexts; }

enum class AlertLevel : std::uint8_t { info, warning, critical };
inline constexpr EnumTexts<AlertLevel, 3> kAlertLevelTexts{
    {{AlertLevel::info, "info"}, {AlertLevel::warning, "warning"}, {AlertLevel::critical, "critical"}}};
constexpr const auto& enum_texts(AlertLevel) { return kAlertLevelTexts; }

namespace link {

// ---- supervisor -> orchestrator

struct PreviousRun {
  std::int64_t pid = 0;
  std::optional<int> exit_code;  // exactly one of exit_code and signal, neither when unknown
  std::string signal;            // "SIGKILL"
  std::string last_beat_at;      // empty: it never answered
  std::string report;            // id of the crash report; empty: none
};

// The first message after every start and every adoption.
struct Attach {
  std::string instance;      // of this supervisor process; random text
  std::string version;
  int link_version = 0;
  StartMode mode = StartMode::normal;
  StartCause cause = StartCause::start;
  std::uint32_t attempt = 0;  // starts by this supervisor before this one
  bool halted = false;        // the supervisor's latch; the store's own counts too
  std::string halt_reason;
  bool after_store_failed = false;  // the last run ended with 66
  std::uint64_t mirror_epoch = 0;   // highest epoch this home has seen
  bool adopted = false;             // the receiver runs already: no new start
  bool drain_on_eof = false;        // EOF on the link: drain at once (systemd), else close the gate and wait
  std::int64_t ping_interval_ms = 0;
  std::int64_t link_grace_ms = 0;   // without a valid ping for so long: drain and exit 69
  std::optional<PreviousRun> previous;
};

// The supervisor holds everything it needs to find the receiver again: clear PDEATHSIG.
struct Go {};

struct Ping {
  std::string instance;
  std::uint64_t number = 0;  // from 1, each once
  std::uint64_t nonce = 0;
};

struct Shutdown {
  std::int64_t grace_ms = 0;  // TERM follows after it
  bool flatten = false;
  std::string reason;
};

// An operator's command passed on; the answer is a CommandResult with the same id.
struct Command {
  std::uint64_t id = 0;       // unique within one instance
  std::string key;            // idempotence: a repeated key gets the first answer again; empty: none
  std::string by;             // "uid 1000 pid 4711"
  std::string method;
  std::string params_json = "{}";
};

struct AlertOk {
  std::string id;
};

// ---- orchestrator -> supervisor

struct Hello {
  std::int64_t pid = 0;
  std::string version;
  int link_version = 0;
  std::optional<std::uint64_t> epoch;  // when it is known already (adoption)
  std::string build_id;                // empty: none
  std::optional<StartMode> mode = std::nullopt;  // in which it runs, after an adoption
};

// Before ready: recovery; after Shutdown: the phases of draining. `total` 0: not known.
struct Progress {
  std::string phase;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

// The new epoch is durable in the store.
struct EpochForced {
  std::uint64_t epoch = 0;
};

// The store is recovered and commands are served.
struct Ready {
  std::uint64_t epoch = 0;
};

struct Pong {
  std::string instance;
  std::uint64_t number = 0;
  std::uint64_t nonce = 0;
  HealthCounters counters;
  // The `orchestrator` object of status, without pid and as_of; may be empty. Its brackets are balanced, all
  // else is to be checked before it is shown (JsonValue::parse): most are replaced by the next one unseen.
  std::string health_json;
};

// result_json, or the error when failed.
struct CommandResult {
  std::uint64_t id = 0;
  bool failed = false;
  std::string result_json = "null";
  int code = 0;
  std::string message;
  std::string data_json;
};

struct Alert {
  std::string id;            // the same id however often it is sent
  AlertLevel level = AlertLevel::warning;
  std::string code;          // "breaker_open"
  std::string text;
  std::string at;
  std::string details_json;  // an object; empty: none
};

// What the store's halt latch says, durably; sent after ready and after each change.
struct Latch {
  bool halted = false;
  std::string reason;
  std::string at;
};

// For those who subscribed: {"method":<kind>,"params":<json>}.
struct Event {
  std::string kind;         // "fill", "order", "trading", "log", ...
  std::string params_json;  // an object
};

// The last words before an exit.
struct Bye {
  int code = 0;
  std::string reason;
  bool halt = false;  // the next start is halted
};

using ToOrchestrator = std::variant<Attach, Go, Ping, Shutdown, Command, AlertOk>;
using ToSupervisor =
    std::variant<Hello, Progress, EpochForced, Ready, Pong, CommandResult, Alert, Latch, Event, Bye>;

[[nodiscard]] std::string encode(const ToOrchestrator& message);
[[nodiscard]] std::string encode(const ToSupervisor& message);
[[nodiscard]] Result<ToOrchestrator> decode_to_orchestrator(std::string_view packet);
[[nodiscard]] Result<ToSupervisor> decode_to_supervisor(std::string_view packet);

}  // namespace link
}  // namespace s1mple
