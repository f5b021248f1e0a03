#include "supervisor/shell/captured_run.h"

#include <unistd.h>

#include <csignal>
#include <utility>

#include "supervisor/shell/log_sink.h"

namespace s1mple {

namespace {

constexpr Nanos kDrain = 50ms;

}  // namespace

CapturedRun::CapturedRun(Loop& loop, const ChildSpec& spec, Nanos limit, LogSink* log, Done done)
    : done_(std::move(done)),
      output_([log](std::string_view line) { if (log != nullptr) log->pass(line); }),
      limit_(loop, [this] { (void)child_->signal_group(SIGKILL); }),
      ended_(loop, [this] { finish(); }) {
  start(loop, spec, limit);
}

void CapturedRun::start(Loop& loop, ChildSpec spec, Nanos limit) {
  ended_.start_after(0ns);  // what fails here is told from the loop, not from the constructor
  auto said = make_pipe();
  if (!said) return void(failure_ = said.error().story);
  spec.descriptors = {{said->writing.get(), STDOUT_FILENO}, {said->writing.get(), STDERR_FILENO}};
  spec.takes_group_along = true;
  auto child = Child::spawn(loop, spec, [this](const ChildExit& exit) {
    exit_ = std::make_unique<ChildExit>(exit);
    ended_.start_after(reader_ ? kDrain : 0ns);
  });
  if (!child) return void(failure_ = child.error().story);
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
  limit_.start_after(limit);
}

void CapturedRun::finish() {
  output_.end(OutputTail::Stream::out);
  Outcome outcome;
  outcome.ok = exit_ && exit_->cause == ChildExit::Cause::exited && exit_->code == 0;
  outcome.how = exit_ ? describe(*exit_) : failure_;
  outcome.said = output_.tail();
  while (!outcome.said.empty() && outcome.said.back() == '\n') outcome.said.pop_back();
  const Done done = std::move(done_);
  done(outcome);  // may destroy this
}

}  // namespace s1mple
