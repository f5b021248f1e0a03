// How one supervisor follows another without the orchestrator noticing more than a new voice on the link.
#include <unistd.h>

#include <csignal>

#include "common/os/files.h"
#include "supervisor/shell/control_methods.h"
#include "supervisor/shell/supervisor.h"

namespace s1mple {

std::string hand_over_marker(const std::string& home) { return home + "/handed-over"; }

// ---- after another one

void Supervisor::begin_orchestrator() {
  const bool planned = ::unlink(hand_over_marker(setup_.home).c_str()) == 0 || setup_.inherited.in_place;
  for (const std::string& name : inheritance_.stale) store_.forget(name);
  auto found = std::move(setup_.inherited.descriptors);  // what is not taken is closed with it
  setup_.inherited.descriptors.clear();
  if (!inheritance_.run) return runner_.begin();
  const auto& run = *inheritance_.run;
  const auto part = [&](RunPart which) { return std::move(found[run.parts[static_cast<std::size_t>(which)]].fd); };
  log_.write(LogLine(LogLevel::notice, "take_over")
                 .with("pid", run.pid)
                 .with("ended", run.ended)
                 .with("planned", planned)
                 .with("stable", stable_before_));
  OrchestratorProcess::Parts parts{static_cast<pid_t>(run.pid), part(RunPart::process), part(RunPart::link),
                                   part(RunPart::out), part(RunPart::error)};
  if (!runner_.adopt(std::move(parts), stable_before_)) return runner_.begin();
  if (!planned && !run.ended)
    raise(AlertLevel::warning, "supervisor_died",
          "the supervisor before this one ended without handing over; the orchestrator (pid " + std::to_string(run.pid) +
              ") went on and was taken over");
  if (other_key_ && !run.ended)
    raise(AlertLevel::info, "restart_needed",
          "the program or its configuration has changed; the orchestrator that was taken over goes on with what it was "
          "started with until s1mple restart");
}

// ---- before the next one

// The state is saved first; where the disk does not answer, systemd ends this process and starts the next one alike.
void Supervisor::hand_over() {
  if (stopping_ || is_leaving()) return;
  log_.write(LogLine(LogLevel::notice, "hand_over").with("by", "SIGUSR2"));
  if (!notify_.enabled()) return replace([](const Result<void>&) {});
  leaving_ = true;
  save([this](bool) {
    const auto leave = [this] {
      if (stopping_) return take_back_hand_over();
      exit_code_ = ExitCode::handed_over;
      loop_.stop();
    };
    const bool taken = worker_.submit([path = hand_over_marker(setup_.home)] { (void)AppendFile::open(path); }, leave);
    if (!taken) leave();
  });
}

// Somebody has asked for the end meanwhile, and that is more.
void Supervisor::take_back_hand_over() {
  leaving_ = false;
  (void)worker_.submit([path = hand_over_marker(setup_.home)] { (void)::unlink(path.c_str()); }, [] {});
}

// A program that cannot be run, or refuses the configuration, must not get hold of a running orchestrator.
void Supervisor::replace(Replaced checked_told) {
  if (stopping_ || is_leaving()) return checked_told(Error{Errc::busy, "it is being stopped or replaced already"});
  ChildSpec spec;
  spec.program = setup_.own_program;
  spec.arguments = {"check-config", setup_.config.path};
  spec.environment = environment_for_child();
  spec.descriptors = {{STDERR_FILENO, STDOUT_FILENO}, {STDERR_FILENO, STDERR_FILENO}};
  auto child = Child::spawn(loop_, spec, [this, checked_told](const ChildExit& exit) { checked(exit, checked_told); });
  if (!child) return checked_told(std::move(child).error());
  check_ = std::move(child).value();
  check_limit_.start_after(kCheckTakes);
}

void Supervisor::checked(const ChildExit& exit, const Replaced& told) {
  const auto ended = std::move(check_);
  check_limit_.cancel();
  if (exit.cause != ChildExit::Cause::exited || exit.code != 0) {
    const Error refused{Errc::refused, "'" + setup_.own_program + " check-config " + setup_.config.path + "': " +
                                           describe(exit) + "; nothing was changed, its words are in the log"};
    log_.write(LogLine(LogLevel::error, "upgrade_refused").with("story", refused.story));
    return told(refused);
  }
  if (stopping_) return told(Error{Errc::busy, "it is being stopped"});
  told({});
  runner_.give_up_commands("the supervisor is replaced");
  quiet_by_ = clock_.now() + kQuietWait;
  quiet_.start_after(kLookForQuiet);
  save({});
}

// An alert's command would be nobody's child, and a log line would be lost.
void Supervisor::replace_when_quiet() {
  if (stopping_) return;
  const bool busy = alerts_.is_running() || reloader_->is_running() || worker_.pending() > 0;
  if (busy && clock_.now() < quiet_by_) return quiet_.start_after(kLookForQuiet);
  replacing_ = true;
  loop_.stop();
}

void Supervisor::become_next_program() {
  auto descriptors = runner_.descriptors();
  for (auto& one : server_->descriptors()) descriptors.push_back(std::move(one));
  const Error why = replace_program(setup_.own_program,
                                    {"run", "--config", setup_.config.path, "--home", setup_.home}, descriptors);
  replacing_ = false;
  raise(AlertLevel::warning, "upgrade_failed", why.story + "; the supervisor goes on as it was");
}

}  // namespace s1mple
