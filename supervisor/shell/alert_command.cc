#include "supervisor/shell/alert_command.h"

#include <unistd.h>

#include <csignal>

#include "supervisor/shell/orchestrator_process.h"

namespace s1mple {

AlertCommand::AlertCommand(Loop& loop, const Clock& clock, const std::vector<std::string>& command, Nanos limit,
                           std::string_view json, Done done)
    : clock_(clock),
      done_(std::move(done)),
      begun_(clock.now()),
      limit_(loop,
             [this] {
               timed_out_ = true;
               if (child_) (void)child_->signal_group(SIGKILL);
             }),
      failed_(loop, [this] { finish({false, false, error_end_, {}, {}, 0}); }),
      drained_(loop, [this] { ended(); }) {
  start(loop, command, limit, json);
}

void AlertCommand::start(Loop& loop, const std::vector<std::string>& command, Nanos limit, std::string_view json) {
  const auto fail = [this](std::string story) {
    error_end_ = std::move(story);
    failed_.start_after(0ns);
  };
  auto input = make_pipe();
  auto error = make_pipe();
  if (!input || !error) return fail("no pipe for the command");
  const std::string text = std::string(json) + "\n";
  if (text.size() > kMaxInput) return fail("the alert is too long for the command");
  if (::write(input->writing.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return fail("the command's input cannot be written");
  input->writing.reset();

  ChildSpec spec;
  spec.program = command.front();
  spec.arguments.assign(command.begin() + 1, command.end());
  spec.environment = environment_for_child();
  spec.descriptors = {{input->reading.get(), STDIN_FILENO}, {error->writing.get(), STDERR_FILENO}};
  spec.takes_group_along = true;
  auto child = Child::spawn(loop, spec, [this](const ChildExit& exit) {
    exit_ = std::make_unique<ChildExit>(exit);
    drained_.start_after(error_ ? kDrain : 0ns);
  });
  if (!child) return fail(child.error().story);
  child_ = std::move(child).value();
  PipeReader::Callbacks callbacks;
  callbacks.on_bytes = [this](std::string_view bytes) {
    error_end_ += bytes;
    if (error_end_.size() > kErrorEnd) error_end_.erase(0, error_end_.size() - kErrorEnd);
  };
  callbacks.on_end = [this] {
    error_.reset();
    if (exit_) ended();
  };
  auto reader = PipeReader::open(loop, std::move(error->reading), std::move(callbacks));
  if (reader) error_ = std::move(reader).value();
  limit_.start_after(limit);
}

void AlertCommand::ended() {
  const ChildExit& exit = *exit_;
  AlertDelivery::Outcome outcome;
  outcome.taken = exit.cause == ChildExit::Cause::exited && exit.code == 0 && !timed_out_;
  outcome.timed_out = timed_out_;
  outcome.story = timed_out_ ? "it took too long" : describe(exit);
  outcome.exit_code = exit.code;
  finish(std::move(outcome));
}

void AlertCommand::finish(AlertDelivery::Outcome outcome) {
  limit_.cancel();
  drained_.cancel();
  if (outcome.story.empty()) outcome.story = "failed";
  outcome.error_end = error_end_;
  outcome.took = clock_.now() - begun_;
  const Done done = std::move(done_);
  done(outcome);  // may destroy this
}

}  // namespace s1mple
