// The second half of ServiceMachine: how a process is ended, what follows its end, and what operators ask.
#include "supervisor/core/service_machine.h"

namespace s1mple {

namespace {

constexpr std::size_t kMaxByeShown = 1000;

std::string status_text(const ExitStatus& status) {
  if (status.signal != 0) return "signal " + std::to_string(status.signal);
  if (!status.code) return "unknown end";
  const auto known = exit_code_of(*status.code);
  return "exit " + std::to_string(*status.code) + (known ? " (" + std::string(to_text(*known)) + ")" : "");
}

// What the supervisor itself exits with: the orchestrator's code where that says what happened to it.
ExitCode code_of_unclean_end(const ExitStatus& status) {
  for (const ExitCode code : {ExitCode::state_damaged, ExitCode::store_failed, ExitCode::venue_refused})
    if (status.code == to_int(code)) return code;
  return ExitCode::internal;
}

}  // namespace

// ---- ending a process, phase by phase

void ServiceMachine::end_process(Phase phase, Then then, std::string why) {
  then_ = then;
  end_why_ = std::move(why);
  liveness_->stop_judging();
  link_until_.reset();
  if (state_ != ServiceState::stopping) move_to(ServiceState::stopping, end_why_);
  enter_phase(phase);
}

void ServiceMachine::enter_phase(Phase phase) {
  phase_ = phase;
  switch (phase) {
    case Phase::none:
      return;
    case Phase::asked:
      phase_until_ = now_ + settings_.shutdown.grace;
      return out(action::SendShutdown{settings_.shutdown.grace, flatten_, end_why_});
    case Phase::term:
      phase_until_ = now_ + settings_.shutdown.term_wait;
      return out(action::Send{action::Signal::term});
    case Phase::abort:
      phase_until_ = now_ + settings_.shutdown.abort_wait;
      return out(action::Send{action::Signal::abort});
    case Phase::kill:
      phase_until_ = now_ + settings_.shutdown.kill_wait;
      return out(action::Send{action::Signal::kill_group});
    case Phase::unkillable:
      move_to(ServiceState::waiting_for_lock, "the process cannot be killed");
      return out(action::Raise{AlertLevel::critical, "unkillable",
                               "the orchestrator does not end after SIGKILL; nothing is started until it does"});
  }
  ENSURE(false, "phase out of range");
}

void ServiceMachine::phase_over() {
  switch (phase_) {
    case Phase::none:
    case Phase::unkillable:
      return;
    case Phase::asked: return enter_phase(Phase::term);
    case Phase::term: return enter_phase(Phase::abort);
    case Phase::abort: return enter_phase(Phase::kill);
    case Phase::kill: return enter_phase(Phase::unkillable);
  }
  ENSURE(false, "phase out of range");
}

void ServiceMachine::end_hung(Phase phase, std::string why) {
  hung_ = true;
  end_process(phase, Then::decide, "hung: " + std::move(why));
}

// The verdict, with what the kernel says: SIGABRT does nothing to a stopped process, a debugger is spared.
void ServiceMachine::handle(const event::Inspected& seen) {
  if (!process_ || phase_ != Phase::none) return;
  switch (seen.condition) {
    case ProcessCondition::gone: return;
    case ProcessCondition::stopped: return end_hung(Phase::kill, hung_why_ + ", stopped");
    case ProcessCondition::traced: return spare_traced();
    case ProcessCondition::running: return end_hung(Phase::abort, hung_why_);
  }
  ENSURE(false, "process condition out of range");
}

void ServiceMachine::spare_traced() {
  if (!spared_until_) {
    spared_until_ = now_ + settings_.liveness.debugger_grace;
    out(action::Raise{AlertLevel::critical, "traced",
                      "the orchestrator does not answer because it is traced; it is spared for a while"});
  }
  if (now_ >= *spared_until_) return end_hung(Phase::kill, hung_why_ + ", traced");
  liveness_->pardon(now_);
  if (link_lost_) await_end();
}

// ---- after the end

StartCause ServiceMachine::cause_of(const ExitStatus& status) const {
  if (hung_) return StartCause::hang;
  if (then_ == Then::restart) return StartCause::restart;
  if (status.signal != 0) return StartCause::signal;
  return status.code ? StartCause::exit : StartCause::unknown;
}

Death ServiceMachine::death_of(const ExitStatus& status) const {
  Death death;
  death.status = status;
  death.cause = cause_of(status);
  death.was_ready = ready_at_ || stable_;  // an adopted one that was stable before was ready before, too
  death.ready_for = ready_at_ ? now_ - *ready_at_ : Nanos{};
  death.progressed = progressed_;
  return death;
}

void ServiceMachine::handle(const event::Exited& exited) {
  if (!process_) return;
  const Death death = death_of(exited.status);
  process_ = false;
  phase_ = Phase::none;
  liveness_.reset();
  spared_until_.reset();
  link_until_.reset();
  keep_until_.reset();
  after_exit(death);
  ready_at_.reset();
}

void ServiceMachine::after_exit(const Death& death) {
  switch (then_) {
    case Then::decide: {
      const Verdict verdict = policy_.on_death(death, now_);
      report(death, verdict.counted);
      raise_death(death);
      cause_ = death.cause;
      // What the orchestrator said last tells a person more than its exit code.
      if (std::holds_alternative<Park>(verdict.next) && !bye_.empty())
        policy_.park(policy_.parked_reason() + ": " + bye_.substr(0, kMaxByeShown));
      return follow(verdict);
    }
    case Then::restart:
      take_asked_end(death);
      return seek_start(StartCause::restart);
    case Then::stop:
      take_asked_end(death);
      return finish();
    case Then::park:
      report(death, false);
      policy_.park(end_why_);
      return stay_parked();
  }
  ENSURE(false, "what follows is out of range");
}

// Asked to end it should have exited 0: an end in the middle is told, and a store that failed then halts the next start.
void ServiceMachine::take_asked_end(const Death& death) {
  policy_.on_asked_end(death.status, now_);
  if (death.status.code == 0) return;
  if (then_ == Then::stop) end_code_ = code_of_unclean_end(death.status);
  report(death, false);
  raise_death(death);
}

void ServiceMachine::report(const Death& death, bool counted) {
  std::string why = end_why_.empty() ? status_text(death.status) : end_why_ + ", " + status_text(death.status);
  if (!bye_.empty()) why += ": " + bye_;
  out(action::Report{death, counted, mode_, starts_ - 1, std::move(why)});
}

void ServiceMachine::raise_death(const Death& death) {
  const std::string how = end_why_.empty() ? status_text(death.status) : end_why_;
  if (death.status.code == to_int(ExitCode::store_failed)) {
    out(action::LatchHalt{"the store could not be written: " + (bye_.empty() ? how : bye_)});
    return out(action::Raise{AlertLevel::critical, "store_failed",
                             "the store could not be written; the next start is halted until resume"});
  }
  const bool hung = death.cause == StartCause::hang;
  out(action::Raise{AlertLevel::warning, hung ? "orchestrator_hung" : "orchestrator_died",
                    "the orchestrator ended: " + (then_ == Then::decide ? how : how + ", " + status_text(death.status)) + (bye_.empty() ? "" : ": " + bye_)});
}

void ServiceMachine::follow(const Verdict& verdict) {
  if (std::holds_alternative<Park>(verdict.next)) return stay_parked();
  if (std::holds_alternative<WaitForLock>(verdict.next)) return wait_for_lock("another process", kLockRetry);
  const Instant at = std::get<StartAt>(verdict.next).at;
  if (!verdict.entered && at <= now_) return seek_start(cause_);
  move_to(ServiceState::backing_off, "next start in " + std::to_string(to_ms(at - now_)) + " ms");
  start_at_ = at;
  if (!verdict.entered) return out(action::Save{false});
  saving_until_ = now_ + kSaveWait;
  out(action::Save{true});
  out(action::Raise{AlertLevel::critical, "safe_mode",
                    "the orchestrator died too often; it is started in safe mode until `s1mple clear`"});
}

void ServiceMachine::stay_parked() {
  move_to(ServiceState::parked, policy_.parked_reason());
  out(action::Save{false});
  out(action::Raise{AlertLevel::critical, "parked",
                    "the orchestrator is not started again: " + policy_.parked_reason() +
                        "; when the cause is removed: s1mple clear"});
  if (settings_.restart.on_park != OnPark::cancel || cancelling_) return;
  cancelling_ = true;
  out(action::CancelAll{});
}

void ServiceMachine::handle(const event::CancelAllEnded& ended) {
  cancelling_ = false;
  if (ended.ok) out(action::Raise{AlertLevel::warning, "cancelled_all", "parked: " + ended.story});
  else
    out(action::Raise{AlertLevel::critical, "cancel_all_failed",
                      "parked, and the orders that add risk could not be cancelled: " + ended.story});
  if (finish_after_) finish();
}

void ServiceMachine::finish() {
  start_at_.reset();
  lock_check_at_.reset();
  seeking_ = false;
  finishing_ = true;
  move_to(ServiceState::stopped, asked_by_);
  saving_until_ = now_ + kSaveWait;
  out(action::Save{true});
}

// ---- what operators ask

void ServiceMachine::handle(const event::StopAsked& asked) {
  if (finishing_) return;
  asked_by_ = asked.by;
  if (!process_ && cancelling_ && !std::exchange(finish_after_, true)) return;  // asked again it is not waited for
  if (!process_) return finish();
  const bool again = then_ == Then::stop && phase_ != Phase::none;
  flatten_ = flatten_ || asked.flatten;
  if (!again && phase_ == Phase::none) return end_process(Phase::asked, Then::stop, asked.by);
  then_ = Then::stop;
  // Asked again: the second time hurries, the third kills.
  if (again && phase_ == Phase::asked) return enter_phase(Phase::term);
  if (again && phase_ != Phase::kill && phase_ != Phase::unkillable) enter_phase(Phase::kill);
}

std::variant<ServiceActions, Refusal> ServiceMachine::restart(std::optional<StartMode> mode, Instant now) {
  now_ = now;
  if (policy_.step() == LadderStep::parked) return Refusal{"parked: " + policy_.parked_reason(), "s1mple clear"};
  if (finishing_ || (then_ == Then::stop && phase_ != Phase::none)) return Refusal{"it is being stopped", ""};
  const bool safe = mode == StartMode::safe;
  if (policy_.step() == LadderStep::safe && mode && !safe) return Refusal{"in safe mode", "s1mple clear"};
  if (safe && policy_.step() != LadderStep::safe) policy_.enter_safe();
  if (!process_) {
    saving_until_.reset();
    seek_start(StartCause::restart);
  } else if (phase_ == Phase::none) {
    end_process(Phase::asked, Then::restart, "restart asked");
  } else {
    then_ = Then::restart;
  }
  return std::exchange(out_, {});
}

ServiceActions ServiceMachine::take(const SupervisorSettings& settings, Instant now) {
  now_ = now;
  settings_ = settings;
  policy_.take(settings.restart);
  if (liveness_) liveness_->take(settings.liveness, now);
  if (work_) work_->take(settings.liveness);
  // Else the new span would look like a deadline that we came late to.
  if (ready_at_ && !stable_ && now - *ready_at_ >= settings_.restart.stable_after) mark_stable();
  return std::exchange(out_, {});
}

std::variant<ServiceActions, Refusal> ServiceMachine::clear(Instant now) {
  now_ = now;
  if (finishing_ || (then_ == Then::stop && phase_ != Phase::none)) return Refusal{"it is being stopped", ""};
  if (!policy_.clear()) return Refusal{"neither safe nor parked: there is nothing to clear", ""};
  out(action::Save{false});
  if (!process_) {
    saving_until_.reset();
    seek_start(StartCause::restart);
  } else if (phase_ == Phase::none) {
    end_process(Phase::asked, Then::restart, "clear asked");
  } else {
    then_ = Then::restart;
  }
  return std::exchange(out_, {});
}

}  // namespace s1mple
