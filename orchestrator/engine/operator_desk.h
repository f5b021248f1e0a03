// OperatorDesk: operators' commands, in every phase (common/contract/PROTOCOL.md says request and result of
// each).
//
// A reply is an action and waits for what the command made durable. A command with a key that was handled
// before gets the first answer again, except that a halt is always carried out where there is none.
// Parameters that make no sense are -32602 and name the member, refusals -32003 with reason and the command
// that helps, -32004 wants confirm.
// Owner: made for one command; borrows the engine's parts. Thread: loop.
#pragma once

#include <string>
#include <string_view>

#include "common/contract/rpc.h"
#include "orchestrator/domain/event.h"

namespace s1mple {

struct EngineParts;

// Who asks where a halt is only the supervisor's latch, told anew after an adoption. No operator has this name: theirs
// are made of numbers by the supervisor.
inline constexpr std::string_view kSupervisorsLatch = "the supervisor's latch";

class OperatorDesk {
 public:
  static constexpr std::uint64_t kDefaultLimit = 50;
  static constexpr std::uint64_t kMaxLimit = 100;
  static constexpr std::size_t kMaxReason = 500;  // bytes of a reason that is kept

  explicit OperatorDesk(EngineParts& parts) : parts_(parts) {}
  void handle(const Command& command);

 private:
  struct Refused {
    RpcErrorCode code = RpcErrorCode::refused;
    std::string message;
    std::string reason;  // for programs
    std::string help;    // the command that helps
  };
  using Outcome = std::variant<std::string, Refused>;  // the result as JSON, or why not

  [[nodiscard]] Outcome perform(const Command& command);
  [[nodiscard]] Outcome halt(const Command& command);
  [[nodiscard]] Outcome resume(const Command& command);
  [[nodiscard]] Outcome reconcile();
  [[nodiscard]] Outcome flatten(const Command& command);
  [[nodiscard]] Outcome accept(const Command& command);
  // operator_lists.cc
  [[nodiscard]] Outcome list_orders(const Command& command);
  [[nodiscard]] Outcome list_positions(const Command& command);
  [[nodiscard]] Outcome list_fills(const Command& command);
  [[nodiscard]] Outcome explain(const Command& command);

  void remember(const Command& command, const std::string& result);
  void renew_identity(const std::string& why);
  [[nodiscard]] static Result<std::string> reason_of(const Command& command);
  [[nodiscard]] static Result<std::uint64_t> limit_of(const Command& command);
  [[nodiscard]] static Result<std::string> after_of(const Command& command);
  [[nodiscard]] static Outcome invalid(const Error& error);

  EngineParts& parts_;
};

}  // namespace s1mple
