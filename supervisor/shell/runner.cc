#include "supervisor/shell/runner.h"

#include <algorithm>
#include <csignal>

#include "common/contract/version.h"
#include "common/os/lock_file.h"
#include "common/os/process_info.h"
#include "common/os/signals.h"
#include "supervisor/shell/captured_run.h"
#include "supervisor/shell/crash_reports.h"
#include "supervisor/shell/descriptor_store.h"
#include "supervisor/shell/log_sink.h"

namespace s1mple {

namespace {

// As the orchestrator writes it into its health; parsing it at each ping would cost more than the ping.
constexpr std::string_view kLiveData = R"("data":{"state":"live")";
constexpr Nanos kCancelAllLimit = 60s;
constexpr std::size_t kCancelAllSaid = 1000;  // of its last words, in the alert
constexpr std::uint64_t kCommandIds = 1ULL << 48;  // where the numbers of commands begin, somewhere below

}  // namespace

Runner::Runner(Loop& loop, const Clock& clock, const SupervisorSettings& settings, Program program,
               std::string instance, Random& random, RunnerHost& host, CrashReports& reports, DescriptorStore& store,
               LogSink& log)
    : loop_(loop),
      clock_(clock),
      settings_(settings),
      program_(std::move(program)),
      instance_(std::move(instance)),
      host_(host),
      reports_(reports),
      store_(store),
      log_(log),
      machine_(settings, instance_, random),
      timer_(loop, [this] { loop_.defer([this] { handle(event::Woke{}); }); }),
      output_([this](std::string_view line) { log_.pass(line); }),
      passed_(loop, clock, random.below(kCommandIds)),
      state_since_(clock.wall()) {
  command_.program = program_.path;
  command_.environment = environment_for_orchestrator();
}

Runner::~Runner() = default;

// ---- events to the machine, actions from it

void Runner::handle(ServiceEvent event) {
  events_.push_back(std::move(event));
  settle();
}

void Runner::settle() {
  if (handling_) return;
  handling_ = true;
  while (!events_.empty()) {
    const ServiceEvent event = std::move(events_.front());
    events_.pop_front();
    perform_all(machine_.on(event, clock_.now()));
  }
  handling_ = false;
  const auto wake = machine_.wake_at();
  if (wake == armed_ && timer_.active()) return;
  armed_ = wake;
  if (wake) timer_.start_at(*wake);
  else timer_.cancel();
}

void Runner::perform_all(ServiceActions actions) {
  for (const auto& action : actions) std::visit([this](const auto& a) { perform(a); }, action);
}

std::optional<Refusal> Runner::restart(std::optional<StartMode> mode) {
  auto answer = machine_.restart(mode, clock_.now());
  if (auto* refusal = std::get_if<Refusal>(&answer)) return *refusal;
  handling_ = true;
  perform_all(std::get<ServiceActions>(std::move(answer)));
  handling_ = false;
  settle();
  return std::nullopt;
}

std::optional<Refusal> Runner::clear() {
  auto answer = machine_.clear(clock_.now());
  if (auto* refusal = std::get_if<Refusal>(&answer)) return *refusal;
  handling_ = true;
  perform_all(std::get<ServiceActions>(std::move(answer)));
  handling_ = false;
  settle();
  return std::nullopt;
}

void Runner::take(const SupervisorSettings& settings) {
  settings_ = settings;
  handling_ = true;
  perform_all(machine_.take(settings, clock_.now()));
  handling_ = false;
  settle();
}

bool Runner::pass(link::Command command, PassedCommands::Done done) {
  if (!process_ || passed_.full()) return false;
  command.id = passed_.add(std::move(done));
  if (!process_->send(command)) {
    auto result = failed_result(-32002, "the orchestrator's link does not take it");
    result.id = command.id;
    loop_.defer([this, result] { passed_.answer(result); });
  }
  return true;
}

void Runner::send_alert_ok(const std::string& id) {
  if (process_) (void)process_->send(link::AlertOk{id});
}

// ---- what the orchestrator says and does

OrchestratorProcess::Callbacks Runner::callbacks() {
  OrchestratorProcess::Callbacks callbacks;
  callbacks.on_message = [this](link::ToSupervisor message) { take(std::move(message)); };
  callbacks.on_bad_packet = [this](const Error& why) {
    log_.write(LogLine(LogLevel::error, "link_packet_unread").with("story", why.story));
  };
  callbacks.on_link_lost = [this] { handle(event::LinkLost{}); };
  callbacks.on_output = [this](OutputTail::Stream stream, std::string_view bytes) { output_.take(stream, bytes); };
  callbacks.on_end = [this](const ChildExit& exit) { ended(exit); };
  return callbacks;
}

void Runner::take(link::ToSupervisor message) {
  if (const auto* hello = std::get_if<link::Hello>(&message)) {
    run_.version = hello->version;
    if (adopted_ && hello->mode) run_.mode = *hello->mode;
    if (hello->epoch) host_.told(link::EpochForced{*hello->epoch});
    return handle(event::Hello{hello->link_version, hello->version, hello->mode});
  }
  if (const auto* progress = std::get_if<link::Progress>(&message)) {
    run_.progress = *progress;
    return handle(event::Progress{progress->phase, progress->done});
  }
  if (const auto* ready = std::get_if<link::Ready>(&message)) {
    run_.epoch = ready->epoch;
    if (last_death_ && !last_death_->downtime) last_death_->downtime = clock_.now() - last_death_->seen;
    host_.told(link::EpochForced{ready->epoch});
    return handle(event::Ready{});
  }
  if (const auto* pong = std::get_if<link::Pong>(&message)) {
    if (pong->instance == instance_) run_.saw_pong(*pong, clock_.wall());
    const bool live = pong->health_json.find(kLiveData) != std::string::npos;
    return handle(event::Pong{pong->instance, pong->number, pong->nonce, pong->counters, live});
  }
  if (const auto* result = std::get_if<link::CommandResult>(&message)) return passed_.answer(*result);
  if (const auto* bye = std::get_if<link::Bye>(&message)) {
    run_.bye = bye->reason;
    log_.write(LogLine(LogLevel::notice, "bye").with("code", bye->code).with("reason", bye->reason));
    return handle(event::Bye{bye->code, bye->reason, bye->halt});
  }
  if (const auto* epoch = std::get_if<link::EpochForced>(&message)) run_.epoch = epoch->epoch;
  host_.told(std::move(message));
}

void Runner::ended(const ChildExit& exit) {
  for (const auto stream : {OutputTail::Stream::out, OutputTail::Stream::error}) output_.end(stream);
  exit_ = exit;
  const std::unique_ptr<OrchestratorProcess> gone = std::move(process_);
  passed_.give_up("the orchestrator ended");
  forget_descriptors(run_.pid);
  if (exit.cause == ChildExit::Cause::never_started) return handle(event::SpawnFailed{exit.story});
  if (exit.cause == ChildExit::Cause::unknown) return ended_without_status();
  ExitStatus status;
  if (exit.cause == ChildExit::Cause::exited) status.code = exit.code;
  else status.signal = exit.signal;
  status.dumped_core = exit.core_dumped;
  handle(event::Exited{status});
  reports_.drop_last_words(gone->pid());
}

// ---- actions

void Runner::perform(const action::CheckLock&) {
  const auto holder = lock_holder(program_.lock_path);
  event::LockSeen seen{true, ""};
  if (!holder && holder.error().code != Errc::not_found) seen = {false, holder.error().story};
  if (holder && *holder) seen = {false, **holder == 0 ? "another process" : "pid " + std::to_string(**holder)};
  events_.push_back(std::move(seen));
}

link::Attach Runner::attach_for(const action::Spawn& spawn) {
  link::Attach attach;
  attach.instance = instance_;
  attach.version = product_version();
  attach.link_version = kLinkVersion;
  attach.mode = spawn.mode;
  attach.cause = spawn.cause;
  attach.attempt = spawn.attempt;
  attach.after_store_failed = machine_.policy().after_store_failed();
  attach.drain_on_eof = program_.drain_on_eof;
  attach.ping_interval_ms = to_ms(settings_.liveness.ping_interval);
  attach.link_grace_ms =
      to_ms(program_.drain_on_eof ? settings_.liveness.link_grace_systemd : settings_.liveness.link_grace);
  attach.previous = previous_;
  host_.fill_attach(attach);
  return attach;
}

void Runner::perform(const action::Spawn& spawn) {
  command_.arguments = {"run",   "--config", program_.config,       "--home",
                        program_.home, "--mode", std::string(to_text(spawn.mode)), "--link",
                        std::to_string(kLinkDescriptor)};
  output_.clear();
  std::string environment = std::move(run_.environment);
  run_ = RunRecord{};
  run_.environment = std::move(environment);
  run_.mode = spawn.mode;
  run_.attempt = spawn.attempt;
  run_.started = clock_.now();
  auto started = OrchestratorProcess::start(loop_, command_, callbacks());
  if (!started) {
    exit_ = ChildExit{};
    exit_.cause = ChildExit::Cause::never_started;
    exit_.story = started.error().story;
    events_.push_back(event::SpawnFailed{exit_.story});
    return;
  }
  process_ = std::move(started).value();
  run_.pid = process_->pid();
  adopted_ = false;
  (void)process_->send(attach_for(spawn));
  const bool keeping = store_.keep(process_->descriptors(), [this, pid = run_.pid] {
    if (process_ && run_.pid == pid) handle(event::Kept{true});
  });
  events_.push_back(event::Spawned{keeping});
  JsonWriter out;
  out.begin_object().number("pid", run_.pid).text("mode", to_text(spawn.mode)).text("cause", to_text(spawn.cause));
  out.number("attempt", spawn.attempt).end_object();
  host_.announce("start", out.take());
}

void Runner::perform(const action::SendGo&) {
  if (process_) (void)process_->send(link::Go{});
}

void Runner::perform(const action::SendPing& ping) {
  if (process_) (void)process_->send(link::Ping{instance_, ping.number, ping.nonce});
}

void Runner::perform(const action::SendShutdown& shutdown) {
  if (process_) (void)process_->send(link::Shutdown{to_ms(shutdown.grace), shutdown.flatten, shutdown.reason});
}

void Runner::perform(const action::Send& send) {
  if (!process_) return;
  switch (send.signal) {
    case action::Signal::term: return process_->signal(SIGTERM, false);
    case action::Signal::abort: return process_->signal(SIGABRT, false);
    case action::Signal::kill_group: return process_->signal(SIGKILL, true);
  }
  ENSURE(false, "signal out of range");
}

void Runner::perform(const action::Inspect& inspect) {
  if (!process_) return;
  run_.saw_process(process_->pid(), clock_.wall(), machine_.missed_pings());
  if (!inspect.decide) return;
  const auto info = read_process_info(process_->pid());
  ProcessCondition condition = ProcessCondition::running;
  if (process_->has_ended()) condition = ProcessCondition::gone;
  // One that an earlier start of the service made lives in that start's user namespace, and a fenced in /proc hides it
  // from this one: nobody knows then whether it is stopped, and SIGKILL follows SIGABRT soon enough.
  else if (!info) log_.write(LogLine(LogLevel::warning, "process_unseen").with("story", info.error().story));
  else if (info->tracer != 0 || info->state == 't') condition = ProcessCondition::traced;
  else if (info->state == 'T') condition = ProcessCondition::stopped;
  events_.push_back(event::Inspected{condition});
}

void Runner::perform(const action::Save& save) {
  if (!save.tell) return host_.save({});
  host_.save([this](bool ok) { handle(event::Saved{ok}); });
}

void Runner::perform(const action::LatchHalt& latch) {
  host_.told(link::Latch{true, latch.reason, to_rfc3339(clock_.wall())});
}

void Runner::perform(const action::CancelAll&) {
  ChildSpec spec;
  spec.program = program_.path;
  spec.arguments = {"cancel-all", "--config", program_.config, "--home", program_.home};
  spec.environment = command_.environment;
  cancel_all_ = std::make_unique<CapturedRun>(loop_, spec, kCancelAllLimit, &log_, [this](const auto& outcome) {
    const auto ended = std::move(cancel_all_);  // its callback is this one
    const std::size_t shown = std::min(outcome.said.size(), kCancelAllSaid);
    const std::string said = outcome.said.substr(outcome.said.size() - shown);
    handle(event::CancelAllEnded{outcome.ok, "cancel-all: " + outcome.how + (said.empty() ? "" : ": " + said)});
  });
}

void Runner::perform(const action::Moved& moved) {
  state_since_ = clock_.wall();
  log_.write(LogLine(LogLevel::notice, "service")
                 .with("from", to_text(moved.from))
                 .with("to", to_text(moved.to))
                 .with("why", moved.why)
                 .with("pid", process_ ? process_->pid() : 0));
  JsonWriter out;
  out.begin_object().text("from", to_text(moved.from)).text("to", to_text(moved.to)).text("why", moved.why);
  out.end_object();
  host_.announce("state", out.take());
}

void Runner::perform(const action::Raise& raise) { host_.raise(raise.level, raise.code, raise.text); }

void Runner::perform(const action::Report& report) {
  DeathRecord death;
  death.id = reports_.next_id();
  death.at = clock_.wall();
  death.exit = exit_;
  death.report = report;
  death.step = machine_.policy().step();
  death.counted_in_window = machine_.policy().counted(clock_.now());
  death.uptime = clock_.now() - run_.started;
  const std::string summary = death_summary(death, run_);
  reports_.add(summary, death_report(death, run_, program_.path, program_.config, output_.tail()), run_.pid);

  const ExitStatus& status = report.death.status;
  last_death_ = LastDeath{death.at, clock_.now(), report.death.cause, status, death.id, std::nullopt};
  previous_ = link::PreviousRun{};
  previous_->pid = run_.pid;
  previous_->exit_code = status.code;
  previous_->signal = status.signal == 0 ? "" : signal_name(status.signal);
  previous_->last_beat_at = run_.beats.empty() ? "" : to_rfc3339(run_.beats.back().at);
  previous_->report = std::to_string(death.id);
  log_.write(LogLine(LogLevel::error, "death")
                 .with("pid", run_.pid)
                 .with("cause", to_text(report.death.cause))
                 .with("why", report.why)
                 .with("counted", report.counted)
                 .with("report", death.id));
  host_.announce("death", summary);
}

void Runner::perform(const action::Note& note) {
  log_.write(LogLine(LogLevel::warning, note.event).with("text", note.text));
}

void Runner::perform(const action::Ended& end) { host_.ended(end.code); }

}  // namespace s1mple
