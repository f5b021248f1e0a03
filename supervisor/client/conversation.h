// Conversation: one command from the question to the printed answer and the exit code.
//
// Prints the page (or the JSON-RPC result) on standard output and failures on standard error. Blocking, with limits.
// Borrows everything it is given. Thread: one.
#pragma once

#include "supervisor/client/arguments.h"
#include "supervisor/client/failures.h"
#include "supervisor/client/machine.h"
#include "supervisor/client/session.h"

namespace s1mple::client {

class Conversation {
 public:
  Conversation(const Invocation& asked, const std::vector<std::string>& paths, const Machine& machine,
               const Speaker& speaker)
      : asked_(asked), paths_(paths), machine_(machine), speaker_(speaker) {}

  [[nodiscard]] int run();

 private:
  [[nodiscard]] int run_with(Session& session);
  [[nodiscard]] int stay_subscribed(Session& session);
  [[nodiscard]] int watch_json(Session& session);
  [[nodiscard]] int show_version(const JsonValue* result) const;
  [[nodiscard]] int show(Session& session, const JsonValue& result);
  [[nodiscard]] int wait_for_evidence(Session& session);
  [[nodiscard]] Result<std::string> missing_evidence(Session& session);
  // The answer, or the pages of a list merged into one.
  [[nodiscard]] Result<RpcReply> answer(Session& session);
  [[nodiscard]] Result<RpcReply> answer_in_pages(Session& session);
  [[nodiscard]] int report(const Failure& failure, const RpcReply* reply) const;
  [[nodiscard]] Nanos patience() const;

  const Invocation& asked_;
  const std::vector<std::string>& paths_;
  const Machine& machine_;
  const Speaker& speaker_;
  std::string key_;
};

}  // namespace s1mple::client
