// What a failed command means to the person who typed it: one sentence, what helps, and the exit code.
//
// Source: common/contract/PROTOCOL.md section 3 (codes and data), exit_code.h. Thread: any; pure.
#pragma once

#include <string>

#include "common/contract/exit_code.h"
#include "common/contract/rpc.h"
#include "supervisor/client/arguments.h"
#include "supervisor/client/vitals.h"

namespace s1mple::client {

struct Failure {
  ExitCode code = ExitCode::command_refused;
  std::string text;  // without line end; may have a second line with what helps
};

// `key` is the id that was asked under; the advice after an unknown outcome repeats it.
[[nodiscard]] Failure failure_of(const RpcReply& reply, const Invocation& asked, const std::string& key,
                                 const Speaker& speaker);

// No answer at all: the connection ended, or nothing came in time.
[[nodiscard]] Failure unanswered(const Error& error, const Invocation& asked, const std::string& key,
                                 const Speaker& speaker);

}  // namespace s1mple::client
