#include "supervisor/shell/state_keeper.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include "common/os/files.h"
#include "common/os/worker.h"
#include "supervisor/shell/log_sink.h"

namespace s1mple {

StateKeeper::StateKeeper(std::string path, Worker& worker, LogSink& log)
    : path_(std::move(path)), worker_(worker), log_(log) {}

Result<std::optional<SavedState>> StateKeeper::load() {
  auto text = read_file(path_, SavedState::kMaxBytes);
  if (!text && text.error().code == Errc::not_found) return std::optional<SavedState>();
  if (!text && text.error().code != Errc::invalid) return std::move(text).error();
  auto state = text ? decode_saved_state(*text) : Result<SavedState>(Error{Errc::damaged, "it is too long"});
  if (state) return std::optional(std::move(state).value());
  const std::string aside = path_ + ".damaged";
  if (std::rename(path_.c_str(), aside.c_str()) != 0) return os_error("set aside " + path_, errno);
  return Error{Errc::damaged, path_ + ": " + state.error().story + "; kept as " + aside};
}

void StateKeeper::save(const SavedState& state, Done done) {
  next_ = encode_saved_state(state);
  if (done) next_done_.push_back(std::move(done));
  if (!writing_) write_next();
}

void StateKeeper::write_next() {
  auto outcome = std::make_shared<Result<void>>();
  writing_done_ = std::exchange(next_done_, {});
  writing_ = worker_.submit(
      [outcome, path = path_, text = std::exchange(next_, {})] { *outcome = replace_file(path, text); },
      [this, outcome] { written(*outcome); });
  if (!writing_) written(Error{Errc::busy, "too much waits for the disk"});
}

void StateKeeper::written(const Result<void>& outcome) {
  writing_ = false;
  if (outcome.ok() == failing_) {
    failing_ = !outcome.ok();
    log_.write(failing_ ? LogLine(LogLevel::error, "state_not_saved").with("story", outcome.error().story)
                        : LogLine(LogLevel::notice, "state_saved_again"));
  }
  for (auto& done : std::exchange(writing_done_, {})) done(outcome.ok());
  if (!next_.empty() && !writing_) write_next();
}

}  // namespace s1mple
