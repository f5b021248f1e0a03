// The orchestrator's part in the link: what a supervisor says, and what a new one is told.
#include <sys/prctl.h>

#include <utility>

#include "common/base/json.h"
#include "common/contract/version.h"
#include "orchestrator/engine/operator_desk.h"
#include "orchestrator/shell/orchestrator_process.h"

namespace s1mple {

void OrchestratorProcess::on_attach(const link::Attach& attach) {
  if (attach.link_version != kLinkVersion) {
    const std::string why = "the supervisor speaks link version " + std::to_string(attach.link_version) +
                            ", this program " + std::to_string(kLinkVersion);
    return attach.adopted ? on_link_ended(why) : end(ExitCode::usage, why);
  }
  if (attach.adopted && attach_) return greet_again(attach);
  attach_ = attach;
  options_.mode = attach.mode;
  if (attach.adopted) link_->hello();   // the one from the start may have been read by the supervisor before
}

// Another supervisor has taken over: it hears everything again that it may not have heard, and only tells whether it
// is halted; mode and cause are those of the start.
void OrchestratorProcess::greet_again(const link::Attach& attach) {
  log_.write(LogLine(LogLevel::notice, "adopted").with("instance", attach.instance).with("version", attach.version));
  const bool has_epoch = step_ > Step::books;
  const auto epoch = has_epoch ? std::optional(books_store_->report().epoch) : std::nullopt;
  link_->hello(epoch, options_.mode);
  if (epoch) link_->epoch_forced(*epoch);
  if (step_ >= Step::running) link_->ready(*epoch);
  take_latch(attach);
  latch_sent_ = false;
  if (step_ < Step::running) return;
  for (const PendingAlert& alert : books_.alerts())
    link_->alert({alert.id, alert.level, alert.code, alert.text, alert.at});
}

// Like a command that nobody waits for.
void OrchestratorProcess::take_latch(const link::Attach& attach) {
  if (!attach.halted) return;
  attach_->halted = true;
  attach_->halt_reason = attach.halt_reason;
  if (step_ != Step::running || books_.is_halted_by_operator()) return;
  JsonWriter params;
  params.begin_object().text("reason", attach.halt_reason.empty() ? "the supervisor is halted" : attach.halt_reason);
  auto parsed = JsonValue::parse(params.end_object().str());
  ENSURE(parsed.ok(), "what was written can be read");
  world_->runtime().post(Command{"", "", std::string(kSupervisorsLatch), "halt", std::move(*parsed)});
}

void OrchestratorProcess::on_go() {
  ::prctl(PR_SET_PDEATHSIG, 0);
  if (step_ != Step::waiting || !attach_) return;
  step_ = Step::locking;
  next_slice();
}

LinkSession::Beat OrchestratorProcess::on_ping() {
  if (step_ != Step::running) return {};
  Runtime& runtime = world_->runtime();
  return {runtime.counters(), runtime.durable_status()};
}

void OrchestratorProcess::on_command(Command command) {
  if (step_ == Step::running) return world_->runtime().post(std::move(command));
  // The supervisor latches a halt and answers it as durable, also while this process starts. `attach` was sent before
  // and says nothing of it, so it is taken as if `attach` had: it is durable here before anything leaves.
  if (step_ < Step::running && attach_ && command.method == "halt" && !command.params.find("scope")) {
    attach_->halted = true;
    if (const auto reason = command.params.text_at("reason")) attach_->halt_reason = *reason;
  }
  link_->reply({command.id, false, -32003, R"({"reason":"starting"})", "the orchestrator is not ready yet; try again in a moment"});
}

void OrchestratorProcess::on_alert_ok(const std::string& id) {
  if (step_ == Step::running) world_->runtime().post(AlertDelivered{id});
}

void OrchestratorProcess::on_shutdown(Nanos grace, const std::string& reason) {
  if (step_ == Step::running) return world_->runtime().post(ShutdownAsked{grace});
  if (step_ < Step::running) end(ExitCode::done, "stopped before it was ready: " + reason);
}

void OrchestratorProcess::on_supervisor_lost(const std::string& reason) {
  link_gone_ = true;
  log_.write(LogLine(LogLevel::critical, "supervisor_lost").with("reason", reason));
  if (step_ == Step::running) world_->runtime().post(SupervisorLost{reason});
}

void OrchestratorProcess::on_supervisor_back() {
  link_gone_ = false;
  if (step_ == Step::running) world_->runtime().post(SupervisorBack{});
}

void OrchestratorProcess::on_link_ended(const std::string& reason) {
  log_.write(LogLine(LogLevel::critical, "link_ended").with("reason", reason));
  if (step_ != Step::running) return step_ < Step::running ? end(ExitCode::unavailable, reason) : void();
  unavailable_ = true;
  world_->runtime().post(ShutdownAsked{kDrainAlone});
}

}  // namespace s1mple
