#include "supervisor/shell/supervisor.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>

#include "common/contract/version.h"
#include "common/os/entropy.h"
#include "common/os/pidfd.h"
#include "common/os/resident_memory.h"
#include "supervisor/core/age.h"
#include "supervisor/shell/control_methods.h"
#include "supervisor/shell/status_view.h"

namespace s1mple {

namespace {

std::string random_name(std::uint64_t bits) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(bits));
  return digits;
}

bool has_controlling_terminal() { return UniqueFd(::open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY)).valid(); }

}  // namespace

Supervisor::Supervisor(Loop& loop, SupervisorSetup setup)
    : loop_(loop),
      setup_(std::move(setup)),
      random_(entropy()),
      instance_(random_name(random_.next())),
      log_(clock_),
      worker_(loop),
      store_(loop, notify_),
      keeper_(setup_.home + "/supervisor.json", worker_, log_),
      alerts_(loop, clock_, setup_.config.settings.alerts, random_, worker_, log_, setup_.home + "/alerts.log"),
      reports_(setup_.home + "/crashes", worker_, log_),
      runner_(
          loop, clock_, setup_.config.settings,
          {setup_.config.program, setup_.config.path, setup_.home, setup_.home + "/state/LOCK", notify_.enabled()},
          instance_, random_, *this, reports_, store_, log_),
      watchdog_(loop, [this] { loop_.defer([this] { notify_.send("WATCHDOG=1"); }); }),
      memory_(loop, [] { give_back_memory(); }),
      check_limit_(loop, [this] { if (check_) (void)check_->signal(SIGKILL); }),
      quiet_(loop, [this] { replace_when_quiet(); }),
      reloader_(std::make_unique<Reloader>(loop, worker_, setup_.config.path, setup_.own_program)),
      running_with_(setup_.config.started_with),
      started_(clock_.now()),
      has_terminal_(has_controlling_terminal()) {}

Supervisor::~Supervisor() = default;

// ---- the life of the program

ExitCode Supervisor::run() {
  log_.use_directory(setup_.home + "/logs", worker_);
  if (auto prepared = prepare(); !prepared) {
    std::fprintf(stderr, "supervisor: %s\n", prepared.error().story.c_str());
    return prepared.error().code == Errc::busy ? ExitCode::lock_held : ExitCode::usage;
  }
  begin();
  for (loop_.run(); replacing_; loop_.run()) become_next_program();  // which returns only where it failed
  if (leaving_) server_->keep_socket();
  server_.reset();  // removes the socket
  log_.write(LogLine(LogLevel::notice, "supervisor_end").with("pid", ::getpid()));
  log_.leave_directory();
  return exit_code_;
}

Result<void> Supervisor::prepare() {
  std::vector<FoundDescriptor> found;
  for (const auto& one : setup_.inherited.descriptors)
    found.push_back({one.name, one.name.starts_with(to_text(RunPart::process)) && has_ended(one.fd.get())});
  inheritance_ = sort_out(found);
  if (auto loaded = reports_.load(inheritance_.run ? inheritance_.run->pid : 0); !loaded) return loaded;
  methods_ = std::make_unique<ControlMethods>(*this);
  return open_control();
}

Result<void> Supervisor::open_control() {
  ListenSpec spec;
  spec.path = setup_.socket_path;
  if (!setup_.config.settings.group.empty()) {
    auto group = find_group(setup_.config.settings.group);
    if (!group) return std::move(group).error().during("supervisor.group");
    spec.group = *group;
    spec.mode = 0660;
  }
  auto& inherited = setup_.inherited.descriptors;
  UniqueFd before = inheritance_.control ? std::move(inherited[*inheritance_.control].fd) : UniqueFd();
  auto server = ControlServer::open(loop_, spec, std::move(before),
                                    [this](ControlServer::Call call) { methods_->serve(std::move(call)); });
  if (!server) return std::move(server).error();
  server_ = std::move(server).value();
  if (!server_->is_inherited()) {
    if (inheritance_.control) store_.forget(std::string(kControlName));
    (void)store_.keep({server_->listener()}, [] {});
  }
  for (const std::size_t at : inheritance_.clients) server_->adopt_client(std::move(inherited[at].fd), false);
  for (const std::size_t at : inheritance_.subscribers) server_->adopt_client(std::move(inherited[at].fd), true);
  return {};
}

void Supervisor::begin() {
  constexpr std::array kSignals{SIGTERM, SIGINT, SIGHUP, SIGUSR2};
  signals_ = std::make_unique<SignalWatcher>(loop_, kSignals, [this](int signal) { on_signal(signal); });
  if (::getpid() == 1) orphans_ = std::make_unique<OrphanReaper>(loop_);
  log_.write(LogLine(LogLevel::notice, "supervisor_start")
                 .with("version", product_version())
                 .with("pid", ::getpid())
                 .with("home", setup_.home)
                 .with("socket", setup_.socket_path)
                 .with("orchestrator", setup_.config.program));
  alerts_.load();
  load_state();
  notify_.send("READY=1\nSTATUS=starting");
  start_watchdog();
  begin_orchestrator();
}

