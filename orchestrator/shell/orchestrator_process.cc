#include "orchestrator/shell/orchestrator_process.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include "common/contract/version.h"
#include "common/os/entropy.h"
#include "common/os/files.h"
#include "orchestrator/shell/text_file.h"

namespace s1mple {
namespace {

ExitCode code_of(Errc code) {
  switch (code) {
    case Errc::damaged:
    case Errc::unsupported: return ExitCode::state_damaged;
    case Errc::io:
    case Errc::no_space:
    case Errc::timeout: return ExitCode::store_failed;
    case Errc::busy: return ExitCode::lock_held;
    case Errc::closed: return ExitCode::unavailable;
    case Errc::invalid:
    case Errc::not_found:
    case Errc::exists:
    case Errc::refused:
    case Errc::overflow: return ExitCode::usage;
  }
  ENSURE(false, "Errc out of range");
}

}  // namespace

OrchestratorProcess::OrchestratorProcess(Configuration configuration, RunOptions options,
                                         MakeLayer make_layer)
    : configuration_(std::move(configuration)),
      options_(std::move(options)),
      make_layer_(std::move(make_layer)),
      log_(options_.link ? nullptr : &machine_),
      random_(entropy()) {}

OrchestratorProcess::~OrchestratorProcess() = default;

ExitCode OrchestratorProcess::run() {
  ignore_sigpipe();
  const std::array<int, 3> stops{SIGTERM, SIGINT, SIGHUP};
  signals_ = std::make_unique<SignalWatcher>(loop_, stops, [this](int signal) { on_signal(signal); });
  loop_.at_pass_end([this] { after_pass(); });
  if (options_.link) {
    auto link = LinkSession::open(loop_, machine_, *options_.link, *this);
    if (!link) {
      log_.write(LogLine(LogLevel::critical, "link_refused").with("story", link.error().story));
      return ExitCode::usage;
    }
    link_ = std::move(*link);
    link_->hello();
  } else {
    log_.write(LogLine(LogLevel::notice, "unsupervised")
                   .with("text", "nobody restarts this process, and no operator can reach it"));
    step_ = Step::locking;
    next_slice();
  }
  loop_.run();
  return code_;
}

// ---- start-up, a slice at a time

void OrchestratorProcess::next_slice() {
  loop_.defer([this] { slice(); });
}

void OrchestratorProcess::slice() {
  const Instant until = machine_.now() + kSlice;
  while (step_ > Step::waiting && step_ < Step::running) {
    if (step_ == Step::exchange && exchange_store_->is_analysing()) return;  // its end goes on here
    auto next = one_slice();
    if (!next) return fail(next.error());
    if (*next == Step::running) return start_world();
    step_ = *next;
    if (machine_.now() >= until) return next_slice();
  }
}

Result<OrchestratorProcess::Step> OrchestratorProcess::one_slice() {
  switch (step_) {
    case Step::locking: return lock();
    case Step::books: return recover(*books_store_, Step::exchange);
    case Step::exchange: return recover(*exchange_store_, Step::opening);
    case Step::opening: return open_world();
    case Step::catching_up: {
      auto done = world_->catch_up();
      if (!done) return std::move(done).error();
      if (link_) link_->progress("catch_up", 0, 0);
      return *done ? Step::running : Step::catching_up;
    }
    case Step::waiting:
    case Step::running:
    case Step::closing:
    case Step::ended: break;
  }
  ENSURE(false, "no slice in this step");
}

Result<OrchestratorProcess::Step> OrchestratorProcess::lock() {
  const std::string books = options_.home + "/state";
  const std::string exchange = books + "/paper";
  if (auto made = ensure_directory(options_.home); !made) return std::move(made).error();
  auto directory = StoreDirectory::open(books, StoreDirectory::Missing::create);
  if (!directory) return std::move(directory).error().during("take the books");
  auto exchange_directory = StoreDirectory::open(exchange, StoreDirectory::Missing::create);
  if (!exchange_directory)
    return std::move(exchange_directory).error().during("take the paper exchange's books");

  auto installation = Installation::read(options_.home);
  if (!installation) return std::move(installation).error();
  installation_ = std::move(*installation);

  RecoverySettings settings;
  settings.options = configuration_.store;
  settings.after_store_failed = attach_ && attach_->after_store_failed;
  RecoverySettings of_exchange = settings;
  settings.mirror_epoch = attach_ ? attach_->mirror_epoch : 0;
  books_store_ =
      std::make_unique<StoreFiles>(loop_, std::move(*directory), books_folding_, machine_, settings);
  exchange_store_ = std::make_unique<StoreFiles>(loop_, std::move(*exchange_directory), exchange_folding_,
                                                 machine_, of_exchange);
  exchange_store_->analyse_in_background(
      [this](const RecoveryProgress& progress) { tell_progress(progress); },
      [this] {
        if (step_ == Step::exchange) next_slice();
      });
  return Step::books;
}

void OrchestratorProcess::tell_progress(const RecoveryProgress& progress) {
  if (link_ && step_ < Step::running) link_->progress(progress.phase, progress.done, progress.total);
}

Result<OrchestratorProcess::Step> OrchestratorProcess::recover(StoreFiles& files, Step then) {
  auto done = files.recover();
  if (!done) {
    if (const std::string story = files.damage_story(); !story.empty()) return Error{Errc::damaged, story};
    return std::move(done).error();
  }
  if (!*done) {
    tell_progress(files.progress());
    return step_;
  }
  const RecoveryReport& report = files.report();
  log_.write(LogLine(LogLevel::notice, "recovered")
                 .with("store", &files == books_store_.get() ? "orchestrator" : "paper")
                 .with("seq", report.seq)
                 .with("records", report.records)
                 .with("epoch", report.epoch)
                 .with("clean_stop", report.clean_stop)
                 .with("torn_bytes", report.torn_bytes)
                 .with("empty", report.was_empty)
                 .with("older_generation", report.older_generation)
                 .with("archived_orders", report.archived_orders)
                 .with("archived_fills", report.archived_fills));
  if (report.archive_tail_bytes != 0)
    log_.write(LogLine(LogLevel::warning, "archive_tail_ignored").with("bytes", report.archive_tail_bytes));
  for (const std::string& name : report.set_aside)
    log_.write(LogLine(LogLevel::warning, "set_aside").with("file", name));
  if (&files == books_store_.get() && link_) link_->epoch_forced(report.epoch);
  return then;
}

Result<OrchestratorProcess::Step> OrchestratorProcess::open_world() {
  const RecoveryReport& report = books_store_->report();
  const IdentitySet& identity = books_.identity();
  const std::string environment(to_text(configuration_.environment));
  if (!identity.tag.empty() && identity.environment != environment)
    return Error{Errc::refused,
                 "this home holds the books of a " + identity.environment + " environment; give " +
                     environment +
                     " its own --home, or move the books aside with: orchestrator store archive --dir " +
                     options_.home + "/state"};

  const bool mirror_ahead = attach_ && attach_->mirror_epoch > report.found_epoch + 1;
  draw_new_tag_ = report.salvaged || (mirror_ahead && !identity.tag.empty());
  if (identity.tag.empty() || draw_new_tag_) {
    new_tag_ = installation_.draw(random_);
    std::vector<std::string> ours = identity.earlier_tags;
    if (!identity.tag.empty()) ours.push_back(identity.tag);
    installation_.adopt(new_tag_, ours);
  } else {
    installation_.adopt(identity.tag, identity.earlier_tags);
  }
  if (auto written = installation_.write(options_.home); !written) return std::move(written).error();

  PaperWorld::Parts parts{configuration_,
                          books_,
                          exchange_books_,
                          books_store_->store(),
                          exchange_store_->store(),
                          clock_,
                          *this,
                          open_text_file,
                          [this](Error error) { books_store_->store().abandon(std::move(error)); },
                          report.epoch,
                          random_.next(),
                          nullptr,
                          [this](const Error& error) { loop_.defer([this, error] { fail(error); }); },
                          nullptr,
                          make_layer_};
  auto world = PaperWorld::make(std::move(parts));
  if (!world) return std::move(world).error();
  world_ = std::move(*world);
  books_store_->set_listener(world_->runtime());
  exchange_store_->set_listener(world_->environment());
  world_->environment().close_storage_with(
      [this](std::function<void(Result<void>)> done) { exchange_store_->store().close(std::move(done)); });
  if (auto opened = world_->open(random_); !opened) return std::move(opened).error();
  return Step::catching_up;
}

StartInfo OrchestratorProcess::start_info() const {
  const RecoveryReport& report = books_store_->report();
  StartInfo info;
  info.epoch = report.epoch;
  info.mode = options_.mode;
  info.cause = attach_ ? std::string(to_text(attach_->cause)) : "start";
  info.halted_by_supervisor = attach_ && attach_->halted;
  info.halt_reason = attach_ ? attach_->halt_reason : "";
  info.after_store_failed = attach_ && attach_->after_store_failed;
  info.fell_back_to_older_generation = report.older_generation;
  info.draw_new_tag = draw_new_tag_;
  info.new_tag = new_tag_;
  info.earlier_tags = installation_.earlier;
  info.environment = to_text(configuration_.environment);
  info.venue = "paper";
  info.account = "paper";
  return info;
}

void OrchestratorProcess::start_world() {
  step_ = Step::running;
  for (StoreFiles* files : {books_store_.get(), exchange_store_.get()})
    files->check_archives([this](const Error& error) { fail(error); });
  world_->start(start_info());
  if (link_) link_->ready(books_store_->report().epoch);
  log_.write(LogLine(LogLevel::notice, "ready")
                 .with("epoch", books_store_->report().epoch)
                 .with("mode", to_text(options_.mode)));
  space_.start_every(kSpaceCheck);
  if (link_gone_) world_->runtime().post(SupervisorLost{"the link was closed"});
}

void OrchestratorProcess::check_space() {
  if (step_ != Step::running) return;
  books_store_->store().check_space();
  exchange_store_->store().check_space();
}

// ---- running

void OrchestratorProcess::after_pass() {
  if (step_ != Step::running) return;
  Runtime& runtime = world_->runtime();
  runtime.set_loop_lag(loop_.take_longest_pass());
  tell_latch();
  if (auto kept = keep_installation(); !kept) return fail(kept.error());
  if (configuration_.at_end == AtEnd::stop && world_->environment().has_ended() && runtime.is_settled()) {
    configuration_.at_end = AtEnd::wait;
    runtime.post(ShutdownAsked{kDrainAlone});
  }
  if (step_ != Step::running) return;
  if (const auto when = runtime.wake_at()) wake_.start_at(*when);
}

// A `resume` may have drawn a new tag. `cancel-all` must know it before the first order carries it, and none does
// before the record of the tag is durable, which takes until a later pass.
Result<void> OrchestratorProcess::keep_installation() {
  const IdentitySet& identity = books_.identity();
  if (identity.tag.empty() || identity.tag == installation_.tag) return {};
  installation_.adopt(identity.tag, identity.earlier_tags);
  return installation_.write(options_.home);
}

// What the supervisor mirrors is only what is durable here.
void OrchestratorProcess::tell_latch() {
  const StateStore& store = books_store_->store();
  if (!link_ || store.durable_seq() < store.last_seq()) return;
  const bool halted = books_.is_halted_by_operator();
  if (latch_sent_ && halted == halt_told_) return;
  latch_sent_ = true;
  halt_told_ = halted;
  std::string reason;
  WallTime since{};
  for (const Reason& one : books_.reasons())
    if (one.source == ReasonSource::operator_halt) {
      reason = one.text;
      since = one.since;
    }
  link_->latch(halted, reason, since);
}

void OrchestratorProcess::perform(const Action& action) {
  if (const auto* line = std::get_if<WriteLog>(&action)) return log_.write(line->line);
  if (const auto* stop = std::get_if<Stop>(&action)) return begin_close(stop->code, stop->reason);
  if (const auto* alert = std::get_if<SendAlert>(&action)) {
    log_.write(LogLine(LogLevel::critical, "alert")
                   .with("id", alert->id)
                   .with("code", alert->code)
                   .with("text", alert->text));
    if (link_) return link_->alert(*alert);
    const std::string id = alert->id;  // alone, the log is the channel
    return loop_.defer([this, id] {
      if (step_ == Step::running) world_->runtime().post(AlertDelivered{id});
    });
  }
  if (!link_) return;
  if (const auto* reply = std::get_if<Reply>(&action)) return link_->reply(*reply);
  if (const auto* note = std::get_if<Publish>(&action)) return link_->publish(note->json);
  ENSURE(false, "an action that is not for the outlet");
}

void OrchestratorProcess::on_signal(int signal) {
  log_.write(LogLine(LogLevel::notice, "signal").with("name", signal_name(signal)));
  on_shutdown(kDrainAlone, signal_name(signal));
}

// ---- the end

void OrchestratorProcess::begin_close(ExitCode code, const std::string& reason) {
  if (step_ == Step::closing || step_ == Step::ended) return;
  code_ = code == ExitCode::done && unavailable_ ? ExitCode::unavailable : code;
  reason_ = reason;
  if (code == ExitCode::store_failed) return end(code, reason);
  step_ = Step::closing;
  if (link_) link_->progress("snapshot", 0, 0);
  world_->environment().stand_still();
  close_by_ = machine_.now() + kLastEvents;
  quiet_.start_after(Nanos{});
}

// What the exchange did before it stood still is recorded first; a record after the close would have no place.
void OrchestratorProcess::close_when_quiet() {
  if (step_ != Step::closing) return;
  if (!world_->environment().is_quiet() && machine_.now() < close_by_)
    return quiet_.start_after(kLookForQuiet);
  world_->runtime().stop();
  books_store_->store().close([this](Result<void> closed) {
    if (!closed) return fail(closed.error());
    world_->environment().close([this](Result<void> exchange_closed) {
      if (!exchange_closed) return fail(exchange_closed.error());
      end(code_, reason_);
    });
  });
}

void OrchestratorProcess::fail(const Error& error) { end(code_of(error.code), error.story); }

// The last words. A sync that never returns must not hold the process: after a failed store it leaves at once.
void OrchestratorProcess::end(ExitCode code, const std::string& reason) {
  if (step_ == Step::ended) return;
  step_ = Step::ended;
  code_ = code;
  const LogLevel level = code == ExitCode::done ? LogLevel::notice : LogLevel::critical;
  log_.write(LogLine(level, "end").with("code", to_int(code)).with("reason", reason));
  if (link_) link_->bye(code, reason, code == ExitCode::store_failed);
  if (code == ExitCode::store_failed) ::_exit(to_int(code));
  loop_.stop();
}

}  // namespace s1mple
