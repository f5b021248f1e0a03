#include "supervisor/shell/cancel_all_run.h"

#include <unistd.h>

#include <csignal>
#include <utility>

#include "supervisor/shell/log_sink.h"

namespace s1mple {

namespace {

constexpr Nanos kDrain = 50ms;

}  // namespace

CancelAllRun::CancelAllRun(Loop& loop, const ChildSpec& program, LogSink& log, Done done)
    : done_(std::move(done)),
      output_([&log](std::string_view line) { log.pass(line); }),
      limit_(loop, [this] { (void)child_->signal_group(SIGKILL); }),
      ended_(loop, [this] { finish(); }) {
  start(loop, program);
}

void CancelAllRun::start(Loop& loop, ChildSpec spec) {
  ended_.start_after(0ns);  // what fails here is told from the loop, not from the constructor
  auto said = make_pipe();
  if (!said) return void(story_ = said.error().story);
  spec.descriptors = {{said->writing.get(), STDOUT_FILENO}, {said->writing.get(), STDERR_FILENO}};
  spec.takes_group_along = true;
  auto child = Child::spawn(loop, spec, [this](const ChildExit& exit) {
    exit_ = std::make_unique<ChildExit>(exit);
    ended_.start_after(reader_ ? kDrain : 0ns);
  });
  if (!child) return void(story_ = child.error().story);
  child_ = std::move(child).value();
  ended_.cancel();
  PipeReader::Callbacks callbacks;
  callbacks.on_bytes = [this](std::string_view bytes) { output_.take(OutputTail::Stream::out, bytes); };
  callbacks.on_end = [this] {
    reader_.reset();
    if (exit_) ended_.start_after(0ns);
  };
  auto reader = PipeReader::open(loop, std::move(said->reading), std::move(callbacks));
  if (reader) reader_ = std::move(reader).value();
  limit_.start_after(kLimit);
}

void CancelAllRun::finish() {
  output_.end(OutputTail::Stream::out);
  const bool ok = exit_ && exit_->cause == ChildExit::Cause::exited && exit_->code == 0;
  std::string said = output_.tail();
  if (said.size() > kStoryEnd) said.erase(0, said.size() - kStoryEnd);
  while (!said.empty() && said.back() == '\n') said.pop_back();
  if (exit_) story_ = "cancel-all: " + describe(*exit_) + (said.empty() ? "" : ": " + said);
  const Done done = std::move(done_);
  done(ok, std::move(story_));  // may destroy this
}

}  // namespace s1mple
