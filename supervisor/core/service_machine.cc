#include "supervisor/core/service_machine.h"

#include <algorithm>
#include <array>

#include "common/contract/version.h"

namespace s1mple {

namespace {

using S = ServiceState;

struct Move {
  S from;
  S to;
};
// Every legal move; a start may follow a start at once (a store that failed is retried so).
constexpr std::array kMoves{
    Move{S::stopped, S::starting},          Move{S::stopped, S::waiting_for_lock}, Move{S::stopped, S::parked},
    Move{S::starting, S::starting},         Move{S::starting, S::running},         Move{S::starting, S::safe_mode},
    Move{S::starting, S::stopping},         Move{S::starting, S::backing_off},     Move{S::starting, S::parked},
    Move{S::starting, S::waiting_for_lock}, Move{S::running, S::stopping},         Move{S::running, S::starting},
    Move{S::running, S::backing_off},       Move{S::running, S::waiting_for_lock}, Move{S::running, S::parked},
    Move{S::safe_mode, S::stopping},        Move{S::safe_mode, S::starting},       Move{S::safe_mode, S::backing_off},
    Move{S::safe_mode, S::waiting_for_lock}, Move{S::safe_mode, S::parked},        Move{S::stopping, S::starting},
    Move{S::stopping, S::backing_off},      Move{S::stopping, S::waiting_for_lock}, Move{S::stopping, S::parked},
    Move{S::stopping, S::stopped},          Move{S::backing_off, S::starting},     Move{S::backing_off, S::stopped},
    Move{S::backing_off, S::waiting_for_lock}, Move{S::backing_off, S::backing_off},
    Move{S::waiting_for_lock, S::starting}, Move{S::waiting_for_lock, S::stopped},
    Move{S::waiting_for_lock, S::parked},   Move{S::waiting_for_lock, S::backing_off},
    Move{S::parked, S::starting},           Move{S::parked, S::waiting_for_lock},  Move{S::parked, S::stopped}};

bool is_legal(S from, S to) {
  return std::any_of(kMoves.begin(), kMoves.end(), [&](const Move& m) { return m.from == from && m.to == to; });
}

void keep_earliest(std::optional<Instant>& earliest, const std::optional<Instant>& candidate) {
  if (candidate && (!earliest || *candidate < *earliest)) earliest = candidate;
}

}  // namespace

ServiceMachine::ServiceMachine(const SupervisorSettings& settings, std::string instance, Random& random)
    : settings_(settings), instance_(std::move(instance)), random_(random), policy_(settings.restart, random) {}

ServiceActions ServiceMachine::on(const ServiceEvent& event, Instant now) {
  now_ = now;
  std::visit([this](const auto& e) { handle(e); }, event);
  return std::exchange(out_, {});
}

void ServiceMachine::move_to(ServiceState next, std::string_view why) {
  ENSURE(is_legal(state_, next), "illegal move of the service");
  out(action::Moved{state_, next, std::string(why)});
  state_ = next;
  reason_ = why;
}

std::optional<Instant> ServiceMachine::wake_at() const {
  std::optional<Instant> earliest;
  const bool asks = phase_ == Phase::none || phase_ == Phase::asked || phase_ == Phase::term;
  if (liveness_ && asks) earliest = liveness_->wake_at();
  if (phase_ != Phase::none && phase_ != Phase::unkillable) keep_earliest(earliest, phase_until_);
  if (ready_at_ && !stable_) keep_earliest(earliest, *ready_at_ + settings_.restart.stable_after);
  // A start that also waits for the disk is woken by Saved, or by the end of that wait.
  keep_earliest(earliest, saving_until_ ? saving_until_ : start_at_);
  keep_earliest(earliest, keep_until_);
  keep_earliest(earliest, link_until_);
  keep_earliest(earliest, lock_check_at_);
  return earliest;
}

std::optional<Instant> ServiceMachine::next_start() const { return start_at_; }

// ---- starting

void ServiceMachine::handle(const event::Begin&) {
  if (policy_.step() == LadderStep::parked) return stay_parked();
  seek_start(StartCause::start);
}

void ServiceMachine::seek_start(StartCause cause) {
  ENSURE(!process_, "a start is sought while a process may live");
  cause_ = cause;
  start_at_.reset();
  lock_check_at_.reset();
  seeking_ = true;
  out(action::CheckLock{});
}

void ServiceMachine::handle(const event::LockSeen& seen) {
  if (!seeking_) return;
  seeking_ = false;
  if (!seen.free) return wait_for_lock(seen.holder, kLockPoll);
  begin_run();
  mode_ = policy_.mode();
  policy_.on_start(now_);
  out(action::Spawn{mode_, cause_, starts_});
  ++starts_;
  move_to(ServiceState::starting, "start in mode " + std::string(to_text(mode_)));
  out(action::Save{false});
}

void ServiceMachine::begin_run() {
  process_ = true;
  stable_ = progressed_ = hung_ = link_lost_ = greeted_ = adopted_ = false;
  ready_at_.reset();
  keep_until_.reset();
  bye_.clear();
  bye_code_.reset();
  end_why_.clear();
  phase_ = Phase::none;
  then_ = Then::decide;
  liveness_.emplace(settings_.liveness, instance_, random_, now_);
  work_.emplace(settings_.liveness);
}

// Its hello, sent anew, says in which mode it runs; a run that was stable is no death that counts.
void ServiceMachine::handle(const event::Adopted& adopted) {
  ENSURE(!process_ && state_ == ServiceState::stopped, "adopted beside another process");
  begin_run();
  adopted_ = true;
  stable_ = progressed_ = adopted.stable;
  ++starts_;
  move_to(ServiceState::starting, "took over the running orchestrator");
  if (policy_.step() == LadderStep::parked) return end_process(Phase::asked, Then::park, policy_.parked_reason());
  mode_ = policy_.mode();
  policy_.on_adopt(!adopted.stable, now_);
  out(action::Save{false});
}

void ServiceMachine::wait_for_lock(const std::string& holder, Nanos next_check) {
  const std::string who = holder.empty() ? "the store is locked" : "the store is locked by " + holder;
  if (!lock_since_) lock_since_ = now_;
  if (state_ != ServiceState::waiting_for_lock) move_to(ServiceState::waiting_for_lock, who);
  lock_check_at_ = now_ + next_check;
  if (lock_alerted_ || now_ - *lock_since_ < kLockAlertAfter) return;
  lock_alerted_ = true;
  out(action::Raise{AlertLevel::critical, "lock_held", who + "; nothing is started until it is free"});
}

void ServiceMachine::handle(const event::Spawned& spawned) {
  // It can make no progress meanwhile, so this wait ends before anybody could call it hung.
  if (spawned.keeping) keep_until_ = now_ + std::min(kKeepWait, settings_.liveness.startup_progress_timeout / 2);
}

void ServiceMachine::handle(const event::Kept& kept) {
  if (!keep_until_) return;
  keep_until_.reset();
  if (!kept.confirmed)
    out(action::Raise{AlertLevel::warning, "not_kept",
                      "systemd did not confirm that it keeps the orchestrator's descriptors; should the supervisor die, "
                      "the orchestrator ends in order instead of going on"});
  let_go();
}

// A repeated `go` does no harm: the one before may not have been read.
void ServiceMachine::let_go() {
  if (!greeted_ || keep_until_) return;
  greeted_ = false;
  out(action::SendGo{});
}

void ServiceMachine::handle(const event::SpawnFailed& failed) {
  end_why_ = "cannot be started: " + failed.why;
  handle(event::Exited{ExitStatus{}});
}

// ---- while it runs

void ServiceMachine::handle(const event::Hello& hello) {
  if (!process_ || phase_ != Phase::none) return;
  if (hello.link_version != kLinkVersion) {
    return end_process(adopted_ ? Phase::asked : Phase::term, adopted_ ? Then::restart : Then::park,
                       "its link version " + std::to_string(hello.link_version) + " (program " + hello.version +
                           ") does not fit ours, " + std::to_string(kLinkVersion));
  }
  liveness_->on_hello(now_);
  if (adopted_ && hello.mode) mode_ = *hello.mode;
  greeted_ = true;
  let_go();
}

void ServiceMachine::handle(const event::Progress& progress) {
  if (liveness_) liveness_->on_progress(progress.phase, progress.done, now_);
}

void ServiceMachine::handle(const event::Ready&) {
  if (!process_ || ready_at_) return;
  ready_at_ = now_;
  lock_since_.reset();
  lock_alerted_ = false;
  liveness_->on_ready(now_);
  policy_.on_ready(now_);
  if (phase_ != Phase::none) return;
  move_to(mode_ == StartMode::safe ? ServiceState::safe_mode : ServiceState::running, "ready");
}

void ServiceMachine::handle(const event::Pong& pong) {
  if (!liveness_) return;
  switch (liveness_->on_pong(pong.instance, pong.number, pong.nonce, now_)) {
    case PongKind::other_instance:
      return;
    case PongKind::fault:
      return out(action::Note{"pong_fault", "number " + std::to_string(pong.number) + " was repeated or never asked"});
    case PongKind::valid:
      break;
  }
  spared_until_.reset();
  progressed_ = progressed_ || pong.counters.market_durable > 0;
  if (ready_at_ && progressed_ && !stable_) mark_stable();
  if (ready_at_ && phase_ == Phase::none) watch_work(pong);
}

// It answers: told first, and ended only where that could help and it has lasted.
void ServiceMachine::watch_work(const event::Pong& pong) {
  const WorkSeen seen = work_->on_answer(pong.counters, pong.data_live, now_);
  for (const Standstill what : seen.begun)
    out(action::Raise{what == Standstill::data ? AlertLevel::warning : AlertLevel::critical,
                      std::string(to_text(what)) + "_stands_still", story_of(what)});
  for (const Standstill what : seen.over) out(action::Note{"works_again", std::string(to_text(what))});
  if (!seen.hung) return;
  hung_why_ = "it answers, but " + story_of(*seen.hung);
  out(action::Inspect{true});
}

// Who was suspended together with everything else has not used up anybody's time.
void ServiceMachine::forgive_lateness() {
  const auto due = wake_at();
  if (!due || now_ - *due < kLate) return;
  const Nanos lateness = now_ - *due;
  phase_until_ += lateness;
  for (auto* until : {&keep_until_, &link_until_, &saving_until_})
    if (*until) **until += lateness;
}

void ServiceMachine::mark_stable() {
  stable_ = true;
  policy_.on_stable();
  out(action::Save{false});
}

void ServiceMachine::handle(const event::Bye& bye) {
  if (!process_) return;
  bye_ = bye.reason;
  bye_code_ = bye.code;
  if (bye.halt) out(action::LatchHalt{bye.reason});
}

// It may be on its way out, with its descriptors closed before its end can be seen. No ping can be answered now.
void ServiceMachine::handle(const event::LinkLost&) {
  if (!process_ || phase_ != Phase::none || link_lost_) return;
  link_lost_ = true;
  liveness_->stop_judging();
  await_end();
}

void ServiceMachine::await_end() {
  link_until_ = now_ + settings_.liveness.ping_interval * settings_.liveness.lost_pings;
}

void ServiceMachine::beat() {
  const Beat due = liveness_->on_wake(now_);
  if (due.ask) out(action::SendPing{due.number, due.nonce});
  if (due.suspect) out(action::Inspect{false});
  if (!due.hung) return;
  hung_why_ = due.why;
  out(action::Inspect{true});
}

void ServiceMachine::handle(const event::Woke&) {
  forgive_lateness();
  const bool asks = phase_ == Phase::none || phase_ == Phase::asked || phase_ == Phase::term;
  if (liveness_ && asks) beat();
  if (keep_until_ && now_ >= *keep_until_) handle(event::Kept{false});
  if (link_until_ && now_ >= *link_until_) {
    link_until_.reset();
    hung_why_ = "it closed its link and did not end";
    out(action::Inspect{true});
  }
  if (ready_at_ && !stable_ && now_ - *ready_at_ >= settings_.restart.stable_after) mark_stable();
  if (phase_ != Phase::none && phase_ != Phase::unkillable && now_ >= phase_until_) phase_over();
  if (saving_until_ && now_ >= *saving_until_) handle(event::Saved{false});
  if (start_at_ && !saving_until_ && now_ >= *start_at_) seek_start(cause_);
  if (lock_check_at_ && now_ >= *lock_check_at_) seek_start(cause_);
}

void ServiceMachine::handle(const event::Saved& saved) {
  if (!saving_until_) return;
  saving_until_.reset();
  if (!saved.ok)
    out(action::Raise{AlertLevel::critical, "supervisor_not_saved",
                      "supervisor.json could not be written in time; a restart of the machine may forget the ladder"});
  if (finishing_) return out(action::Ended{end_code_});
  if (start_at_ && now_ >= *start_at_) seek_start(cause_);
}

}  // namespace s1mple
