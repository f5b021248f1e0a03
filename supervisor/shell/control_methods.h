// The methods of control.sock: which are answered here, which are passed to the orchestrator, which are both.
//
// One table names every method with its parameters and what it does (`help` prints it). Answers: PROTOCOL.md.
// Owner: the Supervisor, whose parts it drives. Thread: the loop's. Failure: an error answer.
#pragma once

#include <functional>
#include <string>

#include "common/contract/link.h"
#include "supervisor/shell/control_server.h"

namespace s1mple {

class Supervisor;

class ControlMethods {
 public:
  explicit ControlMethods(Supervisor& supervisor) : supervisor_(supervisor) {}

  void serve(ControlServer::Call call);

  void version(const ControlServer::Call& call);
  void help(const ControlServer::Call& call);
  void status(const ControlServer::Call& call);
  void restart(const ControlServer::Call& call);
  void clear(const ControlServer::Call& call);
  void shutdown(const ControlServer::Call& call);
  void alerts(const ControlServer::Call& call);
  void ack(const ControlServer::Call& call);
  void alert_test(const ControlServer::Call& call);
  void crashes(const ControlServer::Call& call);
  void subscribe(const ControlServer::Call& call);
  void upgrade(const ControlServer::Call& call);
  void halt(const ControlServer::Call& call);
  void resume(const ControlServer::Call& call);
  void pass(const ControlServer::Call& call);
  void reload(const ControlServer::Call& call);

 private:
  bool pass_with(const ControlServer::Call& call, std::function<void(const link::CommandResult&)> done);
  void answer(const ControlServer::Call& call, const link::CommandResult& result);
  void not_running(const ControlServer::Call& call);

  Supervisor& supervisor_;
};

}  // namespace s1mple