void Supervisor::load_state() {
  auto loaded = keeper_.load();
  if (!loaded) return refuse_state(loaded.error());
  if (!*loaded) {
    RestartTally first;
    first.clean = true;
    return runner_.restore(first, Nanos{});
  }
  state_ = std::move(**loaded);
  stable_before_ = !state_.tally.reserved;
  other_key_ = state_.tally.key != setup_.config.key;
  // A run that is taken over did not die: what was reserved for its death is reserved again.
  if (inheritance_.run) state_.tally.reserved = false;
  const Nanos age = age_of(state_.saved_at, clock_.wall());
  if (other_key_) {
    log_.write(LogLine(LogLevel::notice, "ladder_reset").with("why", "another program or configuration"));
    RestartTally fresh;
    fresh.after_store_failed = state_.tally.after_store_failed;
    fresh.clean = state_.tally.clean;
    state_.tally = fresh;
  }
  runner_.restore(state_.tally, age);
}

// Nobody knows whether it said "halted": so it did. The orchestrator's own store keeps the epoch.
void Supervisor::refuse_state(const Error& error) {
  log_.write(LogLine(LogLevel::critical, "supervisor_state_damaged").with("story", error.story));
  runner_.restore(RestartTally{}, Nanos{});
  state_.halt = {true, "supervisor.json could not be read", "supervisor", to_rfc3339(clock_.wall())};
  raise(AlertLevel::critical, "supervisor_state_damaged",
        error.story + "; the start goes on in recovery, halted until resume");
}

void Supervisor::on_signal(int signal) {
  if (signal == SIGHUP && !has_terminal_) return reload_for_signal();
  if (signal == SIGUSR2) return hand_over();
  stop(signal_name(signal), false);
}

void Supervisor::stop(std::string by, bool flatten) {
  stopping_ = true;
  const auto& wait = setup_.config.settings.shutdown;
  const Nanos longest = wait.grace + wait.term_wait + wait.abort_wait + wait.kill_wait;
  notify_.send("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(longest.count() / 1000));
  log_.write(LogLine(LogLevel::notice, "stop").with("by", by));
  runner_.stop(std::move(by), flatten);
}

void Supervisor::ended(ExitCode code) {
  exit_code_ = code;
  loop_.stop();
}

void Supervisor::start_watchdog() {
  // Sent from a deferred function: timers, sockets and children of the pass were served before it.
  if (const auto interval = notify_.watchdog_interval()) watchdog_.start_every(*interval);
}

void Supervisor::tell_status(std::string_view text) { notify_.send("STATUS=" + std::string(text)); }

// It reads the configuration itself, as it stands now.
void Supervisor::started_orchestrator() {
  running_with_ = setup_.config.started_with;
  if (!next_key_.empty()) setup_.config.key = next_key_;
  memory_.start_after(kStartTakes);
}

// ---- what the runner needs

void Supervisor::fill_attach(link::Attach& attach) {
  attach.halted = state_.halt.halted;
  attach.halt_reason = state_.halt.reason;
  attach.mirror_epoch = state_.epoch;
}

void Supervisor::save(std::function<void(bool ok)> done) {
  state_.saved_at = clock_.wall();
  state_.tally = runner_.machine().policy().tally(clock_.now());
  state_.tally.key = setup_.config.key;
  keeper_.save(state_, std::move(done));
}

void Supervisor::raise(AlertLevel level, std::string code, std::string text) {
  link::Alert alert;
  alert.id = "s-" + instance_.substr(0, 8) + "-" + std::to_string(++last_alert_);
  alert.level = level;
  alert.code = std::move(code);
  alert.text = std::move(text);
  alert.at = to_rfc3339(clock_.wall());
  told(std::move(alert));
}

void Supervisor::told(link::ToSupervisor message) {
  if (const auto* epoch = std::get_if<link::EpochForced>(&message)) return take_epoch(epoch->epoch);
  if (const auto* latch = std::get_if<link::Latch>(&message)) return take_latch(*latch);
  if (const auto* event = std::get_if<link::Event>(&message)) return announce(event->kind, event->params_json);
  auto* alert = std::get_if<link::Alert>(&message);
  if (alert == nullptr) return;
  if (!alerts_.outbox().has(alert->id)) {
    JsonWriter out;
    write_alert(out, *alert);
    announce("alert", out.take());
  }
  const std::string id = alert->id;
  alerts_.raise(std::move(*alert), [this, id] { runner_.send_alert_ok(id); });
}

void Supervisor::take_epoch(std::uint64_t epoch) {
  if (epoch <= state_.epoch) return;
  state_.epoch = epoch;
  save({});
}

// The store's latch closes ours; ours is opened by `resume` alone.
void Supervisor::take_latch(const link::Latch& latch) {
  if (!latch.halted || state_.halt.halted) return;
  set_halt(true, latch.reason, "orchestrator", {});
}

void Supervisor::set_halt(bool halted, std::string reason, std::string by, std::function<void(bool ok)> done) {
  state_.halt = {halted, std::move(reason), std::move(by), to_rfc3339(clock_.wall())};
  log_.write(LogLine(LogLevel::notice, halted ? "halt" : "resume")
                 .with("by", state_.halt.by)
                 .with("reason", state_.halt.reason));
  JsonWriter out;
  out.begin_object().boolean("halted", halted).text("reason", state_.halt.reason).end_object();
  announce("halt", out.take());
  save(std::move(done));
}

void Supervisor::announce(std::string_view kind, std::string params_json) {
  if (kind == "state") tell_status(to_text(runner_.machine().state()));
  if (kind == "start") started_orchestrator();
  if (!server_ || !server_->has_subscribers()) return;
  server_->broadcast(encode_notification("event", event_params_json(kind, clock_.wall(), params_json)));
}

}  // namespace s1mple
