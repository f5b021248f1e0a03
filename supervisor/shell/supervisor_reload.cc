// How a running supervisor takes over another configuration: what may change at once does, the rest is named.
#include <memory>

#include "supervisor/shell/reloader.h"
#include "supervisor/shell/supervisor.h"

namespace s1mple {

// systemd 253 wants to know since when; earlier ones pass over it.
void Supervisor::reload(const std::string& by, Reloaded told) {
  if (stopping_ || is_leaving()) return told(Error{Errc::busy, "it is being stopped or replaced"});
  if (reloader_->is_running()) return told(Error{Errc::busy, "a reload runs already"});
  notify_.send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(clock_.now().time_since_epoch().count() / 1000));
  reloader_->begin([this, by, done = std::move(told)](Result<LoadedConfig> config) {
    if (!stopping_) notify_.send("READY=1\nSTATUS=" + std::string(to_text(runner_.machine().state())));
    memory_.start_after(kStartTakes);
    if (config) return done(take(std::move(config).value(), by));
    log_.write(LogLine(LogLevel::error, "reload_refused").with("by", by).with("story", config.error().story));
    done(std::move(config).error());
  });
}

// Nobody waits for the answer to a signal, so a refusal becomes an alert.
void Supervisor::reload_for_signal() {
  if (reloader_->is_running()) {
    reload_again_ = true;  // the file may have changed since the one at hand was read
    return;
  }
  reload("SIGHUP", [this](const Result<Reload>& done) {
    if (!done) raise(AlertLevel::warning, "reload_refused", done.error().story + "; nothing was changed");
    if (std::exchange(reload_again_, false)) loop_.defer([this] { reload_for_signal(); });
  });
}

// One funnel for every part that keeps settings.
Supervisor::Reload Supervisor::take(LoadedConfig config, const std::string& by) {
  Reload reload{plan_reload(setup_.config.settings, config.settings, running_with_, config.started_with),
                std::move(config.warnings)};
  const auto& plan = reload.plan;
  setup_.config.settings = plan.settings;
  setup_.config.started_with = std::move(config.started_with);
  // The ladder of the orchestrator at hand stays the one of what it was started with.
  next_key_ = std::move(config.key);
  if (plan.of_orchestrator.empty() && plan.of_supervisor.empty()) setup_.config.key = next_key_;
  runner_.take(plan.settings);
  alerts_.take(plan.settings.alerts);
  save({});
  log_.write(LogLine(LogLevel::notice, "reload")
                 .with("by", by)
                 .with("taken", listed(plan.taken))
                 .with("restart_needed", listed(plan.of_orchestrator))
                 .with("supervisor_restart_needed", listed(plan.of_supervisor)));
  return reload;
}

}  // namespace s1mple
